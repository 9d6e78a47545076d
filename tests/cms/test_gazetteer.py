"""The gazetteer over a small territory: forms of names, cache, geometry, hierarchy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdis_cms.gazetteer import (
    communes_within,
    forget,
    gazetteer,
    nearest_commune,
    search_places,
    territory_ancestors,
)
from bdis_cms.gazetteer.geometry import EARTH_RADIUS_KM, PointGrid, distance_km
from bdis_cms.gazetteer.names import name_key, ordinal, spelled_number
from bdis_cms.gazetteer.query import read_query
from bdis_cms.models import Commune, CommuneAlias
from tests.factories import CommuneFactory

latitudes = st.floats(-85, 85)
longitudes = st.floats(-180, 180)
points = st.tuples(latitudes, longitudes)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ST-GENIS LES OLLIERES", "Saint-Genis-les-Ollières"),
        ("L’Île d’Yeu", "l'ile-d'yeu"),
        ("Villeneuve s/ Lot", "Villeneuve-sur-Lot"),
        ("Mortagne ss Bois", "mortagne sous bois"),
        ("Plœuc-L'Hermitage", "PLOEUC L HERMITAGE"),
        ("N", "n"),
    ],
)
def test_spellings_of_one_name_have_one_key(one, other):
    assert name_key(one) == name_key(other)


@given(st.text(max_size=60))
def test_a_key_is_its_own_key(name):
    assert name_key(name_key(name)) == name_key(name)


@given(st.text(max_size=80))
def test_any_query_can_be_read(raw):
    query = read_query(raw)
    assert query.variants[0] == query.text


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("1er", 1),
        ("3e", 3),
        ("11eme", 11),
        ("xi", 11),
        ("xixe", 19),
        ("neuvieme", 9),
        ("lyon", None),
    ],
)
def test_arrondissements_are_read_in_figures_and_in_words(word, number):
    assert ordinal(word) == number


@pytest.mark.parametrize(
    ("words", "code"),
    [("9 3", "93"), ("neuf trois", "93"), ("2 a", "2A"), ("soixante quinze", "75"), ("lyon", None)],
)
def test_departement_numbers_are_read_in_words(words, code):
    assert spelled_number(words) == code


@given(points, points)
def test_distances_are_symmetric_and_at_most_half_a_turn(one, other):
    there, back = distance_km(*one, *other), distance_km(*other, *one)
    assert there == pytest.approx(back)
    assert 0 <= there <= math.pi * EARTH_RADIUS_KM + 1e-6


@given(st.lists(points, max_size=30), points, st.floats(0, 3000))
def test_the_grid_finds_exactly_the_points_within_the_radius(others, centre, radius):
    grid = PointGrid((str(number), *point) for number, point in enumerate(others))
    expected = {
        str(number) for number, point in enumerate(others) if distance_km(*centre, *point) <= radius
    }
    found = grid.within(*centre, radius)
    assert {label for _, label in found} == expected
    assert [away for away, _ in found] == sorted(away for away, _ in found)


def test_paris_and_lyon_are_392_km_apart():
    assert distance_km(48.8566, 2.3522, 45.764, 4.8357) == pytest.approx(391.5, abs=1)


def test_ancestors_go_from_the_nearest_to_the_country(territories):
    levels = [(place.type, place.code) for place in territory_ancestors("commune", "69383")]
    assert levels == [
        ("commune", "69123"),
        ("epci", "200046977"),
        ("department", "69"),
        ("region", "84"),
        ("country", "FR"),
    ]
    assert [place.code for place in territory_ancestors("department", "26")] == ["84", "FR"]
    assert territory_ancestors("commune", "00000") == ()


def test_communes_within_a_radius_are_given_once_nearest_first(territories):
    assert communes_within(44.75, 5.37, 15) == ["26113", "26086"]
    assert communes_within(45.757, 4.84, 10) == ["69123"]


def test_the_nearest_commune_of_a_point_at_sea_is_none(territories):
    commune, away = nearest_commune(44.76, 5.38)
    assert (commune.code, away < 2) == ("26113", True)
    assert nearest_commune(40.0, 5.0) is None


def test_a_change_of_the_database_is_seen_at_the_next_question(territories):
    assert search_places("Romans-sur-Isère") == []
    CommuneFactory(code="26281", name="Romans-sur-Isère", department=territories.drome)
    assert search_places("Romans-sur-Isère")[0].code == "26281"
    Commune.objects.filter(code="26281").update(name="Romans")
    assert search_places("Romans")[0].name == "Romans"
    CommuneAlias.objects.create(
        code="26001", name="Bourg", kind="ancien-nom", commune=territories.die
    )
    assert search_places("Bourg")[0].matched == "Bourg"


def test_between_two_checks_the_database_is_not_asked(
    territories, settings, django_assert_num_queries
):
    settings.BDIS_GAZETTEER_CHECK_SECONDS = 60
    forget()
    gazetteer()
    with django_assert_num_queries(0):
        assert search_places("Valence")[0].code == "26362"
    forget()
