"""What to loosen in a search that found nothing, and what that would bring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from bdis_search.facet_views import title_of
from bdis_search.links import PLACE_PARAMETERS
from bdis_search.query import Geography

if TYPE_CHECKING:
    from bdis_search.presentation import SearchPage

WIDER_KM = (50, 100, 200)
MAX_ALTERNATIVES = 5


@dataclass(frozen=True, slots=True)
class Alternative:
    """A looser search: what it is, its address, what it finds."""

    label: str
    url: str
    count: int


def alternatives_of(page: SearchPage) -> list[Alternative]:
    """Return looser searches that find something, the closest first."""
    found: list[Alternative] = []
    for label, url, changes in _looser(page):
        if len(found) == MAX_ALTERNATIVES:
            break
        total = page.total_of(**changes)
        if total and not (found and found[-1].count == total and found[-1].url == url):
            found.append(Alternative(label, url, total))
    return found


def _looser(page: SearchPage) -> Iterator[tuple[str, str, dict[str, Any]]]:
    query, links = page.query, page.links
    if query.geography == Geography.SEAT and (query.near or page.where.params):
        yield (
            _("Also count those that work there"),
            links.replacing(geography="either"),
            {"geography": Geography.EITHER},
        )
    if query.near and query.radius_km:
        for km in WIDER_KM:
            if km > query.radius_km:
                label = _("Within %(km)s km") % {"km": km}
                yield label, links.replacing(radius=str(km)), {"radius_km": float(km)}
    if query.bbox:
        yield _("Outside the area of the map too"), links.without("bbox"), {"bbox": None}
    for name, codes in query.filters.items():
        asked = set(page.params.getlist(name))
        if asked:
            filters = {key: value for key, value in query.filters.items() if key != name}
            if kept := frozenset(codes - asked):
                filters[name] = kept
            title = title_of(name)
            label = _("Without the filter “%(name)s”") % {"name": title}
            yield label, links.without(name), {"filters": filters}
    if page.where.name and query.text:
        filters = {k: v for k, v in query.filters.items() if k not in page.where.params}
        yield (
            _("“%(text)s” everywhere in France") % {"text": query.text},
            links.without(*PLACE_PARAMETERS),
            {"near": None, "radius_km": None, "bbox": None, "filters": filters},
        )
    if query.text and (query.near or query.filters):
        yield _("The same place, whatever the words"), links.without("q"), {"text": ""}
