"""Marks of the map as GeoJSON: clusters, and listings that stand alone, checked again as public."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.http import HttpRequest

from bdis_cms.gazetteer import gazetteer
from bdis_cms.gazetteer.geometry import PointGrid
from bdis_cms.gazetteer.index import Gazetteer
from bdis_search.asking import public_engine
from bdis_search.grid import zoom_shown
from bdis_search.listings import Listing, load_listings
from bdis_search.query import BBox, Cluster, Hit, Query

#: Marks of a view; a listing alone weighs about 100 bytes once compressed.
MOST_MARKS = 500
#: A town names what is around it: a large one seen from afar, any town from near.
_TOWNS = ((8, 50_000), (21, 3_000))


def marks(query: Query, zoom: int, request: HttpRequest) -> list[dict[str, Any]]:
    """Return the features of a map; their counts add up to the total of ``query``.

    The grid is coarsened until the marks are few enough for a screen, and for a phone's network.
    """
    query = replace(query, facets=())
    zoom = zoom_shown(zoom, query.bbox)
    clusters, listings = _checked(query, zoom, request)
    while len(clusters) > MOST_MARKS and zoom:
        zoom -= 1
        clusters, listings = _checked(query, zoom, request)
    return [
        _alone(cluster, listings[cluster.id]) if cluster.id else _together(cluster, zoom)
        for cluster in sorted(clusters, key=lambda one: (-one.lat, one.lon))
        if cluster.id is None or cluster.id in listings
    ]


def _checked(
    query: Query, zoom: int, request: HttpRequest
) -> tuple[list[Cluster], dict[int, Listing]]:
    """Return the marks, and the listings of those that stand for one; all of them public."""
    for _ in range(2):  # once more without the hidden listings that the index has shown
        clusters = public_engine().clusters(query, zoom)
        alone = [Hit(cluster.id) for cluster in clusters if cluster.id]
        if len(clusters) > MOST_MARKS:
            return clusters, {}
        listings = {listing.id: listing for listing, _hit in load_listings(alone, request)}
        if len(listings) == len(alone):
            break
    return clusters, listings


def _alone(cluster: Cluster, listing: Listing) -> dict[str, Any]:
    family = next(iter(listing.families), None)
    return _feature(
        cluster,
        count=1,
        id=listing.id,
        title=listing.title,
        url=listing.url,
        family=family.label if family else "",
        hue=family.hue if family else 0,
        place=str(listing.seat),
    )


def _together(cluster: Cluster, zoom: int) -> dict[str, Any]:
    feature = _feature(cluster, count=cluster.count)
    if around := _town(cluster.lat, cluster.lon, zoom):
        feature["properties"]["around"] = around
    if cluster.box:
        feature["bbox"] = _rounded(cluster.box)
    return feature


def _feature(cluster: Cluster, **properties: Any) -> dict[str, Any]:
    at = [round(cluster.lon, 5), round(cluster.lat, 5)]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": at},
        "properties": properties,
    }


def _rounded(box: BBox) -> list[float]:
    """Return west, south, east, north to about a metre, outwards: nothing falls out of the box."""
    return [
        math.floor(box.west * 1e5) / 1e5,
        math.floor(box.south * 1e5) / 1e5,
        math.ceil(box.east * 1e5) / 1e5,
        math.ceil(box.north * 1e5) / 1e5,
    ]


class _Towns:
    """Names of towns by point, for a gazetteer as it is; remembered from one map to the next."""

    def __init__(self, places: Gazetteer) -> None:
        self.places = places
        self.around = lru_cache(maxsize=8_192)(self._around)
        self._grids = [(until, PointGrid(_larger(places, people))) for until, people in _TOWNS]

    def _around(self, lat: float, lon: float, zoom: int) -> str:
        grid = next(grid for until, grid in self._grids if zoom < until)
        nearest = grid.nearest(lat, lon, at_most_km=120)
        return nearest[1] if nearest else ""


def _larger(places: Gazetteer, people: int) -> Iterator[tuple[str, float, float]]:
    for place in places.communes.values():
        if place.lat is None or place.lon is None or place.code in places.parents:
            continue
        if (place.population or 0) >= people:
            yield place.name, place.lat, place.lon


_towns: _Towns | None = None


def _town(lat: float, lon: float, zoom: int) -> str:
    """Return the name of the town around a point; "" far from any."""
    global _towns
    places = gazetteer()
    if _towns is None or _towns.places is not places:
        _towns = _Towns(places)
    return _towns.around(round(lat, 2), round(lon, 2), zoom)
