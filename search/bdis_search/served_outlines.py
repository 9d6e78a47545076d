"""The area that a listing serves, as it is drawn on its map."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from bdis_cms.gazetteer import gazetteer
from bdis_cms.models import InitiativePage

#: Made by ``scripts/build_front.py geo``; docs/credits.md tells from what.
OUTLINES = Path(__file__).resolve().parent / "data" / "outlines.json"
#: No outline of communes is at hand: each is a circle around its centre, about its mean size.
COMMUNE_KM = 2.3


def served_features(page: InitiativePage) -> list[dict[str, Any]]:
    """Return what ``page`` serves as GeoJSON features, in WGS 84 degrees.

    Regions and départements are polygons; communes, those of an EPCI and a radius around the seat
    are points with a ``radius_km``. The whole country, and what no one can place, draws nothing.
    """
    features: list[dict[str, Any]] = []
    for area in page.served_areas.all():
        features += _territory(area.level, area.code, str(area))
    if page.served_radius_km and page.latitude is not None and page.longitude is not None:
        features.append(_circle(page.latitude, page.longitude, page.served_radius_km, ""))
    return features


def _territory(level: str, code: str, name: str) -> Iterator[dict[str, Any]]:
    if rings := _outlines().get(f"{level}:{code}"):
        polygons = [[_traced(ring)] for ring in rings]
        yield _feature("MultiPolygon", polygons, name=name)
        return
    places = gazetteer()
    codes: tuple[str, ...] = (code,) if level == "commune" else ()
    if level == "epci" and (epci := places.epci.get(code)):
        codes = epci.communes
    for commune in filter(None, map(places.communes.get, codes)):
        if commune.lat is not None and commune.lon is not None:
            yield _circle(commune.lat, commune.lon, COMMUNE_KM, commune.name)


def _circle(lat: float, lon: float, km: float, name: str) -> dict[str, Any]:
    return _feature("Point", [round(lon, 5), round(lat, 5)], name=name, radius_km=km)


def _feature(kind: str, coordinates: list[Any], **properties: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _traced(steps: list[int]) -> list[list[float]]:
    """Return the points of a ring written as its first point, then moves, in steps of 1/scale."""
    points = []
    lon = lat = 0
    for index in range(0, len(steps), 2):
        lon += steps[index]
        lat += steps[index + 1]
        points.append([lon / _read()["scale"], lat / _read()["scale"]])
    return points


def _outlines() -> dict[str, list[list[int]]]:
    outlines: dict[str, list[list[int]]] = _read()["outlines"]
    return outlines


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(OUTLINES.read_text("utf-8"))
    return found
