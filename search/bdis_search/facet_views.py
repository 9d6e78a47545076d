"""Facets as the search page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bdis_search.facet_rows import SENT_LEVELS, FacetRows, holds_chosen
from bdis_search.facets import custom_facets
from bdis_search.links import SearchLinks
from bdis_search.query import FacetValue, Query

# Values shown before « Voir les autres »; two more are shown rather than folded.
VISIBLE = 8
# Others sent with the page, folded; beyond, they come when asked for (?tous=<facet>).
FOLDED = 100
# From how many values on they can be searched.
SEARCHABLE = 12
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
class FacetView:
    """A facet of the page.

    ``rows`` are its values; ``folded`` says how many of them are folded, ``hidden`` how many are
    not sent: they show at ``all_url``. ``filter_url`` answers the rows that match ``cherche``; it
    is "" when the page holds all values, which are then searched there. ``clear_url`` is the
    search without what is chosen; ``ticked`` are the (value, label) chosen by hand.
    """

    name: str
    title: str
    rows: SafeString
    chosen: int
    is_open: bool
    is_searchable: bool
    folded: int
    hidden: int
    all_url: str
    filter_url: str
    clear_url: str
    ticked: tuple[tuple[str, str], ...]


def facet_views(
    facets: Mapping[str, tuple[FacetValue, ...]], query: Query, asked: QueryDict, links: SearchLinks
) -> list[FacetView]:
    """Return the facets in the order of the page; ``asked`` are the parameters of the address."""
    views = []
    for name in sorted(facets, key=_rank):
        # A value that nothing has shows only when it is chosen: to be taken off.
        values = tuple(value for value in facets[name] if value.count or value.selected)
        if values:
            views.append(_facet(name, values, query, asked, links))
    return views


def _facet(
    name: str,
    values: tuple[FacetValue, ...],
    query: Query,
    asked: QueryDict,
    links: SearchLinks,
) -> FacetView:
    asked_all = asked.get(SHOW_ALL) == name
    typed = asked.getlist(name)
    chosen = len(query.filters.get(name, ()))
    visible = len(values) if len(values) <= VISIBLE + 2 else VISIBLE
    folded = len(values) - visible
    sent = values
    if folded > FOLDED and not asked_all:
        # The chosen ones are sent whatever their rank.
        sent = tuple(v for rank, v in enumerate(values) if rank < visible or holds_chosen(v))
        folded = 0
    hidden = len(values) - len(sent)
    if asked_all:
        visible, folded = len(values), 0
    rows = FacetRows(name, frozenset(typed), links)
    written = rows.rows(sent, visible if folded else len(sent))
    incomplete = hidden > 0 or _depth(values) > SENT_LEVELS
    return FacetView(
        name=name,
        title=title_of(name),
        rows=written,
        chosen=chosen,
        is_open=name in OPEN
        or chosen > 0
        or asked_all
        or (name == "department" and bool(query.filters.get("region"))),
        is_searchable=incomplete or len(values) > SEARCHABLE,
        folded=folded,
        hidden=hidden,
        all_url=links.replacing(**{SHOW_ALL: name}) + f"#facette-{name}" if hidden else "",
        filter_url=links.address(asked, reverse("bdis_search:facet_values", args=[name]))
        if incomplete
        else "",
        clear_url=links.without(name) if typed else "",
        ticked=tuple(rows.ticked),
    )


def title_of(name: str) -> str:
    """Return the name of a facet in the page, third parties' own included."""
    if name in TITLES:
        return str(TITLES[name])
    facet = custom_facets().get(name)
    return str(facet.label) if facet else name


def _rank(name: str) -> int:
    order = list(TITLES)
    return order.index(name) if name in order else len(order)


def _depth(values: tuple[FacetValue, ...]) -> int:
    return 1 + max((_depth(value.children) for value in values), default=0) if values else 0
