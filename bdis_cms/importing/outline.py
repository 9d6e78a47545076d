"""Is a point in France? Answered from an outline of the territory."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

#: Made by ``scripts/build_outline.py``.
OUTLINE = Path(__file__).resolve().parent.parent / "data" / "territories" / "outline.json"
# Coasts and borders of the outline are up to 2 km off.
TOLERANCE_KM = 2.5
KM_PER_DEGREE = 111.2

#: Sides are kept by bands of a tenth of a degree of latitude, so that a point meets few of them.
BANDS = 10

Side = tuple[float, float, float, float]
Box = tuple[float, float, float, float]


@lru_cache(maxsize=1)
def _rings() -> list[tuple[Box, dict[int, list[Side]]]]:
    """Return the outer rings of the territory: the box of each, widened, and its sides by band."""
    data = json.loads(OUTLINE.read_text("utf-8"))
    rings = []
    for steps in data["rings"]:
        x = y = 0
        points = []
        for dx, dy in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x / data["scale"], y / data["scale"]))
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        box = (min(xs) - 0.1, min(ys) - 0.1, max(xs) + 0.1, max(ys) + 0.1)
        bands: dict[int, list[Side]] = {}
        for (x1, y1), (x2, y2) in pairwise([points[-1], *points]):
            # One band more on each side: what is near a point is in the band of the point.
            for band in range(
                int(min(y1, y2) // (1 / BANDS)) - 1, int(max(y1, y2) // (1 / BANDS)) + 2
            ):
                bands.setdefault(band, []).append((x1, y1, x2, y2))
        rings.append((box, bands))
    return rings


def is_in_france(lat: float, lon: float) -> bool:
    """Whether the point (WGS 84 degrees) is on drawn French land, to ``TOLERANCE_KM``."""
    band = int(lat // (1 / BANDS))
    near = [
        bands.get(band, [])
        for (west, south, east, north), bands in _rings()
        if west <= lon <= east and south <= lat <= north
    ]
    return any(_contains(sides, lat, lon) for sides in near) or any(
        _distance_km(sides, lat, lon) <= TOLERANCE_KM for sides in near
    )


def _contains(sides: list[Side], lat: float, lon: float) -> bool:
    inside = False
    for x1, y1, x2, y2 in sides:
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _distance_km(sides: list[Side], lat: float, lon: float) -> float:
    """Distance to the nearest side; a local plane is exact enough for a few kilometres."""
    scale = math.cos(math.radians(lat))
    best = math.inf
    for side in sides:
        x1, y1 = (side[0] - lon) * scale, side[1] - lat
        x2, y2 = (side[2] - lon) * scale, side[3] - lat
        dx, dy = x2 - x1, y2 - y1
        length = dx * dx + dy * dy
        t = 0.0 if length == 0 else max(0.0, min(1.0, -(x1 * dx + y1 * dy) / length))
        best = min(best, math.hypot(x1 + t * dx, y1 + t * dy))
    return best * KM_PER_DEGREE
