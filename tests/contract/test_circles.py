"""Radii in true kilometres anywhere on the globe, a metre aside: near poles and 180° too."""

from __future__ import annotations

import math

import pytest

from bdis_search.query import BBox, Geography, Point, Query, Sort

from .documents import document
from .oracle import haversine

CENTRES = {
    "lille": (50.63, 3.06),
    "fiftieth-parallel": (50.0, 1.5),
    "la-reunion": (-20.8823, 55.4504),
    "guyane": (4.9224, -52.3135),
    "guadeloupe": (16.2411, -61.5331),
    "saint-pierre-et-miquelon": (46.7793, -56.1786),
    "wallis": (-13.2825, -176.1736),
    "fiji": (-17.8, 179.95),
    "just-across": (-16.0, -179.99),
    "on-the-line": (10.0, 180.0),
    "kerguelen": (-49.3535, 70.2158),
    "null-island": (0.0, 0.0),
    "greenwich": (51.4779, -0.0014),
    "near-the-north-pole": (89.95, 20.0),
    "north-pole": (90.0, 0.0),
    "south-pole": (-90.0, 0.0),
}
RADII = [0.05, 1.0, 30.0, 250.0, 2_000.0, 12_000.0]
BEARINGS = range(0, 360, 45)
EARTH_KM = 6371.0088


def towards(lat, lon, bearing, km):
    """Return the point at that bearing (degrees) and distance."""
    a, angle, course = math.radians(lat), km / EARTH_KM, math.radians(bearing)
    sine = math.sin(a) * math.cos(angle) + math.cos(a) * math.sin(angle) * math.cos(course)
    b = math.asin(max(-1.0, min(1.0, sine)))
    east = math.atan2(
        math.sin(course) * math.sin(angle) * math.cos(a),
        math.cos(angle) - math.sin(a) * math.sin(b),
    )
    return math.degrees(b), (lon + math.degrees(east) + 180) % 360 - 180


def around(lat, lon, km):
    """Points 3 m inside the circle and 3 m outside, all around, and the centre."""
    rings = [
        towards(lat, lon, bearing, km + side) for bearing in BEARINGS for side in (-3e-3, 3e-3)
    ]
    return [(lat, lon), *rings]


POINTS = dict(
    enumerate(
        (point for centre in CENTRES.values() for km in RADII for point in around(*centre, km)), 1
    )
)


@pytest.fixture(scope="module")
def engine(new_engine):
    engine = new_engine()
    engine.rebuild(
        document(number, f"Lieu {number}", lat=lat, lon=lon)
        for number, (lat, lon) in POINTS.items()
    )
    return engine


@pytest.mark.parametrize("km", RADII)
@pytest.mark.parametrize("centre", CENTRES)
def test_a_circle_holds_what_is_within_its_radius(engine, centre, km):
    here = Point(*CENTRES[centre])
    away = {number: haversine(here.lat, here.lon, *point) for number, point in POINTS.items()}
    query = Query(near=here, radius_km=km, page_size=len(POINTS), sort=Sort.NAME, facets=())
    results = engine.search(query)
    found = {hit.id: hit.distance_km for hit in results.hits}
    sure = {number for number, distance in away.items() if distance <= km - 1e-3}
    possible = {number for number, distance in away.items() if distance <= km + 1e-3}
    assert sure <= set(found) <= possible
    assert results.total == len(found)
    for number, distance in found.items():
        # A metre, or a millionth of a long way.
        assert distance == pytest.approx(away[number], abs=1e-3, rel=1e-6)


@pytest.mark.parametrize("centre", CENTRES)
def test_the_nearest_come_first(engine, centre):
    here = Point(*CENTRES[centre])
    results = engine.search(Query(near=here, sort=Sort.DISTANCE, page_size=60, facets=()))
    assert results.total == len(POINTS)
    found = [haversine(here.lat, here.lon, *POINTS[hit.id]) for hit in results.hits]
    nearest = sorted(haversine(here.lat, here.lon, *point) for point in POINTS.values())[:60]
    assert found == pytest.approx(nearest, abs=1e-3)


@pytest.mark.parametrize("geography", Geography)
@pytest.mark.parametrize("km", [0.0, 1e-6, 20_016.0, 50_000.0])
def test_the_smallest_and_the_largest_radius(contract_engine, km, geography):
    places = [(45.0, 5.0), (45.0, 5.0), (45.01, 5.0), (-45.0, -175.0)]
    contract_engine.rebuild(
        [
            *(document(n, lat=lat, lon=lon) for n, (lat, lon) in enumerate(places, 1)),
            document(9),  # without a seat, which no circle holds
        ]
    )
    query = Query(near=Point(45.0, 5.0), radius_km=km, geography=geography, facets=())
    total = contract_engine.search(query).total
    if geography is Geography.SERVED:
        assert total == 0
    else:
        assert total == (2 if km < 1 else 4)


def test_a_radius_without_a_point_and_a_point_without_a_radius_restrict_nothing(contract_engine):
    contract_engine.rebuild([document(1, lat=45.0, lon=5.0), document(2)])
    assert contract_engine.search(Query(radius_km=1.0)).total == 2
    results = contract_engine.search(Query(near=Point(-10.0, 100.0)))
    assert results.total == 2
    by_id = {hit.id: hit.distance_km for hit in results.hits}
    assert by_id[2] is None
    assert by_id[1] == pytest.approx(haversine(-10, 100, 45, 5), rel=1e-6)


BOXES = {
    "the world": BBox(-180, -90, 180, 90),
    "france": BBox(-5.5, 41.2, 9.8, 51.2),
    "west of the line": BBox(170, -40, 180, 20),
    "east of the line": BBox(-180, -40, -170, 20),
    "the north": BBox(-180, 80, 180, 90),
    "the south": BBox(-180, -90, 180, -80),
    "a street": BBox(3.055, 50.625, 3.065, 50.635),
    "half the world": BBox(-180, -90, 0.5, 90),
    "nothing": BBox(100.5, 30.5, 100.6, 30.6),
}


@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES)
def test_a_box_holds_what_is_in_it(engine, box):
    edge = 1e-5  # a metre
    inside = sum(
        box.south - edge <= lat <= box.north + edge and box.west - edge <= lon <= box.east + edge
        for lat, lon in POINTS.values()
    )
    sure = sum(
        (box.south == -90 or box.south + edge <= lat)
        and (box.north == 90 or lat <= box.north - edge)
        and (box.west == -180 or box.west + edge <= lon)
        and (box.east == 180 or lon <= box.east - edge)
        for lat, lon in POINTS.values()
    )
    total = engine.search(Query(bbox=box, facets=())).total
    assert sure <= total <= inside


def test_a_box_and_a_circle_add_their_conditions(engine):
    lat, lon = CENTRES["lille"]
    box = BBox(lon, lat, 10, 60)
    both = Query(bbox=box, near=Point(lat, lon), radius_km=30.5, page_size=500, facets=())
    for hit in engine.search(both).hits:
        at_lat, at_lon = POINTS[hit.id]
        assert at_lat >= lat - 1e-5
        assert at_lon >= lon - 1e-5
        assert hit.distance_km <= 30.5
