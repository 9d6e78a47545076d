"""The order of results that a person would agree with."""

from __future__ import annotations

import pytest

from bdis_search.query import Query

from .documents import document

PLACES = {
    "title": lambda word: {"title": f"Atelier de {word} du lac"},
    "tags": lambda word: {"title": "Atelier du lac", "tag_names": (f"Atelier {word}",)},
    "keywords": lambda word: {"title": "Atelier du lac", "keywords": f"{word} et émail"},
    "summary": lambda word: {"title": "Atelier du lac", "summary": f"On y apprend la {word} ici."},
    "body": lambda word: {"title": "Atelier du lac", "body": f"On y apprend aussi la {word} ici."},
}
ORDER = list(PLACES)
WORDS = ["poterie", "vannerie", "lutherie"]


def ids(engine, text, **query):
    return [hit.id for hit in engine.search(Query(text=text, **query)).hits]


@pytest.fixture(scope="module")
def by_place(new_engine):
    """Each word in each place, the least important first, among listings without it."""
    engine = new_engine()
    documents = [document(number, f"Sans rapport {number}") for number in range(1, 40)]
    for tens, word in enumerate(WORDS, 1):
        for place, make in enumerate(reversed(PLACES.values()), 1):
            documents.append(document(100 * tens + place, **make(word)))
    engine.rebuild(documents)
    return engine


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("better", range(len(ORDER) - 1), ids=lambda n: f"{ORDER[n]}-first")
def test_title_then_tags_then_keywords_then_summary_then_body(by_place, word, better):
    found = ids(by_place, word)
    # The better the place, the higher the id: no tie can be settled in its favour.
    last = 100 * (WORDS.index(word) + 1) + len(ORDER)
    assert found.index(last - better) < found.index(last - better - 1)


@pytest.mark.parametrize(
    ("asked", "first", "second"),
    [
        # As typed before another form of the word
        ("maraîchère", "La maraîchère", "Le maraîcher"),
        ("vélos", "Vélos du coin", "Vélo du coin"),
        ("jeu", "Le jeu ici", "Les jeux ici"),
        # The whole name before a part of it
        ("jardin", "Jardin", "Jardin des plantes du lac"),
        ("la fabrique", "La Fabrique", "La Fabrique des savoirs"),
        ("maison des jeunes", "Maison des jeunes", "Maison des jeunes et de la culture du lac"),
        # The name as typed before the same words with other small ones
        ("les petits pas", "Les Petits Pas", "Petits pas"),
        # A word before its synonym
        ("ressourcerie", "Ressourcerie du lac", "Recyclerie du lac"),
        ("recyclerie", "Recyclerie du lac", "Ressourcerie du lac"),
        ("vélo", "Vélo du lac", "Bicyclette du lac"),
        # All the words in the name before some in the text
        ("café solidaire", "Café solidaire du port", "Café du port"),
    ],
)
def test_the_closest_name_comes_first(contract_engine, asked, first, second):
    # The other one has all the words too, elsewhere, and the lower id.
    contract_engine.rebuild(
        [
            document(1, second, body=asked),
            document(2, first),
            *(document(number, f"Sans rapport {number}") for number in range(3, 20)),
        ]
    )
    assert ids(contract_engine, asked)[0] == 2


def test_a_whole_tag_comes_before_a_part_of_one(contract_engine):
    contract_engine.rebuild(
        [
            document(1, "Alpha", tag_names=("Jardin potager du lac",)),
            document(2, "Beta", tag_names=("Jardin",)),
        ]
    )
    assert ids(contract_engine, "jardin") == [2, 1]


def test_repeating_a_word_does_not_win_over_the_name(contract_engine):
    contract_engine.rebuild(
        [document(1, "Sans rapport", body="fanfare " * 200), document(2, "Fanfare du lac")]
    )
    assert ids(contract_engine, "fanfare") == [2, 1]


def test_a_long_text_does_not_bury_the_name(contract_engine):
    contract_engine.rebuild(
        [
            document(1, "Fanfare du lac", body="musique en liberté " * 300),
            document(2, "Sans rapport", summary="Une fanfare."),
        ]
    )
    assert ids(contract_engine, "fanfare") == [1, 2]


def test_between_equals_the_complete_and_the_fresh_come_first(contract_engine):
    contract_engine.rebuild(
        [
            document(1, "Fanfare", completeness=10, confirmed=735_000),
            document(2, "Fanfare", completeness=100, confirmed=738_900),
            document(3, "Fanfare", completeness=55, confirmed=737_000),
        ]
    )
    assert ids(contract_engine, "fanfare") == [2, 3, 1]
    assert ids(contract_engine, "") == [2, 3, 1]


def test_completeness_and_freshness_never_win_over_the_text(contract_engine):
    contract_engine.rebuild(
        [
            document(1, "Du lac", body="fanfare", completeness=100, confirmed=738_999),
            document(2, "Fanfare du lac", completeness=0, confirmed=733_000),
        ]
    )
    assert ids(contract_engine, "fanfare") == [2, 1]


def test_scores_go_down_along_the_pages(by_place):
    scores = [hit.score for hit in by_place.search(Query(text="poterie", page_size=50)).hits]
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)


def test_filters_leave_the_order_as_it_is(contract_engine):
    contract_engine.rebuild(
        [
            document(
                number,
                title,
                families=("amap",) if number % 2 else ("amap", "sel"),
                region="R1",
                lat=45.0,
                lon=5.0,
                body="fanfare",
            )
            for number, title in enumerate(
                ["Fanfare", "Fanfare du lac", "Une autre fanfare du lac", "Autre", "Encore", "Un"],
                1,
            )
        ]
    )
    order = ids(contract_engine, "fanfare")
    assert ids(contract_engine, "fanfare", filters={"region": frozenset(["R1"])}) == order
    assert ids(contract_engine, "fanfare", filters={"family": frozenset(["sel"])}) == [
        identifier for identifier in order if identifier % 2 == 0
    ]
