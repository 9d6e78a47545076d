"""Facets: what they count, what their values are called, how they show.

A third party adds one with the Wagtail hook ``register_bdis_facet``, a function that returns an
object with the attributes of ``Facet``; its values are indexed at the next ``manage.py reindex``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils.functional import Promise
from django.utils.translation import get_language
from taggit.models import Tag
from wagtail import hooks

from bdis_cms import remembering
from bdis_cms.models import (
    Activity,
    Commune,
    Department,
    Epci,
    Family,
    InitiativePage,
    LegalFamily,
    Region,
)
from bdis_cms.text import fold
from bdis_search.query import FACETS, FacetValue, Query, Results
from bdis_search.terms import public_tags

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
    if wanted <= _terms(name, wanted).keys():
        return wanted
    if name in _CODED:
        found = _CODED[name].objects.filter(code__in=wanted)  # type: ignore[attr-defined]
        return set(found.values_list("code", flat=True))
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
        terms = _terms(name, values)
        known = {
            code: (terms[code].english if english else "") or terms[code].french
            for code in values
            if code in terms
        }
    return {value: known.get(value, value) for value in values}


def is_translated(name: str, value: str) -> bool:
    """Whether the label of a value is in the active language, when that is not French."""
    if name in custom_facets():
        return True
    term = _terms(name, (value,)).get(value)
    return bool(term and term.english)


def _values(
    name: str, counts: Mapping[str, int], selected: frozenset[str]
) -> tuple[FacetValue, ...]:
    shown = {value: counts.get(value, 0) for value in {*counts, *selected}}
    if name == "tag":
        # An index may be late: a tag that only hidden listings bear is not named.
        known = _terms(name, shown)
        shown = {value: n for value, n in shown.items() if value in known or value in selected}
    labels = labels_of(name, shown)
    parents = {
        value: parent
        for value, parent in _parents(name).items()
        if value in shown and parent in shown
    }
    children: dict[str | None, list[str]] = {}
    for value in shown:
        children.setdefault(parents.get(value), []).append(value)

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


# Labels, kept in memory: a few hundred terms, some thousands of tags.


@dataclass(frozen=True, slots=True)
class _Term:
    french: str
    english: str = ""
    parent: str | None = None


_CODED: dict[str, type[Model]] = {
    "family": Family,
    "legal_family": LegalFamily,
    "activity": Activity,
    "region": Region,
    "department": Department,
    "epci": Epci,
    "commune": Commune,
}
_cache: dict[str, tuple[float, dict[str, _Term]]] = {}


def forget_labels(**kwargs: Any) -> None:
    """Read labels again from the database at the next question."""
    _cache.clear()


@receiver([post_save, post_delete])
def _forget_changed(sender: type[Model], **kwargs: Any) -> None:
    if sender is Tag or sender in _CODED.values():
        forget_labels()


def _terms(name: str, values: Collection[str] = ()) -> dict[str, _Term]:
    deadline, terms = _cache.get(name, (0.0, {}))
    if time.monotonic() >= deadline:
        # What another process, or a bulk write, changes is seen after that.
        terms = {} if name in _LOADED_BY_VALUE else _load(name)
        _cache[name] = (time.monotonic() + remembering.seconds(), terms)
    if name in _LOADED_BY_VALUE:
        missing = [value for value in values if value not in terms]
        if missing:
            terms.update(_LOADED_BY_VALUE[name](missing))
    return terms


def _load(name: str) -> dict[str, _Term]:
    model: Any = _CODED.get(name)
    if model is None:
        return {}
    if model is Activity:
        rows = list(Activity.objects.values_list("path", "code", "label_fr", "label_en"))
        codes = {path: code for path, code, _, _ in rows}
        return {
            code: _Term(french, english, codes.get(path[: -Activity.steplen]))
            for path, code, french, english in rows
        }
    if model in (Family, LegalFamily):
        return {
            code: _Term(french, english)
            for code, french, english in model.objects.values_list("code", "label_fr", "label_en")
        }
    return {code: _Term(label) for code, label in model.objects.values_list("code", "name")}


def _tags(slugs: list[str]) -> dict[str, _Term]:
    rows = public_tags().filter(slug__in=slugs).values_list("slug", "name")
    return {slug: _Term(label) for slug, label in rows}


def _communes(codes: list[str]) -> dict[str, _Term]:
    rows = Commune.objects.filter(code__in=codes).values_list("code", "name")
    return {code: _Term(label) for code, label in rows}


_LOADED_BY_VALUE: dict[str, Callable[[list[str]], dict[str, _Term]]] = {
    "tag": _tags,
    "commune": _communes,
}


def _parents(name: str) -> dict[str, str]:
    if name != "activity":
        return {}
    return {code: term.parent for code, term in _terms(name).items() if term.parent}
