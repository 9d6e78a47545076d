"""Marks of the map: listings counted by square of the web Mercator grid."""

from __future__ import annotations

import math

from elasticsearch.dsl import A, Q, Search

from bdis_search.backends.elasticsearch.selection import Selection, total
from bdis_search.grid import cluster_of, squares_per_side
from bdis_search.query import Cluster

#: More than ``squares_per_side`` ever makes.
_ALL_SQUARES = 60_000


def clusters(selection: Selection, zoom: int) -> list[Cluster]:
    """Return the marks of what ``selection`` holds; listings without a seat have no mark."""
    squares = squares_per_side(zoom, selection.query.bbox)
    tiles = A("geotile_grid", field="seat", precision=int(math.log2(squares)), size=_ALL_SQUARES)
    tiles.metric("lat", "avg", field="lat").metric("lon", "avg", field="lon")
    tiles.metric("id", "min", field="id")
    tiles.metric("west", "min", field="lon").metric("south", "min", field="lat")
    tiles.metric("east", "max", field="lon").metric("north", "max", field="lat")
    while True:
        search = Search().query(Q(selection.full())).extra(size=0, track_total_hits=1)
        search.aggs["squares"] = tiles
        answer = selection.store.search(search.to_dict())
        if total(answer) or not selection.bend():
            return [cluster_of(square) for square in answer["aggregations"]["squares"]["buckets"]]
