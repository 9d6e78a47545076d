"""A quadtree of cells over the globe: how a term index answers exact circles.

A cell is a string of digits 0–3, one for each level; a document bears its cells of levels
``COARSEST`` to ``FINEST``. A circle is cut into cells wholly inside it, taken as they are, and
cells on its edge, whose documents are measured one by one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from bdis_cms.gazetteer.geometry import EARTH_RADIUS_KM, KM_PER_DEGREE

COARSEST = 3
FINEST = 15
_MARGIN_KM = 1e-6


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
    """Cells of a circle: those wholly inside, and those its edge crosses."""

    inside: tuple[str, ...]
    edge: tuple[str, ...]


@lru_cache(maxsize=512)
def cover(lat: float, lon: float, km: float, fineness: int = 12) -> Cover:
    """Return the cells of the circle of ``km`` around a point; edge cells ≤ ``km / fineness``."""
    inside: list[str] = []
    edge: list[str] = []
    waiting: list[tuple[str, float, float]] = [("", -90.0, -180.0)]
    while waiting:
        cell, south, west = waiting.pop()
        tall = 180.0 / (1 << len(cell))
        wide = 2 * tall
        nearest, farthest = _span(lat, lon, south, west, tall, wide)
        if nearest > km + _MARGIN_KM:
            continue
        deep = len(cell) >= COARSEST
        if deep and farthest <= km - _MARGIN_KM:
            inside.append(cell)
        elif len(cell) == FINEST or (deep and tall * KM_PER_DEGREE <= km / fineness):
            edge.append(cell)
        else:
            half_tall, half_wide = tall / 2, wide / 2
            waiting += [
                (f"{cell}{row << 1 | column}", south + row * half_tall, west + column * half_wide)
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
