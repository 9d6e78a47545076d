"""The directory at a glance: counts by region, family and activity, and the latest listings."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.models import Page, PageViewRestriction, Site

from bdis_cms.frame import site_of
from bdis_cms.models import Family, InitiativePage, Region, RegionPage
from bdis_cms.remembering import remembered
from bdis_cms.templatetags.france import drawn_regions
from bdis_cms.text import strip_accents, typeset
from bdis_search.asking import public_engine
from bdis_search.backends.base import EngineUnavailable
from bdis_search.database_counts import counted_by_the_database
from bdis_search.listings import load_listings
from bdis_search.query import Hit, Point, Query, Results, Sort
from bdis_search.result_items import ResultItem, result_item

NEARBY_KM = 30.0
_CHOICE = 8  # listings looked at for each one shown


@dataclass(frozen=True, slots=True)
class RegionLink:
    """A region with the address of its page and its number of public listings."""

    code: str
    name: str
    url: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class FamilyLink:
    """A family with the address of its listings and their number."""

    code: str
    label: str
    icon: str
    hue: int
    url: str
    count: int


def counts(**filters: str) -> Results:
    """Return totals and counts by facet of all public listings, or of those of a filter.

    While the engine is away the database counts, so that these pages still tell the truth.
    """
    query = Query(
        filters={name: frozenset([value]) for name, value in filters.items()}, page_size=1
    )
    try:
        return public_engine().search(query)
    except EngineUnavailable:
        return counted_by_the_database(filters)


def region_links(request: HttpRequest, results: Results | None = None) -> list[RegionLink]:
    """Return the regions that have a page, by name, with their counts when asked.

    Collectivities overseas that are no region are left out until they have listings.
    """
    by_code = results.counts.get("region", {}) if results else {}
    return [
        replace(link, count=by_code.get(link.code, 0))
        for link in _region_pages(site_of(request))
        if link.code in drawn_regions() or by_code.get(link.code)
    ]


@remembered(Page, Site, PageViewRestriction, Region)
def _region_pages(site: Site | None) -> list[RegionLink]:
    # The type is said, for the database to begin with the index that has it.
    pages = RegionPage.objects.exact_type(RegionPage).live().public().order_by()
    links = [
        RegionLink(page.region.code, typeset(page.title), page.relative_url(site) or "")
        for page in pages.select_related("region")
    ]
    return sorted(links, key=lambda link: strip_accents(link.name))


def family_links(results: Results, limit: int | None = None, extra: str = "") -> list[FamilyLink]:
    """Return the families that have listings, most numerous first."""
    numbers = results.counts.get("family", {})
    found = Family.objects.filter(code__in=[code for code, n in numbers.items() if n])
    search = reverse("bdis_search:search")
    links = [
        FamilyLink(
            code=family.code,
            label=family.plural,
            icon=family.icon,
            hue=family.hue,
            url=f"{search}?family={family.code}{extra}",
            count=numbers[family.code],
        )
        for family in found
    ]
    return sorted(links, key=lambda link: (-link.count, link.label))[:limit]


def latest(request: HttpRequest, limit: int = 3, region: str = "") -> list[ResultItem]:
    """Return the public listings published last; of those of a day, the ones with a cover first."""
    pages = InitiativePage.objects.public().only("cover_id", "first_published_at")
    if region:
        pages = pages.filter(commune__department__region__code=region)
    recent = list(
        pages.order_by(F("first_published_at").desc(nulls_last=True), "-pk")[: limit * _CHOICE]
    )
    # Sorting is stable: an import publishes thousands on one day.
    recent.sort(key=lambda page: page.cover_id is None)
    recent.sort(key=_day_of_publication, reverse=True)
    return _cards([Hit(page.pk) for page in recent[:limit]], request)


def _day_of_publication(page: InitiativePage) -> datetime.date:
    moment = page.first_published_at
    return timezone.localdate(moment) if moment else datetime.date.min


def nearby(page: InitiativePage, request: HttpRequest, limit: int = 3) -> list[ResultItem]:
    """Return the public listings nearest to ``page``; ``[]`` without a point or an engine."""
    if page.latitude is None or page.longitude is None:
        return []
    query = Query(
        near=Point(page.latitude, page.longitude),
        radius_km=NEARBY_KM,
        sort=Sort.DISTANCE,
        page_size=limit + 1,
        facets=(),
    )
    try:
        hits = public_engine().search(query).hits
    except EngineUnavailable:
        return []
    return _cards([hit for hit in hits if hit.id != page.pk], request)[:limit]


def _cards(hits: list[Hit], request: HttpRequest) -> list[ResultItem]:
    found = load_listings(hits, request)
    covers = get_image_model().objects.in_bulk(
        {listing.cover_id for listing, _hit in found if listing.cover_id}
    )
    return [result_item(listing, hit, image=covers.get(listing.cover_id)) for listing, hit in found]
