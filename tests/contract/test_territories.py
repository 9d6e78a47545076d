"""Both geographies, every level of territory, on a world small enough to look at."""

from __future__ import annotations

import pytest

from bdis_search.query import Geography, Point, Query, Sort

from .documents import seated
from .oracle import Listing, Oracle
from .worlds import AREAS, COMMUNES, DEPARTMENTS, EPCI, REGIONS, TODAY, WORLD

LEVELS = {"region": REGIONS, "department": DEPARTMENTS, "epci": EPCI, "commune": COMMUNES}
DECLARED = [(), *((area,) for area in AREAS), ("region:R2", "commune:A1"), ("epci:E1", "epci:E4")]
RADII = [None, 15.0, 60.0]


def corpus():
    """Each seat with each area served, by turns with a radius: 8 × 21 listings."""
    made = []
    for place in WORLD.communes:
        for areas in DECLARED:
            number = len(made) + 1
            radius = RADII[number % 3]
            document = seated(
                number, place.code, f"Lieu {number}", declared=areas, served_radius_km=radius
            )
            made.append(Listing(document, areas, radius))
    return made


CORPUS = corpus()
ORACLE = Oracle(WORLD, CORPUS, TODAY)
CASES = [
    pytest.param(level, frozenset([code]), geography, id=f"{level}-{code}-{geography}")
    for level, codes in LEVELS.items()
    for code in codes
    for geography in Geography
] + [
    pytest.param(level, frozenset(codes), geography, id=f"{level}-all-{geography}")
    for level, codes in LEVELS.items()
    for geography in Geography
]


@pytest.fixture(scope="module")
def engine(new_engine):
    engine = new_engine()
    engine.rebuild(listing.document for listing in CORPUS)
    return engine


def ids(engine, query):
    results = engine.search(query)
    assert results.total == len(results.hits)
    return [hit.id for hit in results.hits]


@pytest.mark.parametrize(("level", "codes", "geography"), CASES)
def test_a_territory_is_that_of_the_geography_asked(engine, level, codes, geography):
    query = Query(
        filters={level: codes}, geography=geography, sort=Sort.NAME, page_size=len(CORPUS)
    )
    assert set(ids(engine, query)) == {one.document.id for one in ORACLE.matching(query)}


@pytest.mark.parametrize("geography", Geography)
def test_regions_and_departments_are_counted_in_the_geography_asked(engine, geography):
    for filters in ({}, {"region": frozenset(["R1"])}, {"department": frozenset(["D1", "D3"])}):
        query = Query(filters=filters, geography=geography)
        counts = engine.search(query).counts
        assert counts["region"] == ORACLE.counts(query, "region", REGIONS)
        assert counts["department"] == ORACLE.counts(query, "department", DEPARTMENTS)


@pytest.mark.parametrize("geography", Geography)
@pytest.mark.parametrize("km", [3.0, 20.0, 45.0, 90.0])
@pytest.mark.parametrize("place", WORLD.communes, ids=lambda place: place.code)
def test_around_a_commune(engine, place, km, geography):
    query = Query(
        near=Point(place.lat + 0.011, place.lon - 0.007),
        radius_km=km,
        geography=geography,
        page_size=len(CORPUS),
        facets=(),
    )
    assert not ORACLE.is_on_an_edge(query)
    assert set(ids(engine, query)) == {one.document.id for one in ORACLE.matching(query)}


@pytest.mark.parametrize("geography", Geography)
@pytest.mark.parametrize("levels", [("region", "epci"), ("department", "commune")])
def test_two_levels_are_both_required(engine, geography, levels):
    wide, narrow = levels
    for code in LEVELS[wide]:
        for inner in LEVELS[narrow]:
            query = Query(
                filters={wide: frozenset([code]), narrow: frozenset([inner])},
                geography=geography,
                page_size=len(CORPUS),
                facets=(),
            )
            found = set(ids(engine, query))
            assert found == {one.document.id for one in ORACLE.matching(query)}


def test_an_arrondissement_is_part_of_its_commune_and_not_the_whole(engine):
    def seats(code):
        query = Query(filters={"commune": frozenset([code])}, page_size=len(CORPUS))
        return {CORPUS[number - 1].document.commune for number in ids(engine, query)}

    assert seats("L") == {"L", "L3"}
    assert seats("L3") == {"L3"}


def test_a_box_looks_at_the_seat_whatever_the_geography(engine):
    from bdis_search.query import BBox

    box = BBox(5.3, 44.7, 5.4, 44.8)  # A1 alone
    totals = {engine.search(Query(bbox=box, geography=one)).total for one in Geography}
    assert totals == {len(DECLARED)}
