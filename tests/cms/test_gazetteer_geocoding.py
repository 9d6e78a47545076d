"""Geocoding: communes offline, services replaced by their recorded answers."""

from __future__ import annotations

import io
import json
from urllib.error import URLError

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured

from bdis_cms.gazetteer import geocoding
from bdis_cms.gazetteer.geocoding import GeocodedPlace, geocode
from bdis_cms.models import PointPrecision

GEOPF = {
    "type": "FeatureCollection",
    "features": [
        {
            "geometry": {"type": "Point", "coordinates": [5.3703, 44.7536]},
            "properties": {
                "label": "12 Rue Camille Buffardel 26150 Die",
                "type": "housenumber",
                "citycode": "26113",
                "postcode": "26150",
            },
        }
    ],
}
NOMINATIM = [
    {
        "display_name": "Rue Camille Buffardel, Die, Drôme",
        "lat": "44.7536",
        "lon": "5.3703",
        "addresstype": "road",
        "address": {"postcode": "26150"},
    }
]


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def service(monkeypatch):
    """A service whose answer the test chooses; tells what it was asked."""

    class Service:
        asked: list[str] = []
        answer: object = []

        def __call__(self, request, timeout):
            self.asked.append(request.full_url)
            if isinstance(self.answer, Exception):
                raise self.answer
            return io.BytesIO(json.dumps(self.answer).encode())

    service = Service()
    service.asked = []
    monkeypatch.setattr(geocoding, "urlopen", service)
    return service


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("12 rue de la Paix 26150 Die", "26113"),
        ("Place du marché, Die", "26113"),
        ("3 quai Perrache Lyon", "69123"),
        ("rue de Paris, Lille", "59350"),
        ("15 avenue Jean Jaurès 69007 LYON CEDEX 07", "69387"),
        ("Mairie de Crest, 26400 Crest, France", "26108"),
        ("Die", "26113"),
    ],
)
def test_offline_an_address_is_placed_at_the_centre_of_its_commune(whole_country, query, code):
    best = geocode(query)[0]
    assert (best.commune_code, best.precision) == (code, PointPrecision.COMMUNE)


@pytest.mark.parametrize("query", ["", "12 rue Victor Hugo", "La Ferme du Bout du Monde"])
def test_an_address_without_a_commune_has_no_point(whole_country, query):
    assert geocode(query) == []


def test_the_national_service_gives_the_point_of_the_house(territories, settings, service):
    settings.BDIS_GEOCODER = "geopf"
    service.answer = GEOPF
    assert geocode("12 rue Camille Buffardel Die") == [
        GeocodedPlace(
            "12 Rue Camille Buffardel 26150 Die", 44.7536, 5.3703, "exact", "26113", "26150"
        )
    ]
    assert service.asked[0].startswith("https://data.geopf.fr/geocodage/search?q=12+rue")


def test_nominatim_gives_the_point_of_the_street(territories, settings, service):
    settings.BDIS_GEOCODER = "nominatim"
    service.answer = NOMINATIM
    best = geocode("rue Camille Buffardel, Die")[0]
    assert (best.lat, best.lon, best.precision) == (44.7536, 5.3703, "street")


def test_an_answer_is_remembered(territories, settings, service):
    settings.BDIS_GEOCODER = "geopf"
    service.answer = GEOPF
    geocode("12 rue Camille Buffardel Die")
    geocode("12 Rue  Camille Buffardel DIE")
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        URLError("no network"),
        TimeoutError("slow"),
        {"error": "no"},
        {"features": [{"geometry": {"coordinates": [500, 900]}, "properties": {"label": "?"}}]},
        [],
    ],
)
def test_communes_answer_in_place_of_a_failing_service(territories, settings, service, answer):
    settings.BDIS_GEOCODER = "geopf"
    service.answer = answer
    assert geocode("12 rue Camille Buffardel, Die")[0].commune_code == "26113"
    assert geocode("3 rue Camille Buffardel, Die")[0].commune_code == "26113"
    assert len(service.asked) == 1, "a service that failed is left alone for a minute"


def test_requests_wait_their_turn(territories, settings, service, monkeypatch):
    settings.BDIS_GEOCODER = "nominatim"
    monkeypatch.setattr(geocoding.NominatimGeocoder, "seconds_between_requests", 0.2)
    waited = []
    sleep = geocoding.time.sleep
    monkeypatch.setattr(
        geocoding.time, "sleep", lambda seconds: (waited.append(seconds), sleep(seconds))
    )
    service.answer = NOMINATIM
    geocode("rue une, Die")
    geocode("rue deux, Die")
    assert len(service.asked) == 2
    assert sum(waited) >= 0.1


class TestOtherGeocoders:
    def search(self, query: str, limit: int) -> list[GeocodedPlace]:
        return [GeocodedPlace(query, 1.0, 2.0, "exact")]

    def test_any_class_can_be_named(self, territories, settings):
        settings.BDIS_GEOCODER = f"{__name__}.TestOtherGeocoders"
        assert geocode("here")[0].lat == 1.0

    def test_an_unknown_name_says_what_to_write(self, territories, settings):
        settings.BDIS_GEOCODER = "mapquest"
        with pytest.raises(ImproperlyConfigured, match="nominatim"):
            geocode("here")
