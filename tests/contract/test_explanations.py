"""What an engine says of the order it gives; one that says nothing is left in peace."""

from __future__ import annotations

import pytest

from bdis_search.backends.base import SearchReader
from bdis_search.query import Query

from .documents import document

LISTINGS = [
    document(1, "Café vélo du lac", tag_names=("vélo",), completeness=90),
    document(2, "Les vélos du lac", summary="Un café."),
    document(3, "Bicyclette du lac", body="Un café où l'on répare."),
    document(4, "Du lac", keywords="vélo\ncafé", confirmed=738_900),
    document(5, "Fanfare", body="café"),
    *(document(number, f"Sans rapport {number}") for number in range(6, 20)),
]
TEXTS = [
    "vélo",
    "café vélo",
    "vélos du lac",
    "bicyclete",
    "caffé véloo",
    "fanfare zzzzzz vélo café",
]


@pytest.mark.parametrize("promoted", [(), (5, 7)])
@pytest.mark.parametrize("text", TEXTS)
def test_explanations_add_up_to_the_score(contract_engine, text, promoted):
    contract_engine.rebuild(LISTINGS)
    query = Query(text=text, promoted=promoted)
    hits = {hit.id: hit for hit in contract_engine.search(query).hits}
    told = contract_engine.explain(query, list(hits))
    # An engine may leave explaining to the port; one that explains says it of every hit.
    explains = type(contract_engine).explain is not SearchReader.explain
    assert told.keys() == (hits.keys() if explains else set())
    for identifier, explanation in told.items():
        assert explanation.score == pytest.approx(hits[identifier].score, rel=1e-3)
        parts = [part.score for part in explanation.parts]
        assert sum(parts) == pytest.approx(explanation.score, rel=1e-6)
        assert parts == sorted(parts, reverse=True)


def test_nothing_is_said_of_listings_that_are_not_found(contract_engine):
    contract_engine.rebuild(LISTINGS)
    assert contract_engine.explain(Query(text="fanfare"), [1, 999]) == {}
    assert contract_engine.explain(Query(text="fanfare"), []) == {}
    assert contract_engine.explain(Query(), [1]) == {}
