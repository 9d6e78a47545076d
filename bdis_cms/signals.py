"""What upper apps may listen to."""

from django.dispatch import Signal

#: Listings changed without ``post_save``: bulk writes. Arguments: ``page_ids``, a list of ids.
listings_changed = Signal()
