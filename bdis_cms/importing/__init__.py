"""Import of listings from files: see ``docs/how-to/import-listings.md``."""
