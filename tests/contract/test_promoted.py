"""Promoted listings come first by relevance, whatever the text; filters still hold for them."""

from __future__ import annotations

import pytest

from bdis_search.query import BBox, Point, Query, Sort

from .documents import document
from .worlds import TODAY

# 1 to 6 have the word; 11 to 14 do not; 15 is lapsed; 16 has no seat.
WITH_IT = range(1, 7)
OTHERS = {11: "f1", 12: "f1", 13: "f2", 14: "f2"}


@pytest.fixture(scope="module")
def engine(new_engine):
    engine = new_engine()
    engine.rebuild(
        [
            *(
                document(n, f"Fanfare {n}", families=(f"f{n % 2 + 1}",), lat=45.0 + n, lon=5.0)
                for n in WITH_IT
            ),
            *(
                document(n, f"Autre {n}", families=(family,), lat=45.0 + n / 10, lon=5.0)
                for n, family in OTHERS.items()
            ),
            document(15, "Autre 15", public_until=TODAY - 1),
            document(16, "Autre 16"),
        ]
    )
    return engine


def ids(engine, text="fanfare", **query):
    return [hit.id for hit in engine.search(Query(text=text, page_size=50, **query)).hits]


@pytest.mark.parametrize(
    "promoted", [(13,), (13, 11), (11, 13), (14, 3, 12), (6,), (6, 5, 4, 3, 2, 1), (16, 1)]
)
def test_promoted_listings_come_first_in_their_order(engine, promoted):
    plain = ids(engine)
    rest = [n for n in plain if n not in promoted]
    assert ids(engine, promoted=promoted) == [*promoted, *rest]


@pytest.mark.parametrize("promoted", [(13, 11), (14, 3, 12)])
@pytest.mark.parametrize("size", [1, 2, 4])
def test_promoted_listings_are_paged_with_the_others(engine, promoted, size):
    whole = ids(engine, promoted=promoted)
    paged = []
    for page in range(1, 12):
        asked = Query(text="fanfare", promoted=promoted, page=page, page_size=size)
        paged += [hit.id for hit in engine.search(asked).hits]
    assert paged == whole


def test_promoted_listings_are_counted_everywhere(engine):
    query = Query(text="fanfare", promoted=(13, 3))
    results = engine.search(query)
    assert results.total == 7
    assert results.counts["family"] == {"f1": 3, "f2": 4}
    assert sum(mark.count for mark in engine.clusters(query, 6)) == 7
    for family, count in results.counts["family"].items():
        alone = Query(text="fanfare", promoted=(13, 3), filters={"family": frozenset([family])})
        assert engine.search(alone).total == count


@pytest.mark.parametrize(
    "restriction",
    [
        {"filters": {"family": frozenset(["f1"])}},
        {"near": Point(46.0, 5.0), "radius_km": 150.0},
        {"bbox": BBox(4.0, 45.5, 6.0, 49.5)},
    ],
    ids=["a filter", "a circle", "a box"],
)
def test_filters_hold_for_promoted_listings(engine, restriction):
    everything = set(ids(engine, text="", **restriction))
    found = ids(engine, promoted=(13, 11, 2), **restriction)
    assert set(found) == (set(ids(engine, **restriction)) | {13, 11, 2}) & everything
    first = [n for n in (13, 11, 2) if n in everything]
    assert found[: len(first)] == first


@pytest.mark.parametrize("promoted", [(15,), (404,), (15, 404, 13, 13)])
def test_lapsed_unknown_and_repeated_ones_change_nothing(engine, promoted):
    expected = [*([13] if 13 in promoted else []), *ids(engine)]
    assert ids(engine, promoted=promoted) == expected
    assert engine.search(Query(text="fanfare", promoted=promoted)).total == len(expected)


@pytest.mark.parametrize("sort", [Sort.NAME, Sort.RECENT, Sort.DISTANCE])
def test_other_orders_have_no_first_place(engine, sort):
    here = Point(45.0, 5.0)
    found = ids(engine, promoted=(13,), sort=sort, near=here)
    assert set(found) == {*WITH_IT, 13}
    promoted_last = ids(engine, text="", sort=sort, near=here)
    assert found == [n for n in promoted_last if n in {*WITH_IT, 13}]


@pytest.mark.parametrize("text", ["fnafare", "trouvable introuvable", "104", "le la"])
def test_whatever_is_typed_the_promoted_come_first(engine, text):
    assert ids(engine, text, promoted=(13, 12))[:2] == [13, 12]


def test_a_text_that_finds_nothing_finds_the_promoted(engine):
    results = engine.search(Query(text="introuvable", promoted=(13, 12)))
    assert [hit.id for hit in results.hits] == [13, 12]
