"""Marks of the map add up to the listings found, at every zoom and wherever it looks."""

from __future__ import annotations

import pytest

from bdis_search.query import BBox, Query

from .documents import document

ZOOMS = range(21)
# An address of twelve, a town, a region, the ends of the world, and two without a seat.
PLACES = {
    **dict.fromkeys(range(1, 13), (45.7640, 4.8357)),
    **{n: (45.70 + n / 1000, 4.80 + n * 7 % 60 / 1000) for n in range(20, 80)},
    **{n: (44 + n * 13 % 40 / 20, 3 + n * 17 % 60 / 20) for n in range(100, 160)},
    200: (-20.8823, 55.4504),
    201: (-17.8, 179.999),
    202: (-17.8, -179.999),
    203: (-13.2825, -176.1736),
    204: (89.9, 10.0),
    205: (-89.9, 10.0),
    206: (0.0, 0.0),
    207: (46.0, 180.0),
    208: (46.0, -180.0),
}
SEATLESS = [300, 301]
BOXES = {
    "everywhere": None,
    "the world": BBox(-180, -90, 180, 90),
    "metropolitan france": BBox(-5.5, 41.2, 9.8, 51.2),
    "the town": BBox(4.7995, 45.7005, 4.9005, 45.8005),
    "the address": BBox(4.8355, 45.7638, 4.8359, 45.7642),
    "west of 180": BBox(170.5, -40, 180, 60),
    "east of 180": BBox(-180, -40, -170.5, 60),
    "nowhere": BBox(100.5, 30.5, 101.5, 31.5),
}


@pytest.fixture(scope="module")
def engine(new_engine):
    engine = new_engine()
    engine.rebuild(
        [
            *(
                document(
                    number,
                    "Fanfare" if number % 2 else "Chorale",
                    lat=lat,
                    lon=lon,
                    families=(f"f{number % 3}",),
                    public_until=1 if number % 19 == 0 else 999_999,
                )
                for number, (lat, lon) in PLACES.items()
            ),
            *(document(number, "Fanfare") for number in SEATLESS),
        ]
    )
    return engine


def seen(box, keep=lambda number: True):
    return {
        number
        for number, (lat, lon) in PLACES.items()
        if number % 19
        and keep(number)
        and (box is None or (box.south <= lat <= box.north and box.west <= lon <= box.east))
    }


@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES)
@pytest.mark.parametrize("zoom", ZOOMS)
def test_marks_add_up_at_every_zoom(engine, zoom, box):
    marks = engine.clusters(Query(bbox=box), zoom)
    there = seen(box)
    assert sum(mark.count for mark in marks) == len(there)
    assert all(mark.count >= 1 for mark in marks)
    alone = [mark for mark in marks if mark.count == 1]
    assert {mark.id for mark in alone} <= there
    assert len({mark.id for mark in alone}) == len(alone)
    assert all(mark.id is None for mark in marks if mark.count > 1)
    for mark in alone:
        lat, lon = PLACES[mark.id]
        assert mark.lat == pytest.approx(lat, abs=1e-5)
        assert mark.lon == pytest.approx(lon, abs=1e-5)
    if box:
        for mark in marks:
            assert box.south - 1e-5 <= mark.lat <= box.north + 1e-5
            assert box.west - 1e-5 <= mark.lon <= box.east + 1e-5


@pytest.mark.parametrize("zoom", ZOOMS)
def test_marks_are_of_what_the_search_finds(engine, zoom):
    query = Query(
        text="fanfare", filters={"family": frozenset(["f1", "f2"])}, bbox=BOXES["the world"]
    )
    there = seen(None, lambda number: number % 2 and number % 3)
    marks = engine.clusters(query, zoom)
    assert sum(mark.count for mark in marks) == len(there) == engine.search(query).total


@pytest.mark.parametrize("zoom", [0, 6, 12, 18])
def test_a_box_told_for_a_mark_holds_what_it_stands_for_and_no_more(engine, zoom):
    for mark in engine.clusters(Query(bbox=BOXES["the town"]), zoom):
        if mark.box is None:  # an engine need not tell
            continue
        assert mark.box.west - 1e-5 <= mark.lon <= mark.box.east + 1e-5
        assert mark.box.south - 1e-5 <= mark.lat <= mark.box.north + 1e-5
        hair = 1e-6
        box = BBox(
            mark.box.west - hair, mark.box.south - hair, mark.box.east + hair, mark.box.north + hair
        )
        assert engine.search(Query(bbox=box, facets=())).total >= mark.count
        tight = [PLACES[number] for number in seen(box)]
        assert min(lon for _, lon in tight) == pytest.approx(mark.box.west, abs=1e-5)
        assert max(lat for lat, _ in tight) == pytest.approx(mark.box.north, abs=1e-5)


@pytest.mark.parametrize("zoom", ZOOMS)
def test_an_address_is_one_mark_at_every_zoom(engine, zoom):
    (mark,) = engine.clusters(Query(bbox=BOXES["the address"]), zoom)
    assert mark.count == 12
    assert mark.id is None
    assert (mark.lat, mark.lon) == pytest.approx((45.7640, 4.8357), abs=1e-5)


def test_neighbours_are_apart_once_near_and_together_from_afar(engine):
    assert len(engine.clusters(Query(bbox=BOXES["the town"]), 18)) > 50
    assert len(engine.clusters(Query(bbox=BOXES["the town"]), 5)) <= 4


@pytest.mark.parametrize("zoom", [0, 3, 6])
def test_a_map_from_afar_has_few_marks(engine, zoom):
    assert len(engine.clusters(Query(bbox=BOXES["metropolitan france"]), zoom)) < 120


def test_paging_and_facets_change_nothing_on_the_map(engine):
    whole = engine.clusters(Query(), 6)
    paged = engine.clusters(Query(page=3, page_size=2, facets=()), 6)
    assert sorted(whole, key=repr) == sorted(paged, key=repr)


def test_an_empty_index_has_no_mark(contract_engine):
    assert contract_engine.clusters(Query(), 5) == []
