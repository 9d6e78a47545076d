"""Search at 100,000 and 1,000,000 listings: both engines, the page, the API, and Wagtail's own."""
