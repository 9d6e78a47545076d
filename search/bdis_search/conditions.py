"""Filters of a search compiled to conditions on document fields, whatever the engine.

An engine has to understand three things: a field holds one of some codes, the seat is in a
circle, the seat is in a box; and their union.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bdis_cms.gazetteer import gazetteer
from bdis_search import geography
from bdis_search.query import FACETS, TERRITORIAL, BBox, Geography, Point, Query

#: Fields of ``InitiativeDocument.values`` that conditions may name, besides ``extra:<facet>``.
FIELDS = (
    "families",
    "legal_family",
    "activities",
    "tags",
    "region",
    "department",
    "epci",
    "communes",
    "served_regions",
    "served_departments",
    "served_areas",
    "served_touches",
    "either_regions",
    "either_departments",
)
_PLAIN = {
    "family": "families",
    "legal_family": "legal_family",
    "activity": "activities",
    "tag": "tags",
}
_TERRITORIAL = {
    ("region", Geography.SEAT): "region",
    ("region", Geography.SERVED): "served_regions",
    ("region", Geography.EITHER): "either_regions",
    ("department", Geography.SEAT): "department",
    ("department", Geography.SERVED): "served_departments",
    ("department", Geography.EITHER): "either_departments",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """The field holds at least one of the values."""

    field: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Circle:
    """The seat is at most ``km`` (haversine) from ``center``."""

    center: Point
    km: float


@dataclass(frozen=True, slots=True)
class Box:
    """The seat is in the box, edges included."""

    bbox: BBox


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the conditions holds."""

    conditions: tuple[Terms | Circle | Box, ...]


Condition = Terms | Circle | Box | AnyOf


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a query requires besides its text: by filter, and always."""

    by_filter: dict[str, Condition]
    always: tuple[Condition, ...]

    def without(self, name: str | None = None) -> Iterator[Condition]:
        """Yield every condition but that of the filter ``name``."""
        for other, condition in self.by_filter.items():
            if other != name:
                yield condition
        yield from self.always


def facet_field(name: str, place: Geography) -> str:
    """Return the field that the facet ``name`` counts, and filters on, under that geography."""
    if name in _PLAIN:
        return _PLAIN[name]
    if name in FACETS:
        return _TERRITORIAL[name, place]
    return f"extra:{name}"


def compile_conditions(query: Query) -> Conditions:
    """Return the conditions of ``query``; a filter without value is no filter."""
    by_filter = {
        name: _filter_condition(name, frozenset(values), query.geography)
        for name, values in query.filters.items()
        if values
    }
    always: list[Condition] = []
    if query.near and query.radius_km is not None:
        always.append(_around(query.near, query.radius_km, query.geography))
    if query.bbox:
        always.append(Box(query.bbox))
    return Conditions(by_filter, tuple(always))


def _filter_condition(name: str, values: frozenset[str], place: Geography) -> Condition:
    if name not in TERRITORIAL or name in FACETS:
        return Terms(facet_field(name, place), values)
    seat = Terms("communes" if name == "commune" else "epci", values)
    if place is Geography.SEAT:
        return seat
    served = _serves({f"{name}:{code}" for code in values})
    return AnyOf((seat, *served)) if place is Geography.EITHER else AnyOf(served)


def _around(center: Point, km: float, place: Geography) -> Condition:
    circle = Circle(center, km)
    if place is Geography.SEAT:
        return circle
    served = _serves(geography.communes_around(gazetteer(), center, km))
    return AnyOf((circle, *served)) if place is Geography.EITHER else AnyOf(served)


def _serves(territories: set[str]) -> tuple[Terms, Terms]:
    """Serving a territory: declaring it, something inside it, or something that contains it."""
    places = gazetteer()
    above = {geography.COUNTRY}
    for territory in territories:
        above |= geography.ancestors(places, territory)
    return Terms("served_touches", frozenset(territories)), Terms("served_areas", frozenset(above))
