"""The grid in which the map gathers listings: squares of the web Mercator projection."""

from __future__ import annotations

import math
from typing import Any

from bdis_search.query import BBox, Cluster

#: Squares a side of a 256 px tile is cut into: marks about 64 px apart. A power of two.
_SQUARES = 4
_MOST_SQUARES = 2048
_MAX_ZOOM = 20


def mercator(lat: float, lon: float) -> tuple[float, float]:
    """Return the web Mercator position in [0, 1): x eastwards, y southwards; poles are cut."""
    sine = math.sin(math.radians(max(-85.0511, min(85.0511, lat))))
    x = (lon + 180) / 360
    y = 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)
    return min(max(x, 0.0), 1 - 1e-12), min(max(y, 0.0), 1 - 1e-12)


def squares_per_side(zoom: int, bbox: BBox | None) -> int:
    """Return into how many squares a side of the world is cut at ``zoom``: a power of two.

    The grid is coarsened when the box would hold more squares than a map can show.
    """
    squares = _SQUARES << min(max(zoom, 0), _MAX_ZOOM)
    box = bbox or BBox(-180, -85, 180, 85)
    west, north = mercator(box.north, box.west)
    east, south = mercator(box.south, box.east)
    while (
        math.ceil((east - west) * squares + 1) * math.ceil((south - north) * squares + 1)
        > _MOST_SQUARES
        and squares > _SQUARES
    ):
        squares //= 2
    return squares


def zoom_shown(zoom: int, bbox: BBox | None) -> int:
    """Return the zoom whose grid is drawn: lower than ``zoom`` where the grid is coarsened."""
    return (squares_per_side(zoom, bbox) // _SQUARES).bit_length() - 1


def cluster_of(square: dict[str, Any]) -> Cluster:
    """Return the mark of a square as engines count it.

    ``{"doc_count": n, "lat": {"value": …}, …}``: mean lat and lon, least id, sides of its points.
    """
    count = square["doc_count"]
    return Cluster(
        lat=square["lat"]["value"],
        lon=square["lon"]["value"],
        count=count,
        id=int(square["id"]["value"]) if count == 1 else None,
        box=BBox(*(square[side]["value"] for side in ("west", "south", "east", "north"))),
    )
