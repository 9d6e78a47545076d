"""Facets: what they count, what their values are called, how they show.

A third party adds one with the Wagtail hook ``register_bdis_facet``, a function that returns an
object with the attributes of ``Facet``; its values are indexed at the next ``manage.py reindex``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import get_language
from taggit.models import Tag
from wagtail import hooks

from bdis_cms.models import InitiativePage
from bdis_cms.text import fold
from bdis_search.labels import labels_by_code
from bdis_search.query import FACETS, FacetValue, Query, Results

HOOK = "register_bdis_facet"


class Facet(Protocol):
    """A facet of another network: the value of one of its parameters is a code, and has a label."""

    name: str  # of the parameter in addresses: letters and underscores
    label: str | Promise  # above its values

    def values_of(self, page: InitiativePage) -> Iterable[str]:
        """Return the codes of a listing, when it is indexed."""

    def labels(self, values: Collection[str]) -> Mapping[str, str]:
        """Return the label of each code that exists among ``values``, in the active language."""


def custom_facets() -> dict[str, Facet]:
    """Return the facets registered by third parties, by name; the shipped ones keep theirs."""
    found: dict[str, Facet] = {}
    for register in hooks.get_hooks(HOOK):
        facet = register()
        if facet.name not in FACETS:
            found.setdefault(facet.name, facet)
    return found


def registered_facets() -> tuple[str, ...]:
    """Return the names of all facets: the shipped ones, then those of third parties."""
    return (*FACETS, *custom_facets())


def known_values(name: str, asked: Collection[str]) -> set[str]:
    """Return those of ``asked`` that are codes of the filter ``name``."""
    wanted = {value for value in asked if len(value) <= 100 and "\x00" not in value}
    if not wanted:
        return set()
    if name == "tag":
        return set(Tag.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    if known := labels_by_code(name, wanted):
        return wanted & known.keys()
    facet = custom_facets().get(name)
    return set(facet.labels(wanted)) & wanted if facet else set()


def facet_values(results: Results, query: Query) -> dict[str, tuple[FacetValue, ...]]:
    """Return the values of every facet counted, most frequent first, then by label.

    A selected value never vanishes: it shows with 0 when nothing has it. The values of a
    hierarchy hold their children.
    """
    return {
        name: _values(name, counts, query.filters.get(name, frozenset()))
        for name, counts in results.counts.items()
    }


def labels_of(name: str, values: Collection[str]) -> dict[str, str]:
    """Return the label of each of ``values`` of the filter ``name``; a code unknown is its own."""
    if name in custom_facets():
        known: Mapping[str, str] = custom_facets()[name].labels(values)
    else:
        english = (get_language() or "fr").startswith("en")
        labels = labels_by_code(name, values)
        known = {
            code: (labels[code].english if english else "") or labels[code].french
            for code in values
            if code in labels
        }
    return {value: known.get(value, value) for value in values}


def is_translated(name: str, value: str) -> bool:
    """Whether the label of a value is in the active language, when that is not French."""
    if name in custom_facets():
        return True
    label = labels_by_code(name, (value,)).get(value)
    return bool(label and label.english)


def _values(
    name: str, counts: Mapping[str, int], selected: frozenset[str]
) -> tuple[FacetValue, ...]:
    shown = {value: counts.get(value, 0) for value in {*counts, *selected}}
    if name == "tag":
        # An index may be late: a tag that only hidden listings bear is not named.
        known = labels_by_code(name, shown)
        shown = {value: n for value, n in shown.items() if value in known or value in selected}
    labels = labels_of(name, shown)
    terms = labels_by_code(name) if name == "activity" else {}
    children: dict[str | None, list[str]] = {}
    for value in shown:
        parent = terms[value].parent if value in terms else None
        children.setdefault(parent if parent in shown else None, []).append(value)

    def build(values: list[str]) -> tuple[FacetValue, ...]:
        values.sort(key=lambda value: (-shown[value], _folded(labels[value]), value))
        return tuple(
            FacetValue(
                value,
                labels[value],
                shown[value],
                value in selected,
                build(children[value]) if value in children else (),
            )
            for value in values
        )

    return build(children.get(None, []))


_folded = lru_cache(maxsize=20_000)(fold)  # labels come back at each search
