"""The space of the people who act for an initiative: ``/mon-espace/``."""
