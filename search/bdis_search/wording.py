"""A search said in words: « compost · AMAP ou SEL · à moins de 20 km de Die (26) »."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from bdis_cms.models import Commune
from bdis_search.facets import labels_of, registered_facets
from bdis_search.query import FILTERS, Geography
from bdis_search.where import of_place

if TYPE_CHECKING:
    from bdis_search.presentation import SearchPage

_SEPARATOR = " · "


def in_words(page: SearchPage) -> str:
    """Return what a search asks for, in the active language; no engine is asked."""
    query = page.query
    parts = [_("“%(text)s”") % {"text": " ".join(query.text.split())}] if query.text else []
    names = dict.fromkeys((*registered_facets(), *FILTERS))
    parts += [_(" or ").join(labels) for name in names if (labels := _labels(page, name))]
    if page.where.name:
        parts.append(_place(page))
    if query.bbox:
        parts.append(_("the area of the map"))
    if query.geography != Geography.SEAT and (query.near or query.filters):
        served = query.geography == Geography.SERVED
        parts.append(_("working there") if served else _("based or working there"))
    return _SEPARATOR.join(parts) or _("all initiatives")


def _labels(page: SearchPage, name: str) -> list[str]:
    """Return the labels of the values asked for by hand; the place understood has its own name."""
    kept = page.query.filters.get(name, frozenset())
    asked = list(dict.fromkeys(value for value in page.params.getlist(name) if value in kept))
    if name == "commune":  # homonyms are told apart by their département
        communes = Commune.objects.filter(code__in=asked).order_by("name")
        return [str(commune) for commune in communes.select_related("department")] if asked else []
    return list(labels_of(name, asked).values()) if asked else []


def _place(page: SearchPage) -> str:
    if not (page.query.near and page.query.radius_km):
        return page.where.name
    values = {"km": page.radius, "of_place": of_place(page.where.name)}
    return _("within %(km)s km %(of_place)s") % values
