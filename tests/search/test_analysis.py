"""What people type finds what editors wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdis_search.analysis import (
    content_words,
    joined_words,
    parse_text,
    searchable,
    stems,
    tokenize,
    whole,
)
from bdis_search.stemming import stem
from bdis_search.synonyms import get_synonyms, read_synonyms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vélo", "VÉLOS"),
        ("jeu", "jeux"),
        ("réemploi", "réemplois"),
        ("maraîcher", "maraîchère"),
        ("maraîchers", "maraîchères"),
        ("cheval", "chevaux"),
        ("local", "locaux"),
        ("locale", "local"),
        ("travail", "travaux"),
        ("eau", "eaux"),
        ("ressourcerie", "ressourceries"),
        ("agriculteur", "agricultrices"),
        ("éducatif", "éducative"),
        ("associatif", "associatives"),
        ("réparer", "réparation"),
        ("solidaire", "solidaires"),
        ("énergie", "énergies"),
        ("coopérateur", "coopératrice"),
        ("couturier", "couturières"),
        ("artisanal", "artisanale"),
        ("œuvre", "oeuvres"),
        ("culturel", "culturelles"),
        ("citoyen", "citoyenne"),
        ("habitant·e·s", "habitants"),
        ("adhérent.e.s", "adhérent"),
        ("salarié(e)s", "salariés"),
        ("S.C.I.C.", "scic"),
        ("A.L.E.A.S", "ALEAS"),
        ("l’eau", "l'eau"),
        ("d'Étoile", "étoile"),
        ("St-Étienne", "Saint Etienne"),
        ("Ste Foy", "sainte-foy"),
    ],
)
def test_forms_of_a_word_meet(one, other):
    assert stems(one) == stems(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("formation", "forme"),
        ("animation", "animal"),
        ("location", "local"),
        ("pain", "panier"),
        ("café", "cafard"),
        ("jardin", "jars"),
        ("marin", "mari"),
        ("mer", "mère"),
    ],
)
def test_different_words_stay_apart(one, other):
    assert stems(one) != stems(other)


def test_stop_words_go_unless_alone():
    assert content_words("Les jardins de la Drôme et du Diois") == ["jardins", "drome", "diois"]
    assert content_words("à la") == ["a", "la"]


def test_elision_needs_an_apostrophe():
    assert tokenize("jusqu’à l’aube, aujourd’hui") == ["a", "aube", "aujourd", "hui"]


def test_hyphenated_words_are_also_joined():
    assert joined_words("éco-construction et porte-à-porte") == [
        "ecoconstruction",
        "porteaporte",
    ]
    exact, stemmed = searchable(["Éco-construction"])
    assert exact == "eco construction ecoconstruction"
    assert stemmed.split()[-1] == stem("ecoconstruction")


@pytest.mark.parametrize("text", ["éco-construction", "éco construction"])
def test_a_compound_is_found_written_as_one(text):
    (clause,) = parse_text(text).clauses
    assert [word.exact for word in clause.words] == ["eco", "construction"]
    assert (stem("ecoconstruction"),) in clause.synonyms


def test_an_acronym_and_its_words_are_one_clause():
    (clause,) = parse_text("AMAP").clauses
    assert stems("association pour le maintien d’une agriculture paysanne") in clause.synonyms
    (clause,) = parse_text("Association pour le maintien d'une agriculture paysanne").clauses
    assert ("amap",) in clause.synonyms
    assert len(clause.words) == 4


def test_synonyms_of_also_go_one_way():
    synonyms = read_synonyms({"also": {"miel": ["apiculture"]}})
    assert synonyms.longest_match(stems("miel")) == (1, (stems("apiculture"),))
    assert synonyms.longest_match(stems("apiculture")) == (0, ())


def test_the_shipped_synonyms_are_readable():
    assert len(get_synonyms().others) > 100


@pytest.mark.parametrize("content", [[], {"equivalents": []}, "amap"])
def test_an_odd_list_of_synonyms_is_refused(content):
    with pytest.raises(ValueError, match="equivalent"):
        read_synonyms(content)


def test_a_text_without_words_asks_for_nothing():
    for text in ("", "   ", "« ! »", "🎉🎉", "\x00", "--- ///"):
        assert not parse_text(text)
        assert whole(text) == ""


@given(st.text(max_size=300))
def test_any_text_is_understood_and_analysis_is_stable(text):
    query = parse_text(text)
    assert len(query.words) <= 32
    for word in query.words:
        assert word.exact
        assert word.stem
        assert " " not in word.exact
    exact, stemmed = searchable([text])
    assert len(exact.split()) == len(stemmed.split())
