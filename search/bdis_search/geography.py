"""Which territories hold which: what a listing serves, and what serves a place.

A territory is written "level:code": "commune:26113", "epci:242600534", "department:26",
"region:84", "country:". A listing serves a place when the areas it declared include it or
something around it, or touch it (lie inside it).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bdis_cms.gazetteer.index import Gazetteer
from bdis_search.query import Point

COUNTRY = "country:"


@dataclass(frozen=True, slots=True)
class Served:
    """What the declared areas of a listing reach: fields of its document."""

    areas: tuple[str, ...]
    touches: tuple[str, ...]
    regions: tuple[str, ...]
    departments: tuple[str, ...]


def ancestors(places: Gazetteer, territory: str) -> set[str]:
    """Return the territories that contain ``territory``, wholly or in part; not itself.

    An EPCI over two départements has both above it.
    """
    level, _, code = territory.partition(":")
    above: set[str] = set() if level == "country" else {COUNTRY}
    if level == "commune":
        parent = places.parents.get(code)
        if parent:
            above |= {f"commune:{parent}"} | ancestors(places, f"commune:{parent}")
        if epci := places.epci_of.get(code):
            above.add(f"epci:{epci}")
        if commune := places.communes.get(code):
            above |= {f"department:{commune.department_code}", f"region:{commune.region_code}"}
    elif level == "epci":
        epci_place = places.epci.get(code)
        for member in epci_place.communes if epci_place else ():
            commune = places.communes[member]
            above |= {f"department:{commune.department_code}", f"region:{commune.region_code}"}
    elif level == "department" and (department := places.departments.get(code)):
        above.add(f"region:{department.region_code}")
    return above


def communes_around(places: Gazetteer, center: Point, km: float) -> set[str]:
    """Return the communes whose centre is at most ``km`` away, and the nearest one anyway."""
    grid = places.grid
    found = {f"commune:{code}" for _, code in grid.within(center.lat, center.lon, km)}
    if not found and (nearest := grid.nearest(center.lat, center.lon)):
        found.add(f"commune:{nearest[1]}")
    return found


def served(
    places: Gazetteer,
    declared: Iterable[str],
    seat_commune: str,
    around: Point | None,
    radius_km: float | None,
) -> Served:
    """Return what a listing serves: its declared areas and its radius, else its seat's commune.

    The radius reaches the communes whose centre is within it.
    """
    areas = dict.fromkeys(declared)
    if radius_km and around:
        grid = places.grid
        areas |= dict.fromkeys(
            f"commune:{code}" for _, code in grid.within(around.lat, around.lon, radius_km)
        )
    if not areas and seat_commune:
        areas[f"commune:{seat_commune}"] = None
    touches = set(areas)
    for area in areas:
        touches |= ancestors(places, area)
    return Served(
        areas=tuple(sorted(areas)),
        touches=tuple(sorted(touches)),
        regions=_codes(places, "region", areas, touches),
        departments=_codes(places, "department", areas, touches),
    )


def _codes(
    places: Gazetteer, level: str, areas: Iterable[str], touches: set[str]
) -> tuple[str, ...]:
    """Return the codes of that level reached upwards, or downwards from a wider area."""
    codes = {code for kind, _, code in (touch.partition(":") for touch in touches) if kind == level}
    wide = {area for area in areas if area.startswith("region:") or area == COUNTRY}
    if level == "region" and COUNTRY in wide:
        codes |= set(places.regions)
    if level == "department" and wide:
        codes |= {
            code
            for code, department in places.departments.items()
            if COUNTRY in wide or f"region:{department.region_code}" in wide
        }
    return tuple(sorted(codes))
