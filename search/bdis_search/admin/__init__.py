"""The search in the Wagtail admin."""
