"""Chips: what a search understood, each removable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from bdis_cms.models import Commune, Epci
from bdis_search.links import PLACE_PARAMETERS
from bdis_search.query import Geography
from bdis_search.where import of_place

if TYPE_CHECKING:
    from bdis_search.presentation import SearchPage


@dataclass(frozen=True, slots=True)
class Chip:
    """A label and the address it leads to."""

    label: str
    url: str


def chips_of(page: SearchPage) -> list[Chip]:
    """Return the chips of a search: words, place, then filters in the order of the panel."""
    query, links = page.query, page.links
    chips = []
    if query.text:
        chips.append(Chip(_("“%(text)s”") % {"text": query.text}, links.without("q")))
    if page.where.name:
        label = page.where.name
        if query.near and query.radius_km:
            label = _("within %(km)s km %(of_place)s") % {
                "km": page.radius,
                "of_place": of_place(label),
            }
        chips.append(Chip(label, links.without(*PLACE_PARAMETERS)))
    if query.bbox:
        chips.append(Chip(_("the area of the map"), links.without("bbox")))
    if query.geography != Geography.SEAT and (query.near or query.filters):
        served = query.geography == Geography.SERVED
        label = _("working there") if served else _("based or working there")
        chips.append(Chip(label, links.without("geography")))
    return [*chips, *_uncounted(page), *_ticked(page)]


def _uncounted(page: SearchPage) -> list[Chip]:
    """Chips of communes and EPCI: filters without a facet, so their names are read here."""
    chips = []
    for name, model in (("commune", Commune), ("epci", Epci)):
        codes = page.params.getlist(name)
        if codes:
            for territory in model.objects.filter(code__in=codes):
                url = page.links.without_value(name, territory.code)
                chips.append(Chip(str(territory), url))
    return chips


def _ticked(page: SearchPage) -> list[Chip]:
    return [
        Chip(label, page.links.without_value(facet.name, value))
        for facet in page.facets
        for value, label in facet.ticked
    ]
