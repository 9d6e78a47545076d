"""Every answer of an engine equals that of the brute-force oracle."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from bdis_search.query import Query, Sort

from .oracle import METRE, Oracle
from .worlds import TODAY, VALUES, WORLD, corpora, queries

# 50 corpora × 10 searches: 500 combinations of filters.
CORPORA, SEARCHES = 50, 10

exhaustive = settings(
    max_examples=CORPORA,
    deadline=None,
    derandomize=True,
    # Shrinking whole corpora takes minutes; the failing search is printed anyway.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@exhaustive
@given(corpora(), st.lists(queries(), min_size=SEARCHES, max_size=SEARCHES))
def test_totals_counts_and_pages_equal_the_oracle(contract_engine, corpus, searches):
    contract_engine.rebuild([listing.document for listing in corpus])
    oracle = Oracle(WORLD, corpus, TODAY)
    for query in searches:
        note(repr(query))
        if oracle.is_on_an_edge(query):
            continue
        results = contract_engine.search(query)
        if results.forgiven or results.relaxed:
            # Nothing at all has these words as typed: what is then forgiven is another test.
            assert oracle.total(replace(Query(), text=query.text)) == 0
            continue
        assert results.total == oracle.total(query)
        for facet, values in VALUES.items():
            counted = {value: n for value, n in results.counts[facet].items() if n}
            assert counted == oracle.counts(query, facet, values), facet
        _check_page(results, oracle, query)


def _check_page(results, oracle, query):
    ids = [hit.id for hit in results.hits]
    assert len(ids) == len(set(ids))
    if query.sort is Sort.DISTANCE and query.near is None:
        query = replace(query, sort=Sort.RELEVANCE)
    if query.sort is Sort.RELEVANCE:
        ordered = oracle.ordered_ids(query)
        assert set(ids) <= set(ordered)
        assert len(ids) == len(ordered[query.offset : query.offset + query.page_size])
    else:
        assert oracle.is_in_order(ids, query), (ids, oracle.ordered_ids(query))
    documents = {listing.document.id: listing.document for listing in oracle.listings}
    for hit in results.hits:
        away = oracle.distance(documents[hit.id], query.near)
        assert hit.distance_km == (away if away is None else pytest.approx(away, abs=METRE))


@pytest.mark.slow
@settings(exhaustive, max_examples=15)
@given(corpora(), st.lists(queries(), min_size=4, max_size=4))
def test_a_count_is_the_total_of_the_search_it_leads_to(contract_engine, corpus, searches):
    contract_engine.rebuild([listing.document for listing in corpus])
    for query in searches:
        note(repr(query))
        results = contract_engine.search(query)
        for facet, values in VALUES.items():
            for value in values:
                alone = replace(query, filters={**query.filters, facet: frozenset([value])})
                followed = contract_engine.search(alone)
                assert followed.total == results.counts[facet].get(value, 0), (facet, value)


@pytest.mark.slow
@settings(exhaustive, max_examples=15)
@given(
    corpora(),
    st.lists(st.tuples(queries(), st.integers(0, 20)), min_size=6, max_size=6),
)
def test_marks_of_the_map_add_up_to_the_total(contract_engine, corpus, searches):
    contract_engine.rebuild([listing.document for listing in corpus])
    oracle = Oracle(WORLD, corpus, TODAY)
    for query, zoom in searches:
        note(repr((query, zoom)))
        if oracle.is_on_an_edge(query) or contract_engine.search(query).forgiven:
            continue
        marks = contract_engine.clusters(query, zoom)
        seated = {
            listing.document.id
            for listing in oracle.matching(query)
            if listing.document.lat is not None
        }
        assert sum(mark.count for mark in marks) == len(seated)
        alone = [mark for mark in marks if mark.count == 1]
        assert {mark.id for mark in alone} <= seated
        assert all(mark.id is None for mark in marks if mark.count > 1)


@pytest.mark.slow
@settings(exhaustive, max_examples=15)
@given(corpora(most=40), queries())
def test_pages_hold_every_result_once_in_one_order(contract_engine, corpus, query):
    contract_engine.rebuild([listing.document for listing in corpus])
    whole = contract_engine.search(replace(query, page=1, page_size=100))
    pages = []
    for page in range(1, whole.total // 7 + 2):
        pages += contract_engine.search(replace(query, page=page, page_size=7)).hits
    assert [hit.id for hit in pages] == [hit.id for hit in whole.hits]
    assert len(pages) == whole.total
