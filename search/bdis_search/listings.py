"""From the hits of an engine to the public listings behind them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from bdis_cms.frame import site_of
from bdis_cms.models import Activity, Commune, Family, InitiativePage, InitiativeTag
from bdis_search.asking import report_hidden
from bdis_search.query import Hit, Results
from bdis_search.terms import activities, families


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a listing is based: names and official codes, "" when unknown."""

    commune: str = ""
    commune_code: str = ""
    department: str = ""
    department_code: str = ""
    region: str = ""
    region_code: str = ""

    def __str__(self) -> str:
        return str(Commune(name=self.commune, code=self.commune_code)) if self.commune else ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A public listing as results, cards, the map, feeds and the API show it.

    ``url`` is relative on the site that has the page, else absolute; ``activities`` begin with
    the main one.
    """

    id: int
    title: str
    summary: str
    url: str
    seat: Seat
    lat: float | None
    lon: float | None
    legal_family: str
    families: tuple[Family, ...]
    activities: tuple[Activity, ...]
    tags: tuple[str, ...]
    source: str
    external_id: str
    cover_id: int | None
    is_demo: bool
    confirmed_on: datetime.date | None
    last_published_at: datetime.datetime | None


#: How often an answer that shows hidden listings is asked for again without them.
_ROUNDS = 4
# Facts that a row gives as they are, and where the names of the seat are found.
_FACTS = (
    *("title", "summary", "source", "external_id", "cover_id", "is_demo"),
    *("confirmed_on", "last_published_at"),
)
_SEAT = {
    "commune": "commune__name",
    "commune_code": "commune__code",
    "department": "commune__department__name",
    "department_code": "commune__department__code",
    "region": "commune__department__region__name",
    "region_code": "commune__department__region__code",
}
_OTHERS = (
    *("pk", "url_path", "latitude", "longitude", "legal_family__code", "main_activity_id"),
    *_SEAT.values(),
)


def load_listings(
    hits: Iterable[Hit], request: HttpRequest | None = None
) -> list[tuple[Listing, Hit]]:
    """Return the public listings behind ``hits``, in their order.

    An index may be late: every hit is checked again against the visibility rule. Plain rows rather
    than pages, in a constant number of queries: a page of results is made of nothing else.
    """
    by_id = {hit.id: hit for hit in hits}
    listings = {listing.id: listing for listing in _read(by_id, request)} if by_id else {}
    report_hidden(by_id.keys() - listings.keys())
    return [(listings[page_id], hit) for page_id, hit in by_id.items() if page_id in listings]


def search_listings(
    search: Callable[[], Results], request: HttpRequest | None = None
) -> tuple[Results, list[tuple[Listing, Hit]]]:
    """Return what ``search`` answers and the listings of it, all of them public.

    An answer that holds hidden ones is asked for again, now without them: its total and counts
    are then those of what the public may see.
    """
    for _ in range(_ROUNDS):
        results = search()
        found = load_listings(results.hits, request)
        if len(found) == len(results.hits):
            break
    return results, found


def _read(ids: Collection[int], request: HttpRequest | None) -> Iterator[Listing]:
    rows = InitiativePage.objects.public().filter(pk__in=ids).order_by()
    own_families = _related(InitiativePage.families.through, "initiativepage_id", "family_id", ids)
    own_activities = _related(
        InitiativePage.activities.through, "initiativepage_id", "activity_id", ids
    )
    own_tags = _related(InitiativeTag, "content_object_id", "tag__name", ids)
    family_of, activity_of = families(), activities()
    site = site_of(request)
    address = InitiativePage()  # only to ask Wagtail what ``url_path`` is on this site
    for row in rows.values(*_FACTS, *_OTHERS):
        pk, main, address.url_path = row["pk"], row["main_activity_id"], row["url_path"]
        subjects = [activity_of[key] for key in {main, *own_activities[pk]} if key in activity_of]
        kinds = [family_of[key] for key in own_families[pk] if key in family_of]
        yield Listing(
            id=pk,
            url=address.relative_url(site) or "",
            seat=Seat(**{name: row[path] or "" for name, path in _SEAT.items()}),
            lat=row["latitude"],
            lon=row["longitude"],
            legal_family=row["legal_family__code"] or "",
            families=tuple(sorted(kinds, key=lambda family: family.label_fr)),
            activities=tuple(sorted(subjects, key=lambda one: (one.pk != main, one.path))),
            tags=tuple(own_tags[pk]),
            **{name: row[name] for name in _FACTS},
        )


def _related(model: Any, page: str, value: str, ids: Collection[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    rows = model._default_manager.filter(**{f"{page}__in": ids}).order_by("pk")
    for page_id, own in rows.values_list(page, value):
        found[page_id].append(own)
    return found
