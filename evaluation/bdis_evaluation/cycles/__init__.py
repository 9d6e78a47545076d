"""Cycles: rhythm, campaigns, comparison, what others see, the help of the region."""
