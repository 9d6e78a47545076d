"""Marks of the map: listings counted by square of the web Mercator grid."""

from __future__ import annotations

import math
from typing import Any

from tantivy import Occur
from tantivy import Query as TantivyQuery

from bdis_search.backends.tantivy.schema import mercator
from bdis_search.backends.tantivy.selection import Selection
from bdis_search.query import BBox, Cluster

#: Squares a side of a 256 px tile is cut into: marks about 64 px apart.
_SQUARES = 4
_MOST_SQUARES = 4096
_MAX_ZOOM = 20


def clusters(selection: Selection, zoom: int) -> list[Cluster]:
    """Return the marks of what ``selection`` holds; listings without a seat have no mark.

    The grid is coarsened when the box would hold more squares than a map can show.
    """
    squares = _SQUARES << min(max(zoom, 0), _MAX_ZOOM)
    squares = _coarsened(squares, selection.query.bbox)
    points = {
        "lat": {"avg": {"field": "lat"}},
        "lon": {"avg": {"field": "lon"}},
        "id": {"min": {"field": "id"}},
    }
    grid = {
        "columns": {
            "histogram": {"field": "x", "interval": 1 / squares, "min_doc_count": 1},
            "aggs": {
                "rows": {
                    "histogram": {"field": "y", "interval": 1 / squares, "min_doc_count": 1},
                    "aggs": points,
                }
            },
        }
    }
    query = TantivyQuery.boolean_query(
        [(Occur.Must, selection.full()), (Occur.Must, TantivyQuery.exists_query("lat"))]
    )
    answer = selection.opened.searcher.aggregate(query, grid)
    return [
        _cluster(square)
        for column in answer["columns"]["buckets"]
        for square in column["rows"]["buckets"]
    ]


def _cluster(square: dict[str, Any]) -> Cluster:
    count = square["doc_count"]
    return Cluster(
        lat=square["lat"]["value"],
        lon=square["lon"]["value"],
        count=count,
        id=int(square["id"]["value"]) if count == 1 else None,
    )


def _coarsened(squares: int, bbox: BBox | None) -> int:
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
