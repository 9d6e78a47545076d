"""Saved searches: asking to be told of what is new in a search, and being told."""
