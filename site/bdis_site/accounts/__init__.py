"""Signing in to the space of initiatives, on django-allauth; the admin keeps its own page."""
