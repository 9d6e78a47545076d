"""A listing found, as the result or the card of a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bdis_cms.models import Activity, Family, ProgressState
from bdis_cms.templatetags.bdis import content_lang
from bdis_search.listings import Listing
from bdis_search.marking import mark
from bdis_search.query import Hit
from bdis_search.why import Why

SHOWN_ACTIVITIES = 3
_PROGRESS: dict[str, Promise] = {
    ProgressState.ONGOING: _("Progress approach under way"),
    ProgressState.DONE: _("Progress approach done"),
}


@dataclass(frozen=True, slots=True)
class ResultItem:
    """A listing as a result or a card shows it."""

    id: int
    title: SafeString
    url: str
    summary: SafeString
    family: Family | None
    place: str
    distance_km: float | None
    activities: tuple[Activity, ...]
    image: Any
    is_demo: bool
    has_charter: bool = False
    progress: str | Promise = ""  # in words
    is_promoted: bool = False
    lang: str = ""  # attribute of what is written in another language
    point: str = ""  # "lat,lon" of its seat, in WGS 84 degrees
    why: Why | None = None


def result_item(listing: Listing, hit: Hit, text: str = "", image: Any = None) -> ResultItem:
    """Return what a template shows of ``listing``, the words of ``text`` marked in it."""
    return ResultItem(
        id=listing.id,
        title=mark(listing.title, text),
        url=listing.url,
        summary=mark(listing.summary, text),
        family=next(iter(listing.families), None),
        place=str(listing.seat),
        distance_km=hit.distance_km,
        activities=listing.activities[:SHOWN_ACTIVITIES],
        image=image,
        is_demo=listing.is_demo,
        has_charter=listing.charter_signed_on is not None,
        progress=_PROGRESS.get(listing.progress_state) or "",
        lang=content_lang(),
        point="" if listing.lat is None else f"{listing.lat:.5f},{listing.lon:.5f}",
    )
