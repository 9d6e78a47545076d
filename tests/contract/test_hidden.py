"""Pages that the index should not hold any more are in no answer, as if they were gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bdis_search.query import Point, Query, Sort

from .documents import document

HIDDEN = [frozenset([3]), frozenset([1, 2, 8]), frozenset(range(1, 13)), frozenset([404])]


def made(number):
    return document(
        number,
        "Fanfare secrète" if number == 3 else f"Fanfare {number}",
        families=(f"f{number % 3}",),
        tags=(f"t{number}", "a"),
        extra=(("theme", (f"x{number % 2}",)),),
        lat=45.0 + number / 10,
        lon=5.0,
    )


@pytest.fixture(scope="module")
def engine(new_engine):
    """An index that holds too much."""
    engine = new_engine()
    engine.rebuild(made(number) for number in range(1, 13))
    return engine


@pytest.fixture(scope="module", params=HIDDEN, ids=lambda ids: f"{len(ids)}-{min(ids)}")
def clean(new_engine, request):
    """The index that should be, and what it lacks."""
    engine = new_engine()
    engine.rebuild(made(number) for number in range(1, 13) if number not in request.param)
    return engine, request.param


QUERIES = {
    "everything": Query(),
    "a text": Query(text="fanfare"),
    "their text": Query(text="secrète"),
    "a typo": Query(text="fnafare"),
    "a typo of theirs": Query(text="secrèet"),
    "a filter": Query(text="fanfare", filters={"family": frozenset(["f0", "f2"])}),
    "their tag": Query(filters={"tag": frozenset(["t3"])}),
    "near": Query(near=Point(45.3, 5.0), radius_km=30.5, sort=Sort.DISTANCE),
    "by name": Query(sort=Sort.NAME, page=2, page_size=4),
    "promoted": Query(text="fanfare", promoted=(3, 5)),
    "an extra facet": Query(filters={"theme": frozenset(["x1"])}, facets=("theme", "tag")),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_the_answer_is_that_of_an_index_without_them(engine, clean, query):
    clean, hidden = clean
    found = engine.search(replace(query, hidden=hidden))
    expected = clean.search(query)
    assert (found.total, found.counts) == (expected.total, expected.counts)
    assert (found.forgiven, found.relaxed) == (expected.forgiven, expected.relaxed)
    if query.sort is Sort.RELEVANCE:
        # Scores may still weigh words by what the index holds.
        assert {hit.id for hit in found.hits} == {hit.id for hit in expected.hits}
    else:
        assert [hit.id for hit in found.hits] == [hit.id for hit in expected.hits]
    marks = engine.clusters(replace(query, hidden=hidden), 9)
    assert sorted(mark.count for mark in marks) == sorted(
        mark.count for mark in clean.clusters(query, 9)
    )


def test_thousands_may_be_hidden(engine):
    hidden = frozenset(range(7, 20_000))
    assert engine.search(Query(hidden=hidden)).total == 6
