"""What is being typed is completed by titles and acronyms."""

from __future__ import annotations

import pytest

from .documents import document

TITLES = {
    1: ("Les Jardins de Cocagne", ""),
    2: ("Jardinerie solidaire", ""),
    4: ("Épicerie du port", "JARDI"),
    5: ("L’Île aux jardiniers", ""),
    6: ("Œuvre commune", ""),
    7: ("Réseau d’échanges réciproques de savoirs", "RERS"),
    8: ("Maison 104", ""),
    9: ("Saint-Denis en transition", ""),
    10: ("Atelier vélo", ""),
    11: ("Cigales de l’Est", ""),
}
COMPLETED = [
    ("jard", {1, 2, 4, 5}),
    ("JARD", {1, 2, 4, 5}),
    ("jardins de coc", {1}),
    ("les jardins", {1, 2}),
    ("l'il", {5}),
    ("L’Î", {5}),
    ("oeuv", {6}),
    ("œuv", {6}),
    ("epi", {4}),
    ("épi", {4}),
    ("épicerie du po", {4}),
    ("rers", {7}),
    ("R.E.R.S.", {7}),
    ("réseau ech", {7}),
    ("échanges reseau", {7}),
    ("104", {8}),
    ("10", {8}),
    ("st den", {9}),
    ("saint-d", {9}),
    ("vélos", {10}),
    ("ateliers vé", {10}),
    ("cig", {11}),
    ("zzz", set()),
    ("jardins zzz", set()),
    ("zzz jardins", set()),
    ("cocagne jardins zzz", set()),
]  # fmt: skip


@pytest.fixture(scope="module")
def engine(new_engine):
    engine = new_engine()
    engine.rebuild(
        [
            *(document(n, title, acronym=acronym) for n, (title, acronym) in TITLES.items()),
            document(3, "Au jardin lapsé", public_until=1),
            document(99, "Sans rapport", summary="jardin", tag_names=("jardin",)),
        ]
    )
    return engine


@pytest.mark.parametrize(("typed", "expected"), COMPLETED)
def test_completed(engine, typed, expected):
    found = engine.suggest(typed)
    # Stems may bring one another: "jardins" and "jardinerie".
    assert {one.id for one in found} == expected or (
        expected and expected > {one.id for one in found} and found[0].id in expected
    )
    for one in found:
        assert one.kind == "listing"
        assert one.value == one.label == TITLES[one.id][0]


def test_titles_that_begin_so_come_first_then_by_name(engine):
    assert [one.id for one in engine.suggest("jard")] == [2, 4, 5, 1]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 8])
def test_no_more_than_asked_and_the_best(engine, limit):
    assert [one.id for one in engine.suggest("jard", limit)] == [2, 4, 5, 1][:limit]


def test_many_titles_alike_are_by_name(contract_engine):
    contract_engine.rebuild(document(n, f"Fanfare z{n * 7 % 100:02d}") for n in range(1, 100))
    labels = [one.label for one in contract_engine.suggest("fan", 8)]
    assert labels == [f"Fanfare z{n:02d}" for n in range(1, 9)]


def test_what_is_written_is_suggested_and_what_is_removed_is_not(contract_engine):
    contract_engine.index([document(1, "Fanfare")])
    assert [one.id for one in contract_engine.suggest("fan")] == [1]
    contract_engine.index([document(1, "Chorale")])
    assert contract_engine.suggest("fan") == []
    contract_engine.remove([1])
    assert contract_engine.suggest("cho") == []
