"""Rows are located, their coordinates repaired, those out of France refused by name."""

import pytest

from bdis_cms.gazetteer import forget
from bdis_cms.importing.outline import is_in_france
from bdis_cms.importing.places import Locator, OutOfPlace, parse_degrees

pytestmark = pytest.mark.django_db


@pytest.fixture
def locate(territories):
    forget()
    yield Locator().locate
    forget()


def reasons(location):
    return [repair[0] for repair in location.repairs]


@pytest.mark.parametrize(
    ("place", "lat", "lon"),
    [
        ("Die", 44.75, 5.37),
        ("Saint-Denis de La Réunion", -20.88, 55.45),
        ("L’Île-d’Yeu", 46.72, -2.35),
        ("Bonifacio", 41.387, 9.159),
        ("Cayenne", 4.93, -52.33),
    ],
)
def test_french_points_are_in_france(place, lat, lon):
    assert is_in_france(lat, lon)


@pytest.mark.parametrize(
    ("place", "lat", "lon"),
    [
        ("Genève", 46.2044, 6.1432),
        ("Bruxelles", 50.85, 4.36),
        ("golfe de Gascogne", 45.5, -3.0),
        ("large de Marseille", 43.1, 5.2),
        ("Québec", 46.9, -71.4),
        ("Douvres", 51.13, 1.31),
        ("Jersey", 49.21, -2.13),
    ],
)
def test_points_abroad_or_at_sea_are_not(place, lat, lon):
    assert not is_in_france(lat, lon)


def test_degrees_are_read_with_commas_and_letters():
    assert parse_degrees("44,7536") == 44.7536
    assert parse_degrees(" 2.35° O ") == -2.35
    assert parse_degrees("") is None


def test_the_code_finds_the_commune_and_the_point_is_kept(locate):
    location = locate(code="26113", latitude="44.76", longitude="5.38")
    assert (location.commune, location.region) == ("26113", "84")
    assert (location.latitude, location.longitude) == (44.76, 5.38)
    assert location.precision == "exact"
    assert not location.repairs


def test_postcode_and_name_find_the_commune(locate):
    location = locate(postcode="26150", name="DIE CEDEX", latitude="44,76", longitude="5,38")
    assert location.commune == "26113"
    assert {"decimal_comma", "cedex"} <= set(reasons(location))


def test_a_lost_zero_is_restored(locate, territories):
    territories.valence.postcodes = "01000"
    territories.valence.save()
    location = locate(postcode="1000", name="Valence")
    assert location.commune == "26362"
    assert location.postcode == "01000"
    assert "lost_zero" in reasons(location)


def test_swapped_coordinates_are_put_back(locate):
    location = locate(latitude="5.3703", longitude="44.7536")
    assert (location.latitude, location.longitude) == (44.7536, 5.3703)
    assert location.commune == "26113"
    assert reasons(location) == ["swapped_coordinates", "from_point"]


@pytest.mark.parametrize(
    ("lat", "lon", "reason"),
    [
        ("", "", "missing_coordinates"),
        ("0", "0.0", "missing_coordinates"),
        ("44.75", "", "half_coordinates"),
        ("quarante", "5", "unreadable_coordinates"),
        ("50.85", "4.36", "coordinates_out_of_france"),
        ("48.85", "2.35", "coordinates_elsewhere"),
    ],
)
def test_a_bad_point_gives_way_to_the_centre_of_the_commune(locate, lat, lon, reason):
    location = locate(code="26113", latitude=lat, longitude=lon)
    assert (location.latitude, location.longitude) == (44.7536, 5.3703)
    assert location.precision == "commune"
    assert reasons(location) == [reason]


@pytest.mark.parametrize(("lat", "lon"), [("50.85", "4.36"), ("43.0", "5.0"), ("-8.5", "120")])
def test_a_lone_point_abroad_or_at_sea_is_out_of_france(locate, lat, lon):
    with pytest.raises(OutOfPlace) as caught:
        locate(latitude=lat, longitude=lon)
    assert caught.value.reason == "out_of_france"


def test_a_country_other_than_france_is_out_of_france(locate):
    with pytest.raises(OutOfPlace, match="out_of_france"):
        locate(country="Belgique", postcode="26150", name="Die")
    assert locate(country="FRANCE", postcode="26150", name="Die").commune == "26113"


def test_a_foreign_town_and_point_are_out_of_france(locate):
    with pytest.raises(OutOfPlace, match="out_of_france"):
        locate(name="Bruxelles-Capitale", latitude="50.85", longitude="4.36")


def test_without_any_place_the_row_has_no_place(locate):
    with pytest.raises(OutOfPlace, match="no_place"):
        locate()
    with pytest.raises(OutOfPlace, match="unknown_commune"):
        locate(name="Trifouillis-les-Oies")
