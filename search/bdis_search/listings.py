"""From the hits of an engine to the pages behind them."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from bdis_cms.models import InitiativePage
from bdis_search.query import Hit

logger = logging.getLogger("bdis.search")


def load_listings(hits: Iterable[Hit]) -> list[tuple[InitiativePage, Hit]]:
    """Return the public pages behind ``hits`` in their order, with what a card shows loaded.

    An index may be late: every hit is checked again against the visibility rule.
    """
    by_id = {hit.id: hit for hit in hits}
    pages = InitiativePage.objects.public().with_card_relations().in_bulk(by_id)
    if len(pages) < len(by_id):
        logger.warning("The index shows %d hidden listings.", len(by_id) - len(pages))
    return [(pages[page_id], hit) for page_id, hit in by_id.items() if page_id in pages]
