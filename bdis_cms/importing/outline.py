"""Is a point in France? Answered from an outline of the territory."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path

#: Made by ``scripts/build_outline.py``.
OUTLINE = Path(__file__).resolve().parent.parent / "data" / "territories" / "outline.json"
# Coasts and borders of the outline are up to 2 km off.
TOLERANCE_KM = 2.5
KM_PER_DEGREE = 111.2

Ring = list[tuple[float, float]]
Box = tuple[float, float, float, float]


@lru_cache(maxsize=1)
def _rings() -> list[tuple[Box, Ring]]:
    """Return the outer rings (lon, lat) of the territory, each with its box, widened."""
    data = json.loads(OUTLINE.read_text("utf-8"))
    rings = []
    for steps in data["rings"]:
        x = y = 0
        ring: Ring = []
        for dx, dy in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x / data["scale"], y / data["scale"]))
        xs, ys = [p[0] for p in ring], [p[1] for p in ring]
        rings.append(((min(xs) - 0.1, min(ys) - 0.1, max(xs) + 0.1, max(ys) + 0.1), ring))
    return rings


def is_in_france(lat: float, lon: float) -> bool:
    """Whether the point (WGS 84 degrees) is on drawn French land, to ``TOLERANCE_KM``."""
    near = [
        ring
        for (west, south, east, north), ring in _rings()
        if west <= lon <= east and south <= lat <= north
    ]
    return any(_contains(ring, lat, lon) for ring in near) or any(
        _distance_km(ring, lat, lon) <= TOLERANCE_KM for ring in near
    )


def _contains(ring: Ring, lat: float, lon: float) -> bool:
    inside = False
    x1, y1 = ring[-1]
    for x2, y2 in ring:
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            inside = not inside
        x1, y1 = x2, y2
    return inside


def _distance_km(ring: Ring, lat: float, lon: float) -> float:
    """Distance to the nearest side; a local plane is exact enough for a few kilometres."""
    scale = math.cos(math.radians(lat))
    best = math.inf
    x1, y1 = (ring[-1][0] - lon) * scale, ring[-1][1] - lat
    for px, py in ring:
        x2, y2 = (px - lon) * scale, py - lat
        dx, dy = x2 - x1, y2 - y1
        length = dx * dx + dy * dy
        t = 0.0 if length == 0 else max(0.0, min(1.0, -(x1 * dx + y1 * dy) / length))
        best = min(best, math.hypot(x1 + t * dx, y1 + t * dy))
        x1, y1 = x2, y2
    return best * KM_PER_DEGREE
