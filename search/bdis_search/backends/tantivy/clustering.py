"""Marks of the map: listings counted by square of the web Mercator grid."""

from __future__ import annotations

from tantivy import Occur
from tantivy import Query as TantivyQuery

from bdis_search.backends.tantivy.selection import Selection
from bdis_search.grid import cluster_of, squares_per_side
from bdis_search.query import Cluster


def clusters(selection: Selection, zoom: int) -> list[Cluster]:
    """Return the marks of what ``selection`` holds; listings without a seat have no mark."""
    squares = squares_per_side(zoom, selection.query.bbox)
    points = {
        "lat": {"avg": {"field": "lat"}},
        "lon": {"avg": {"field": "lon"}},
        "id": {"min": {"field": "id"}},
        "west": {"min": {"field": "lon"}},
        "south": {"min": {"field": "lat"}},
        "east": {"max": {"field": "lon"}},
        "north": {"max": {"field": "lat"}},
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
        cluster_of(square)
        for column in answer["columns"]["buckets"]
        for square in column["rows"]["buckets"]
    ]
