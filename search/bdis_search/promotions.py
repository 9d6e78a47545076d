"""Which listings come first for a text."""

from __future__ import annotations

import datetime

from django.utils import timezone

from bdis_cms.remembering import remembered
from bdis_search.analysis import whole
from bdis_search.models import PromotedListing, Promotion

#: Listings promoted for one text; more would be a list, not a promotion.
MOST_PROMOTED = 10

_Span = tuple[datetime.date | None, datetime.date | None]


def promoted_for(text: str) -> tuple[int, ...]:
    """Return the pages that come first for ``text`` today, in order."""
    if not text:
        return ()
    today = timezone.localdate()
    ids = [
        page
        for (start, end), pages in _promotions().get(whole(text), ())
        if (start is None or start <= today) and (end is None or today <= end)
        for page in pages
    ]
    return tuple(dict.fromkeys(ids))[:MOST_PROMOTED]


@remembered(Promotion, PromotedListing)
def _promotions() -> dict[str, list[tuple[_Span, list[int]]]]:
    """Return, by text as one token, when and which pages are promoted."""
    found: dict[str, list[tuple[_Span, list[int]]]] = {}
    for promotion in Promotion.objects.filter(active=True).prefetch_related("listings"):
        pages = [listing.page_id for listing in promotion.listings.all()]
        for line in promotion.lines:
            span = (promotion.starts_on, promotion.ends_on)
            found.setdefault(whole(line), []).append((span, pages))
    return found
