"""One box understands a what and a where, and is not fooled by names that hold a place."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from bdis_search.outbox import rebuild_index
from bdis_search.understanding import understood
from tests.factories import InitiativePageFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        ("épicerie solidaire à Saint-Denis", "épicerie solidaire", "Saint-Denis"),
        ("epicerie solidaire a saint denis", "epicerie solidaire", "saint denis"),
        ("amap 31", "amap", "31"),
        ("ressourcerie PACA", "ressourcerie", "PACA"),
        ("repair café près de Lyon 3e", "repair café", "Lyon 3e"),
        ("vélo autour de Crest", "vélo", "Crest"),
        ("jardin partagé dans la Drôme", "jardin partagé", "Drôme"),
        ("bio 38000", "bio", "38000"),
        ("emmaüs bretagne", "emmaüs", "bretagne"),
        ("friperie ile de la réunion", "friperie", "ile de la réunion"),
        ("AMAP Die", "AMAP", "Die"),
        ("vélo au Mans", "vélo", "Le Mans"),
        ("boulangerie aux Lilas", "boulangerie", "Les Lilas"),
        ("épicerie vitry sur seine", "épicerie", "vitry sur seine"),
        ("repair café près du Puy-en-Velay", "repair café", "Le Puy-en-Velay"),
        ("recyclerie à L'Île-d'Yeu", "recyclerie", "L'Île-d'Yeu"),
        ("tiers-lieu 2A", "tiers-lieu", "2A"),
        ("amap à Saint-Denis 974", "amap", "Saint-Denis 974"),
        ("épicerie, Valence", "épicerie", "Valence"),
        ("recyclerie (Drôme)", "recyclerie", "Drôme"),
        ("Lyon repair café", "repair café", "Lyon"),
    ],
)
def test_a_what_and_a_where_are_told_apart(whole_country, text, what, where):
    found = understood(text)
    assert found is not None
    assert (found.what, found.where) == (what, where)


@pytest.mark.parametrize(
    "text",
    [
        *("pain de campagne", "café de la gare", "terre de liens", "Paris", "mobilité douce"),
        *("la ferme de Saint-Denis", "jardin des plantes", "vente en vrac", "ici et là", "vélo"),
        *("école de la deuxième chance", "compost à domicile", "foire aux livres", "", "!!!", "à"),
        *("bien vivre ensemble", "cuisine du monde", "vélo à", "à Die", "12 15", "a b c d e f g h"),
        *("AND OR NOT", "🥕 🥕", "x" * 300, "mot " * 100),
    ],
)
def test_words_that_name_no_place_for_sure_are_left_alone(whole_country, text):
    assert understood(text) is None


@pytest.fixture
def listings(site_tree, territories, engine):
    for title, commune in (
        ("Atelier vélo du Diois", territories.die),
        ("Atelier vélo de Valence", territories.valence),
        ("La Ferme à Valence", territories.die),
    ):
        InitiativePageFactory(title=title, commune=commune)
    rebuild_index()


def page(client, **params):
    response = client.get(reverse("bdis_search:search"), params)
    assert response.status_code == 200
    html = response.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    heading = re.sub(r"\s+", " ", re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)[1]).strip()
    return heading, re.sub(r"</?mark>", "", html)


def test_the_page_shows_what_it_understood_and_takes_it_back(listings, client):
    heading, html = page(client, q="vélo à Valence")
    assert heading == "1 initiative pour « vélo » à moins de 20 km de Valence (26)"
    assert "Atelier vélo de Valence" in html
    assert "Atelier vélo du Diois" not in html
    assert "Chercher « vélo à Valence » tel quel" in re.sub(r"[\xa0\u202f]", " ", html)
    assert 'name="ou"' in html
    literal = re.search(r'href="([^"]*tel_quel=1[^"]*)"', html)[1].replace("&amp;", "&")
    html = client.get(literal).content.decode()
    assert "tel quel" not in html


def test_its_chips_take_off_the_words_or_the_place(listings, client):
    _heading, html = page(client, q="vélo à Valence")
    assert 'href="/recherche/?ou=Valence"' in html
    assert 'href="/recherche/?q=v%C3%A9lo"' in html


def test_a_place_misspelt_after_the_words_is_proposed_when_not_all_is_found(listings, client):
    _heading, html = page(client, q="vélo à Avignnon")
    html = re.sub(r"[\xa0\u202f]", " ", html)
    assert "« vélo », lieu : Avignon (84)" in html
    assert "q=v%C3%A9lo&amp;ou=Avignon%20%2884%29" in html.replace("+", "%20")


def test_a_place_chosen_besides_is_named_too(listings, client):
    heading, _html = page(client, ou="Drôme", department="84")
    assert heading.endswith("· Drôme (26), Vaucluse")


def test_a_place_given_apart_is_not_looked_for_in_the_words(listings, client):
    heading, html = page(client, q="vélo à Valence", ou="Die")
    assert "tel quel" not in html
    assert "Die (26)" in heading


@pytest.mark.parametrize(("asked", "guess"), [("Vallence", True), ("Valen", False)])
def test_a_place_that_nobody_calls_so_is_told_to_be_a_guess(listings, client, asked, guess):
    heading, html = page(client, ou=asked)
    assert "Valence (26)" in heading
    told = f"Nous ne connaissons pas de lieu appelé « {asked} »"
    assert (told in html.replace("\u202f", " ").replace("\xa0", " ")) is guess


def test_the_name_of_a_listing_is_no_place(listings, client):
    heading, html = page(client, q="la ferme à valence")
    assert heading.startswith("1 initiative")
    assert "La Ferme à Valence" in html
    assert "tel quel" not in html


def test_words_found_nowhere_there_are_searched_as_they_are(listings, client):
    heading, html = page(client, q="ferme valence")
    assert heading.startswith("1 initiative")
    assert "La Ferme à Valence" in html


def test_the_api_takes_words_as_they_are(listings, client):
    answer = client.get("/api/v1/initiatives", {"q": "vélo à Valence"}).json()
    assert [found["title"] for found in answer["results"]] == ["Atelier vélo de Valence"]


def test_the_values_of_a_facet_are_looked_for_in_the_words_that_the_page_searched(listings, client):
    _heading, html = page(client, q="ferme valence")
    assert 'name="department" value="26"' in html
    found = client.get("/recherche/facettes/department/", {"q": "ferme valence", "cherche": "dr"})
    assert 'name="department" value="26"' in found.content.decode()
