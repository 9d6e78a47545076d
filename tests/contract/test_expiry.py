"""A listing goes at the end of the last day of its adhesion, from every answer, by itself."""

from __future__ import annotations

import pytest

from bdis_search.query import Query, Sort

from .documents import document
from .plugin import clock
from .worlds import TODAY

UNTIL = {1: TODAY - 400, 2: TODAY - 1, 3: TODAY, 4: TODAY + 1, 5: TODAY + 400, 6: 999_999}
MOMENTS = [
    pytest.param(day, hour, minute, id=f"day{day - TODAY:+d}-{hour:02d}h{minute:02d}")
    for day in (TODAY - 1, TODAY, TODAY + 1, TODAY + 2)
    # The day is that of the site: 0 h 30 in Paris is still the day before in UTC.
    for hour, minute in ((0, 0), (0, 30), (12, 0), (23, 59))
]


@pytest.fixture(scope="module")
def engine(new_engine):
    engine = new_engine()
    engine.rebuild(
        document(
            number,
            f"Fanfare {number}",
            public_until=until,
            tags=("a", f"t{number}"),
            lat=45.0 + number,
            lon=5.0,
            confirmed=738_000 + number,
        )
        for number, until in UNTIL.items()
    )
    return engine


@pytest.mark.parametrize(("day", "hour", "minute"), MOMENTS)
def test_a_listing_is_public_to_the_end_of_its_last_day(engine, monkeypatch, day, hour, minute):
    monkeypatch.setattr("django.utils.timezone.now", clock(day, hour, minute))
    there = [number for number, until in UNTIL.items() if until >= day]
    for text in ("", "fanfare", "fnafare"):
        for sort in Sort:
            results = engine.search(Query(text=text, sort=sort))
            assert results.total == len(there)
            assert sorted(hit.id for hit in results.hits) == there
            assert results.counts["tag"] == {"a": len(there)} | {f"t{n}": 1 for n in there}
        marks = engine.clusters(Query(text=text), 12)
        assert sum(mark.count for mark in marks) == len(there)
    assert sorted(one.id for one in engine.suggest("fan")) == there
    assert engine.stats().documents == len(UNTIL)


def test_a_renewed_listing_comes_back(contract_engine):
    contract_engine.index([document(1, "Fanfare", public_until=TODAY - 1)])
    assert contract_engine.search(Query()).total == 0
    contract_engine.index([document(1, "Fanfare", public_until=TODAY)])
    assert contract_engine.search(Query()).total == 1


def test_the_text_of_a_lapsed_listing_answers_nothing(contract_engine):
    contract_engine.rebuild(
        [document(1, "Secrète", public_until=TODAY - 1, tags=("s",)), document(2, "Fanfare")]
    )
    results = contract_engine.search(Query(text="secrète"))
    assert (results.total, results.hits) == (0, ())
    assert results.counts["tag"] == {}
    assert contract_engine.suggest("secr") == []
