"""A quadtree of cells over the globe: how a term index answers exact circles and boxes.

A cell is a string of digits 0–3, one for each level; a document bears its cells of levels
``COARSEST`` to ``FINEST``. An area is cut into cells wholly inside it, taken as they are, and
cells on its edge, whose documents are measured one by one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from bdis_cms.gazetteer.geometry import EARTH_RADIUS_KM, KM_PER_DEGREE
from bdis_search.query import BBox

COARSEST = 3
FINEST = 15
_MARGIN_KM = 1e-6
_MARGIN = 1e-9  # degrees: a point may have been rounded into the cell beside its own


def cells_of(lat: float, lon: float) -> list[str]:
    """Return the cells that hold a point, coarsest first."""
    size = 1 << FINEST
    column = min(size - 1, max(0, int((lon + 180) / 360 * size)))
    row = min(size - 1, max(0, int((lat + 90) / 180 * size)))
    digits = "".join(
        str((row >> level & 1) << 1 | (column >> level & 1)) for level in range(FINEST - 1, -1, -1)
    )
    return [digits[:level] for level in range(COARSEST, FINEST + 1)]


@dataclass(frozen=True, slots=True)
class Cover:
    """Cells of an area: those wholly inside, and those its edge crosses."""

    inside: tuple[str, ...]
    edge: tuple[str, ...]


@lru_cache(maxsize=512)
def cover(lat: float, lon: float, km: float, fineness: int = 12) -> Cover:
    """Return the cells of the circle of ``km`` around a point; edge cells ≤ ``km / fineness``."""

    def relation(south: float, west: float, tall: float) -> _Relation:
        nearest, farthest = _span(lat, lon, south, west, tall, 2 * tall)
        if nearest > km + _MARGIN_KM:
            return _Relation.OUTSIDE
        return _Relation.INSIDE if farthest <= km - _MARGIN_KM else _Relation.EDGE

    return _cut(relation, km / fineness / KM_PER_DEGREE)


@lru_cache(maxsize=512)
def cover_box(bbox: BBox, fineness: int = 8) -> Cover:
    """Return the cells of a box; edge cells ≤ its longer side (°) / ``fineness``."""

    def relation(south: float, west: float, tall: float) -> _Relation:
        north, east = south + tall, west + 2 * tall
        if (
            south > bbox.north + _MARGIN
            or north < bbox.south - _MARGIN
            or west > bbox.east + _MARGIN
            or east < bbox.west - _MARGIN
        ):
            return _Relation.OUTSIDE
        inside = (
            south >= bbox.south + _MARGIN
            and north <= bbox.north - _MARGIN
            and west >= bbox.west + _MARGIN
            and east <= bbox.east - _MARGIN
        )
        return _Relation.INSIDE if inside else _Relation.EDGE

    return _cut(relation, max(bbox.north - bbox.south, (bbox.east - bbox.west) / 2) / fineness)


class _Relation(Enum):
    """How a cell lies to an area."""

    OUTSIDE, EDGE, INSIDE = range(3)


def _cut(relation: Callable[[float, float, float], _Relation], smallest: float) -> Cover:
    """Cut the globe until cells are inside, outside or ``smallest`` (°, from south to north).

    ``relation`` is asked of the south, the west and the height of a cell, twice as wide.
    """
    inside: list[str] = []
    edge: list[str] = []
    waiting: list[tuple[str, float, float]] = [("", -90.0, -180.0)]
    while waiting:
        cell, south, west = waiting.pop()
        tall = 180.0 / (1 << len(cell))
        found = relation(south, west, tall)
        if found is _Relation.OUTSIDE:
            continue
        deep = len(cell) >= COARSEST
        if deep and found is _Relation.INSIDE:
            inside.append(cell)
        elif len(cell) == FINEST or (deep and tall <= smallest):
            edge.append(cell)
        else:
            waiting += [
                (f"{cell}{row << 1 | column}", south + row * tall / 2, west + column * tall)
                for row in (0, 1)
                for column in (0, 1)
            ]
    return Cover(tuple(inside), tuple(edge))


def _span(
    lat: float, lon: float, south: float, west: float, tall: float, wide: float
) -> tuple[float, float]:
    """Return bounds of the distance (km) from a point to a cell: at least, at most."""
    # Distances from the middle, by its two legs: along the meridian, then along the parallel.
    mid_lat, mid_lon = south + tall / 2, west + wide / 2
    a, b = math.radians(lat), math.radians(mid_lat)
    chord = (
        math.sin((b - a) / 2) ** 2
        + math.cos(a) * math.cos(b) * math.sin(math.radians(mid_lon - lon) / 2) ** 2
    )
    middle = 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))
    closest_to_equator = 0.0 if south < 0 < south + tall else min(abs(south), abs(south + tall))
    half_tall = tall / 2 * KM_PER_DEGREE
    half_wide = wide / 2 * KM_PER_DEGREE * math.cos(math.radians(closest_to_equator))
    # A corner is no farther than both legs; on a small cell, than about their hypotenuse.
    reach = half_tall + half_wide
    if tall < 3:
        reach = min(reach, 1.02 * math.hypot(half_tall, half_wide))
    return middle - reach, middle + reach
