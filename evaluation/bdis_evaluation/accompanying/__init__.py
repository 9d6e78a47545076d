"""How the region accompanies initiatives: who has not begun, who is stuck where, who helps."""
