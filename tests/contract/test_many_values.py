"""Facets with hundreds of values, of which none is left out, and with several on each listing."""

from __future__ import annotations

from collections import Counter

import pytest

from bdis_search.query import FACETS, Query

from .documents import document

TAGS = [f"tag-{number:03d}" for number in range(300)]
DEPARTMENTS = [f"{number:02d}" for number in range(1, 96)] + ["2A", "2B", "971", "974", "976"]
THEMES = [f"thème {number}" for number in range(40)]
FACETS_AND_THEME = (*FACETS, "theme")


def listing(number):
    main, sub, leaf = number % 7, number % 21, number % 84
    return document(
        number,
        f"Lieu {number}",
        tags=tuple(TAGS[(number * step + step) % 300] for step in (1, 7, 11, 13)),
        families=tuple(sorted({f"f{number % 24}", f"f{number % 5}"})),
        activities=(f"a{main}", f"a{main}.{sub}", f"a{main}.{sub}.{leaf}"),
        legal_family=f"l{number % 5}" if number % 9 else "",
        department=DEPARTMENTS[number % len(DEPARTMENTS)],
        region=f"r{number % len(DEPARTMENTS) % 18}",
        extra=(("theme", tuple(THEMES[number % step] for step in (40, 39))), ("vide", ())),
    )


DOCUMENTS = [listing(number) for number in range(1, 1201)]
FIELD = {
    "family": "families",
    "activity": "activities",
    "legal_family": "legal_family",
    "region": "region",
    "department": "department",
    "tag": "tags",
    "theme": "extra:theme",
}


@pytest.fixture(scope="module")
def engine(new_engine):
    engine = new_engine()
    engine.rebuild(DOCUMENTS)
    return engine


def counted(facet, keep=lambda one: True):
    return Counter(
        value for one in DOCUMENTS if keep(one) for value in set(one.values(FIELD[facet]))
    )


@pytest.mark.parametrize("facet", FACETS_AND_THEME)
def test_every_value_of_a_facet_is_counted(engine, facet):
    counts = engine.search(Query(facets=(facet,))).counts
    assert counts == {facet: dict(counted(facet))}


@pytest.mark.parametrize("facet", FACETS_AND_THEME)
def test_a_facet_is_counted_without_its_own_filter(engine, facet):
    first, *_, last = sorted(counted(facet))
    asked = Query(filters={facet: frozenset([first, last])}, facets=FACETS_AND_THEME)
    results = engine.search(asked)
    assert results.counts[facet] == dict(counted(facet))
    held = {first, last}
    for other in FACETS_AND_THEME:
        if other != facet:
            kept = counted(other, lambda one: held & set(one.values(FIELD[facet])))
            assert results.counts[other] == dict(kept)


@pytest.mark.parametrize("facet", FACETS_AND_THEME)
@pytest.mark.parametrize("nth", [0, 1, 2, -1])
def test_the_count_of_a_value_is_the_total_it_leads_to(engine, facet, nth):
    other = "region" if facet != "region" else "family"
    filters = {other: frozenset(sorted(counted(other))[:6])}
    value, count = (
        sorted(engine.search(Query(filters=filters)).counts.get(facet, {}).items())[nth]
        if facet != "theme"
        else sorted(
            engine.search(Query(filters=filters, facets=("theme",))).counts["theme"].items()
        )[nth]
    )
    narrowed = Query(filters={**filters, facet: frozenset([value])})
    assert engine.search(narrowed).total == count


@pytest.mark.parametrize("size", [1, 2, 50, 299, 300])
def test_any_number_of_values_may_be_asked(engine, size):
    asked = frozenset(TAGS[:size])
    expected = sum(bool(asked & set(one.tags)) for one in DOCUMENTS)
    assert engine.search(Query(filters={"tag": asked})).total == expected


def test_thousands_of_values_may_be_asked(engine):
    asked = frozenset([f"none-{number}" for number in range(5_000)] + TAGS[:1])
    expected = sum(TAGS[0] in one.tags for one in DOCUMENTS)
    assert engine.search(Query(filters={"tag": asked})).total == expected


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_branch_includes_what_is_below(engine, depth):
    code = ".".join(["a3", "3", "3"][:depth]) if depth > 1 else "a3"
    expected = sum(code in one.activities for one in DOCUMENTS)
    assert engine.search(Query(filters={"activity": frozenset([code])})).total == expected > 0


def test_a_branch_and_its_leaf_are_one_or_the_other(engine):
    leaf = DOCUMENTS[2].activities[-1]
    both = Query(filters={"activity": frozenset(["a1", leaf])})
    expected = sum("a1" in one.activities or leaf in one.activities for one in DOCUMENTS)
    assert engine.search(both).total == expected


@pytest.mark.parametrize("facet", FACETS_AND_THEME)
def test_a_value_nothing_bears_finds_nothing_and_counts_the_rest(engine, facet):
    asked = Query(filters={facet: frozenset(["nothing-bears-it"])}, facets=FACETS_AND_THEME)
    results = engine.search(asked)
    assert results.total == 0
    assert results.counts[facet] == dict(counted(facet))
    assert all(not counts for name, counts in results.counts.items() if name != facet)


def test_a_filter_without_value_is_no_filter(engine):
    asked = Query(filters={name: frozenset() for name in FACETS})
    assert engine.search(asked).total == len(DOCUMENTS)


def test_only_the_facets_asked_are_counted(engine):
    assert dict(engine.search(Query(facets=())).counts) == {}
    assert set(engine.search(Query(facets=("tag", "theme"))).counts) == {"tag", "theme"}
    assert set(engine.search(Query()).counts) == set(FACETS)


def test_an_extra_facet_that_no_listing_has_is_empty(engine):
    assert engine.search(Query(facets=("vide", "jamais"))).counts == {"vide": {}, "jamais": {}}
    assert engine.search(Query(filters={"vide": frozenset(["x"])})).total == 0


def test_extra_facets_with_the_same_values_stay_apart(contract_engine):
    contract_engine.rebuild(
        [
            document(1, extra=(("eau", ("x", "y")), ("feu", ("z",)))),
            document(2, extra=(("eau", ("z",)), ("feu", ("x",)))),
            document(3, extra=(("e", ("au=x",)),)),
        ]
    )
    facets = ("eau", "feu", "e")
    counts = contract_engine.search(Query(facets=facets)).counts
    assert counts == {"eau": {"x": 1, "y": 1, "z": 1}, "feu": {"x": 1, "z": 1}, "e": {"au=x": 1}}
    found = contract_engine.search(Query(filters={"eau": frozenset(["x"])}, facets=facets))
    assert [hit.id for hit in found.hits] == [1]
    assert found.counts["feu"] == {"z": 1}


def test_a_value_twice_on_a_listing_counts_once(contract_engine):
    contract_engine.rebuild([document(1, tags=("a", "a"), extra=(("theme", ("t", "t")),))])
    counts = contract_engine.search(Query(facets=("tag", "theme"))).counts
    assert counts == {"tag": {"a": 1}, "theme": {"t": 1}}


def test_text_filters_and_facets_agree(contract_engine):
    contract_engine.rebuild(
        document(
            number,
            "Fanfare" if number % 2 else "Chorale",
            tags=(f"t{number % 15}",),
            families=(f"f{number % 4}",),
        )
        for number in range(240)
    )
    asked = Query(text="fanfare", filters={"family": frozenset(["f1"])})
    results = contract_engine.search(asked)
    assert results.total == 60
    assert results.counts["family"] == {"f1": 60, "f3": 60}
    assert results.counts["tag"] == {f"t{number}": 4 for number in range(15)}
