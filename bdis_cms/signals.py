"""What upper apps may listen to."""

from django.dispatch import Signal

#: Listings changed without ``post_save``: bulk writes. Arguments: ``page_ids``, a list of ids.
listings_changed = Signal()

#: Territories, nomenclatures and the tree of pages are in place. No argument.
reference_loaded = Signal()
