"""Cycles in the space of an initiative: rhythm, comparison, commitments, what others see."""
