"""Numbers and listings that editorial pages show; counted by the search engine."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.models import Page

from bdis_cms.models import Commune, InitiativePage, Region, ServedArea, Visibility
from bdis_cms.text import typeset
from bdis_search import overview
from bdis_search.jsonld import listing_jsonld
from bdis_search.where import of_place

register = template.Library()

EXAMPLES = 3
EXAMPLE_LENGTH = 24  # characters: three of them hold in a line or two
LATEST_READ = 12

# Characters that would end a script element, or that old parsers mistake for ends of line.
_IN_SCRIPT = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


@register.simple_tag
def directory_counts(**filters: str) -> Any:
    """Totals and counts of the directory, or of one region: {% directory_counts region=code %}."""
    return overview.counts(**filters)


@register.simple_tag
def region_links(request: HttpRequest, results: Any = None) -> list[overview.RegionLink]:
    """Regions that have a page."""
    return overview.region_links(request, results)


@register.simple_tag
def family_links(
    results: Any, limit: int | None = None, region: str = ""
) -> list[overview.FamilyLink]:
    """Families that have listings, most numerous first."""
    return overview.family_links(results, limit, f"&region={region}" if region else "")


@register.simple_tag
def latest_listings(request: HttpRequest, limit: int = 3, region: str = "") -> list[Any]:
    """Listings published last."""
    return overview.latest(request, limit, region)


@register.simple_tag
def region_departments(region: Region, results: Any) -> list[dict[str, Any]]:
    """Départements of a region with the address of their listings and their count."""
    search = reverse("bdis_search:search")
    numbers = results.counts.get("department", {})
    return [
        {
            "name": typeset(str(department)),
            "url": f"{search}?department={department.code}",
            "count": numbers.get(department.code, 0),
        }
        for department in region.departments.order_by("name")
    ]


@register.simple_tag
def page_crumbs(page: Page, request: HttpRequest) -> list[dict[str, str]]:
    """Way from the home page to a page, the page left out: [{"title", "url"}]."""
    ancestors = page.get_ancestors().filter(depth__gt=1).live() if page.path else []
    return [
        {"title": typeset(ancestor.title), "url": ancestor.get_url(request) or "/"}
        for ancestor in ancestors
    ]


@register.simple_tag
def activity_crumbs(ancestors: Iterable[Any] = ()) -> list[dict[str, str]]:
    """Way to a term: the classifications, then the activities above it."""
    crumbs = [
        {
            "title": _("Activities and kinds of initiative"),
            "url": reverse("bdis_search:nomenclature"),
        }
    ]
    for activity in ancestors:
        url = reverse("bdis_search:activity", args=[activity.code])
        crumbs.append({"title": activity.label, "url": url})
    return crumbs


@register.simple_tag
def section_pages(page: Page) -> list[Page]:
    """Articles and resources of a section, latest first."""
    children = page.get_children().live().public().order_by("-first_published_at")
    return list(children.specific())


@register.simple_tag
def nearby_listings(page: InitiativePage, request: HttpRequest) -> list[Any]:
    """Listings nearest to this one."""
    return overview.nearby(page, request)


@register.simple_tag
def search_examples() -> list[dict[str, str]]:
    """Searches to try, beneath the box: each finds at least the listing it was made from."""
    pages = (
        InitiativePage.objects.public()
        .filter(commune__isnull=False, latitude__isnull=False)
        .prefetch_related("families", "commune__department")
        .order_by("-first_published_at", "-pk")[:LATEST_READ]
    )
    chosen: dict[str, tuple[str, Commune]] = {}
    for page in pages:
        for family in page.families.all():
            if len(family.label) <= EXAMPLE_LENGTH and len(chosen) < EXAMPLES:
                chosen.setdefault(family.code, (family.label, page.commune))
    search = reverse("bdis_search:search")
    return [
        {
            "label": _("%(what)s within reach %(of_place)s")
            % {"what": what, "of_place": of_place(typeset(commune.name))},
            "url": f"{search}?{urlencode({'q': what, 'ou': str(commune)})}",
        }
        for what, commune in chosen.values()
    ]


@register.simple_tag
def public_contacts(page: InitiativePage) -> list[Any]:
    """Contacts that the person chose to show to everybody."""
    return [contact for contact in page.contacts.all() if contact.visibility == Visibility.PUBLIC]


@register.simple_tag
def served_places(page: InitiativePage) -> list[str]:
    """Names of what the initiative serves: territories, then its radius."""
    areas: list[ServedArea] = list(page.served_areas.all())
    places = [typeset(str(area)) for area in areas]
    if page.served_radius_km:
        places.append(_("%(km)s km around its seat") % {"km": page.served_radius_km})
    return places


@register.simple_tag
def jsonld(page: InitiativePage, request: HttpRequest) -> SafeString:
    """The listing as a block of schema.org data, which no browser executes."""
    data = json.dumps(listing_jsonld(page, request), ensure_ascii=False)
    return mark_safe(  # noqa: S308 - escaped for a script element just here
        f'<script type="application/ld+json">{data.translate(_IN_SCRIPT)}</script>'
    )
