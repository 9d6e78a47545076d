"""The area that a listing serves, as its map draws it."""

from __future__ import annotations

import pytest

from bdis_search.served_outlines import COMMUNE_KM, served_features
from tests.factories import InitiativePageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing(site_tree, territories):
    def make(*served, **facts):
        return InitiativePageFactory(commune=territories.die, served=list(served), **facts)

    return make


def bounds(feature):
    points = [
        point
        for polygon in feature["geometry"]["coordinates"]
        for ring in polygon
        for point in ring
    ]
    return (
        min(lon for lon, _ in points),
        min(lat for _, lat in points),
        max(lon for lon, _ in points),
        max(lat for _, lat in points),
    )


def test_a_department_and_a_region_are_outlines(listing):
    drome, aura = served_features(listing("department:26", "region:84"))
    assert drome["properties"]["name"] == "Drôme (26)"
    west, south, east, north = bounds(drome)
    assert west < 4.9096 < east
    assert south < 44.9256 < north
    assert east - west < 1.5
    outer = bounds(aura)
    assert outer[0] < west
    assert outer[3] > north


def test_an_outline_is_closed(listing):
    (drome,) = served_features(listing("department:26"))
    for polygon in drome["geometry"]["coordinates"]:
        for ring in polygon:
            assert ring[0] == ring[-1]


def test_communes_of_an_epci_and_a_radius_are_circles(listing):
    features = served_features(listing("epci:242600534", "commune:26362", served_radius_km=15))
    circles = {
        one["properties"]["name"]: (one["geometry"]["coordinates"], one["properties"]["radius_km"])
        for one in features
    }
    assert circles == {
        "Die": ([5.3703, 44.7536], COMMUNE_KM),
        "Châtillon-en-Diois": ([5.4836, 44.6946], COMMUNE_KM),
        "Valence": ([4.9096, 44.9256], COMMUNE_KM),
        "": ([5.3703, 44.7536], 15),
    }


def test_the_whole_country_draws_nothing(listing):
    assert served_features(listing("country:")) == []


def test_the_page_says_what_its_map_draws(client, engine, listing):
    page = listing("department:26")
    html = client.get(page.url).content.decode()
    assert f'data-area="/api/v1/initiatives/{page.pk}/area"' in html
    assert "le territoire desservi\u202f: Drôme (26)." in html
    assert 'data-area=""' in client.get(listing().url).content.decode()


@pytest.mark.parametrize("trait", ["draft", "lapsed", "suspended", "never_adhered"])
def test_the_area_of_a_hidden_listing_is_told_to_nobody(client, listing, trait):
    shown, hidden = listing("department:26"), listing("department:26", **{trait: True})
    assert client.get(f"/api/v1/initiatives/{shown.pk}/area").status_code == 200
    assert client.get(f"/api/v1/initiatives/{hidden.pk}/area").status_code == 404
