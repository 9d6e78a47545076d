"""Facets as the search page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from bdis_search.facets import custom_facets
from bdis_search.links import SearchLinks
from bdis_search.query import FacetValue, Query

# Values shown before « Voir les autres ».
VISIBLE = 8
# Others sent with the page, folded; beyond, they come when asked for (?tous=<facet>).
FOLDED = 100
SHOW_ALL = "tous"
# Facets open at first; the others open when something is chosen in them.
OPEN = ("family", "activity")
TITLES = {
    "family": _("Kind of initiative"),
    "activity": _("Activity"),
    "region": _("Region"),
    "department": _("Département"),
    "legal_family": _("Legal family"),
    "tag": _("Tag"),
}


@dataclass(frozen=True, slots=True)
class ValueView:
    """A value to tick. ``locked`` when « Où ? » chose it; ``narrow_url`` replaces its parent."""

    value: str
    label: str
    count: int
    selected: bool
    locked: bool
    narrow_url: str
    children: tuple[ValueView, ...]

    @property
    def is_open(self) -> bool:
        """Whether its children show: it is chosen, or one of them is."""
        return self.selected or any(child.is_open for child in self.children)


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet: its most useful values, then the others.

    When the others are many, only ``hidden`` says how many, and ``all_url`` shows them.
    """

    name: str
    title: str
    values: tuple[ValueView, ...]
    more: tuple[ValueView, ...]
    chosen: int
    is_open: bool
    hidden: int = 0
    all_url: str = ""


def facet_views(
    facets: Mapping[str, tuple[FacetValue, ...]], query: Query, asked: QueryDict, links: SearchLinks
) -> list[FacetView]:
    """Return the facets in the order of the page; ``asked`` are the parameters of the address."""
    views = []
    for name in sorted(facets, key=_rank):
        values = tuple(_view(value, name, asked, links, parent="") for value in facets[name])
        values = tuple(value for value in values if value.count or value.is_open)
        if not values:
            continue
        views.append(_facet(name, values, len(query.filters.get(name, ())), asked, links))
    return views


def _facet(
    name: str, values: tuple[ValueView, ...], chosen: int, asked: QueryDict, links: SearchLinks
) -> FacetView:
    asked_all = asked.get(SHOW_ALL) == name
    first, more = _split(values)
    is_open = name in OPEN or chosen > 0 or asked_all
    if len(more) <= FOLDED:
        return FacetView(name, title_of(name), first, more, chosen, is_open)
    if asked_all:
        return FacetView(name, title_of(name), first + more, (), chosen, is_open)
    url = links.replacing(**{SHOW_ALL: name}) + f"#facette-{name}"
    return FacetView(name, title_of(name), first, (), chosen, is_open, len(more), url)


def title_of(name: str) -> str:
    """Return the name of a facet in the page, third parties' own included."""
    if name in TITLES:
        return str(TITLES[name])
    facet = custom_facets().get(name)
    return str(facet.label) if facet else name


def _rank(name: str) -> int:
    order = list(TITLES)
    return order.index(name) if name in order else len(order)


def _split(
    values: tuple[ValueView, ...],
) -> tuple[tuple[ValueView, ...], tuple[ValueView, ...]]:
    """Put chosen values first, so that they are never out of sight."""
    ordered = sorted(values, key=lambda value: not value.is_open)
    if len(ordered) <= VISIBLE + 2:
        return tuple(ordered), ()
    return tuple(ordered[:VISIBLE]), tuple(ordered[VISIBLE:])


def _view(
    value: FacetValue, name: str, asked: QueryDict, links: SearchLinks, parent: str
) -> ValueView:
    typed = value.value in asked.getlist(name)
    own = value.value if value.selected and typed else parent
    return ValueView(
        value=value.value,
        label=value.label,
        count=value.count,
        selected=value.selected,
        locked=value.selected and not typed,
        narrow_url=links.narrowing(name, parent, value.value) if parent else "",
        children=tuple(
            child
            for child in (_view(item, name, asked, links, own) for item in value.children)
            if child.count or child.is_open
        ),
    )
