"""The report of a finished evaluation: what it says, its page and its PDF."""
