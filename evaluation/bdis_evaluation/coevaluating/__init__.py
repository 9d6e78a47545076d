"""Co-evaluation: guests, their answers beside those of the initiative, the joint meeting."""
