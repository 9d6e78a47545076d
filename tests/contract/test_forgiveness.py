"""A letter wrong, a space forgotten, a word too many: forgiven, only when nothing matches."""

from __future__ import annotations

import pytest

from bdis_search.query import Query

from .documents import document

TITLES = {
    1: "Ressourcerie des Alpes",
    2: "Boulangerie coopérative",
    3: "Jardin des délices",
    4: "Atelier de réparation de vélos",
    5: "Fanfare municipale",
    6: "Climat et énergie",
    7: "Microbrasserie",
    8: "Éco construction en terre",
    9: "Théâtre du Ravin",
    10: "Zone 1789",
    11: "Kerblouze",
}
TYPOS = [
    # A letter added
    ("ressourcxerie", 1),
    ("boulangferie", 2),
    ("fanfrare", 5),
    ("municiphale", 5),
    ("jardein", 3),
    ("vravin", 9),
    ("théâtrse", 9),
    # A letter left out
    ("ressorcerie", 1),
    ("delies", 3),
    ("boulngerie", 2),
    ("fafare", 5),
    ("énrgie", 6),
    ("téâtre", 9),
    # Two letters swapped
    ("ressuorcerie", 1),
    ("boulagnerie", 2),
    ("jadrin", 3),
    ("fanfrae", 5),
    ("clmiat", 6),
    ("rvain", 9),
    # A letter for another
    ("ressourcetie", 1),
    ("boulanderie", 2),
    ("kardin", 3),
    ("fonfare", 5),
    ("climst", 6),
    ("microvrasserie", 7),
    # In one word of several
    ("boulanferie coopérative", 2),
    ("la ressourcerei des alpes", 1),
    ("jardin delixes", 3),
    ("atelier reparatoin vélos", 4),
    ("alpes ressourceire", 1),
    # In every word
    ("jarin delces", 3),
    ("fanfre muncipale", 5),
    # With accents, case, small words
    ("LE JADRIN DES DÉLICES", 3),
    ("l’ateleir de réparation", 4),
]
# Doubled or silent letters, which stems leave out anyway: whether that is forgiving is not told.
NEARLY_RIGHT = [
    ("ressourccerie", 1),
    ("resourcerie", 1),
    ("boulangeriie", 2),
    ("boulangrie coopérative", 2),
    ("fannfare", 5),
    ("municippale", 5),
    ("théâttre", 9),
    ("la ressourcerrie des alpes", 1),
]
SPACES = [
    ("jardindes délices", 3),
    ("jardin dess délices", 3),
    ("jar din des délices", 3),
    ("jardinxdes délices", 3),
    ("climatenergie", 6),
    ("micro brasserie", 7),
    ("ecoconstruction", 8),
    ("éco-construction", 8),
    ("fan fare", 5),
    ("fanfaremunicipale", 5),
    ("dekerblouze", 11),
]
TOO_FAR = ["rasourcerye", "bolangeri", "fnfre", "1788", "xyz", "aa", "qqqqqqqqqq"]


@pytest.fixture(scope="module")
def engine(new_engine):
    engine = new_engine()
    engine.rebuild(document(number, title) for number, title in TITLES.items())
    return engine


@pytest.mark.parametrize(("typed", "meant"), TYPOS)
def test_a_wrong_letter_is_forgiven(engine, typed, meant):
    results = engine.search(Query(text=typed))
    assert results.hits[0].id == meant
    assert results.forgiven
    assert not results.relaxed


@pytest.mark.parametrize(("typed", "meant"), [*NEARLY_RIGHT, *SPACES])
def test_a_doubled_letter_or_a_space_is_forgiven(engine, typed, meant):
    results = engine.search(Query(text=typed))
    assert results.hits[0].id == meant
    assert not results.relaxed


@pytest.mark.parametrize("typed", TOO_FAR)
def test_what_is_too_far_finds_nothing(engine, typed):
    results = engine.search(Query(text=typed))
    assert results.total == 0
    assert results.hits == ()
    assert not any(results.counts["family"].values())
    assert engine.clusters(Query(text=typed), 5) == []


@pytest.mark.parametrize(("typed", "meant"), TYPOS[::3])
def test_nothing_is_forgiven_once_a_listing_is_named_so(contract_engine, typed, meant):
    contract_engine.rebuild([document(meant, TITLES[meant]), document(99, typed)])
    results = contract_engine.search(Query(text=typed))
    assert [hit.id for hit in results.hits] == [99]
    assert not results.forgiven


def test_filters_never_change_how_a_text_is_read(contract_engine):
    contract_engine.rebuild(
        [document(1, "Jardin", families=("amap",)), document(2, "Jardon", families=("sel",))]
    )
    asked = Query(text="jardon", filters={"family": frozenset(["amap"])})
    results = contract_engine.search(asked)
    assert results.total == 0
    assert not results.forgiven
    assert results.counts["family"] == {"sel": 1}


def test_a_lapsed_listing_does_not_keep_a_typo_from_being_forgiven(contract_engine):
    contract_engine.rebuild([document(1, "Jardin"), document(2, "Jardon", public_until=1)])
    results = contract_engine.search(Query(text="jardon"))
    assert [hit.id for hit in results.hits] == [1]
    assert results.forgiven


def test_forgiven_words_are_counted_and_mapped_as_they_are_found(contract_engine):
    contract_engine.rebuild(
        [
            document(1, "Jardin haut", families=("amap",), lat=45.0, lon=5.0),
            document(2, "Jardin bas", families=("sel",), lat=45.1, lon=5.0),
            document(3, "Boulangerie", families=("sel",), lat=45.2, lon=5.0),
        ]
    )
    results = contract_engine.search(Query(text="jadrin"))
    assert results.total == 2
    assert results.counts["family"] == {"amap": 1, "sel": 1}
    assert sum(mark.count for mark in contract_engine.clusters(Query(text="jadrin"), 8)) == 2


@pytest.mark.parametrize(
    "typed",
    [
        "atelier réparation vélos trottinettes",
        "trottinettes atelier réparation vélos",
        "atelier de réparation de vélos hippocampe",
    ],
)
def test_a_long_text_may_lack_words_and_says_so(engine, typed):
    results = engine.search(Query(text=typed))
    assert [hit.id for hit in results.hits] == [4]
    assert results.relaxed
    assert results.forgiven


@pytest.mark.parametrize("typed", ["vélos hippocampe", "hippocampe"])
def test_a_short_text_lacks_no_word(engine, typed):
    assert engine.search(Query(text=typed)).total == 0


def test_forgiven_results_put_the_name_first(contract_engine):
    contract_engine.rebuild(
        [
            document(1, "Autre", body="Une fanfare passe"),
            document(2, "Fanfare"),
            document(3, "Encore", summary="La fanfare du lac"),
        ]
    )
    results = contract_engine.search(Query(text="fnafare"))
    assert results.hits[0].id == 2
    assert results.total == 3
