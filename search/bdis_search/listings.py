"""From the hits of an engine to the public listings behind them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from wagtail.coreutils import WAGTAIL_APPEND_SLASH
from wagtail.models import Page, Site

from bdis_cms.frame import site_of
from bdis_cms.models import Activity, Commune, Family, InitiativePage, InitiativeTag
from bdis_cms.remembering import remembered
from bdis_search.asking import report_hidden
from bdis_search.compiled import Question, rows
from bdis_search.query import Hit, Results
from bdis_search.terms import activities, departments, families, legal_families


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
    charter_signed_on: datetime.date | None
    progress_state: str
    last_published_at: datetime.datetime | None


#: How often an answer that shows hidden listings is asked for again without them.
_ROUNDS = 4
# What a row gives as it is, and what leads to the rest.
_FACTS = (
    *("title", "summary", "source", "external_id", "cover_id", "is_demo"),
    *("confirmed_on", "charter_signed_on", "progress_state", "last_published_at"),
)
_OTHERS = (
    *("pk", "url_path", "latitude", "longitude", "legal_family_id", "main_activity_id"),
    *("commune__name", "commune__code", "commune__department_id"),
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
    public = rows(_public_rows, ids, timezone.localdate(), timezone.now())
    own_families, own_activities, own_tags = (
        _related(question, ids) for question in (_families_of, _activities_of, _tags_of)
    )
    family_of, activity_of, legal_family_of = families(), activities(), legal_families()
    site = site_of(request)
    for values in public:
        row = dict(zip((*_FACTS, *_OTHERS), values, strict=True))
        pk, main = row["pk"], row["main_activity_id"]
        subjects = [activity_of[key] for key in {main, *own_activities[pk]} if key in activity_of]
        legal_family = legal_family_of.get(row["legal_family_id"])
        kinds = [family_of[key] for key in own_families[pk] if key in family_of]
        yield Listing(
            id=pk,
            url=_address(row["url_path"], site),
            seat=_seat(row["commune__name"], row["commune__code"], row["commune__department_id"]),
            lat=row["latitude"],
            lon=row["longitude"],
            legal_family=legal_family.code if legal_family else "",
            families=tuple(sorted(kinds, key=lambda family: family.label_fr)),
            activities=tuple(sorted(subjects, key=lambda one: (one.pk != main, one.path))),
            tags=tuple(own_tags[pk]),
            **{name: row[name] for name in _FACTS},
        )


def _seat(commune: str | None, code: str | None, department_id: int | None) -> Seat:
    if not commune or not code:
        return Seat()
    department = departments().get(department_id or 0)
    if not department:
        return Seat(commune, code)
    region = department.region
    return Seat(commune, code, department.name, department.code, region.name, region.code)


def _address(url_path: str, site: Site | None) -> str:
    """Return the address of the page at ``url_path``; "" when it is on no site."""
    above, _, slug = url_path.removesuffix("/").rpartition("/")
    if branch := _branch_address(f"{above}/", site):
        return f"{branch.rstrip('/')}/{slug}{'/' if WAGTAIL_APPEND_SLASH else ''}"
    return _branch_address(url_path, site)


@remembered(Page, Site)
def _branch_address(url_path: str, site: Site | None) -> str:
    # Wagtail is asked where the pages above listings are: those are few.
    return Page(url_path=url_path).relative_url(site) or ""


def _related(question: Question, ids: Collection[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for page_id, own in rows(question, ids):
        found[page_id].append(own)
    return found


def _public_rows(
    ids: Collection[int], today: datetime.date, now: datetime.datetime
) -> QuerySet[Any, Any]:
    public = InitiativePage.objects.public_in_one_statement(today, now).filter(pk__in=ids)
    return public.order_by().values_list(*_FACTS, *_OTHERS)


def _families_of(ids: Collection[int]) -> QuerySet[Any, Any]:
    found = InitiativePage.families.through.objects.filter(initiativepage_id__in=ids)
    return found.order_by("pk").values_list("initiativepage_id", "family_id")


def _activities_of(ids: Collection[int]) -> QuerySet[Any, Any]:
    found = InitiativePage.activities.through.objects.filter(initiativepage_id__in=ids)
    return found.order_by("pk").values_list("initiativepage_id", "activity_id")


def _tags_of(ids: Collection[int]) -> QuerySet[Any, Any]:
    found = InitiativeTag.objects.filter(content_object_id__in=ids)
    return found.order_by("pk").values_list("content_object_id", "tag__name")
