"""The Wagtail admin of the directory: forms, listings, choosers, panels and views."""
