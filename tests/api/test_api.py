"""The public API says what the public may know, and names what it did not understand."""

import datetime
import json

import pytest
from django.utils import timezone
from rdflib import Graph, Literal, Namespace

from bdis_cms.models import InitiativeContact, InitiativeLink

SCHEMA = Namespace("https://schema.org/")


def get(client, path, **headers):
    response = client.get(f"/api/v1{path}", headers=headers)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    return response


def test_a_search_answers_in_the_documented_shape(client, directory):
    data = get(client, "/initiatives?q=légumes&family=amap").json()

    assert (data["total"], data["page"], data["page_size"]) == (1, 1, 20)
    assert set(data["facets"]) >= {
        "family", "legal_family", "activity", "region", "department", "tag",
    }  # fmt: skip
    (listing,) = data["results"]
    page = directory["die"]
    assert listing == {
        "id": page.pk,
        "title": "AMAP du Diois",
        "url": "http://testserver/regions/auvergne-rhone-alpes/" + page.slug + "/",
        "summary": "Des paniers de légumes chaque jeudi.",
        "legal_family": "association",
        "families": ["amap"],
        "activities": ["alimentation.legumes"],
        "tags": ["légumes", "bio"],
        "place": {
            "commune": "Die", "commune_code": "26113", "department": "Drôme",
            "department_code": "26",
            "region": "Auvergne-Rhône-Alpes",
            "region_code": "84",
        },
        "lat": 44.7536,
        "lon": 5.3703,
        "distance_km": None,
        "source": "",
        "external_id": "",
    }  # fmt: skip


def test_facets_are_left_out_when_asked(client, directory):
    counted = get(client, "/initiatives?q=légumes").json()
    bare = get(client, "/initiatives?q=légumes&facets=0").json()

    assert bare["facets"] == {name: [] for name in counted["facets"]}
    assert {**bare, "facets": counted["facets"]} == counted
    response = get(client, "/initiatives?facets=peu")
    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "facets"


def test_facets_keep_the_other_values_of_their_own_filter(client, directory):
    facets = get(client, "/initiatives?family=amap").json()["facets"]

    families = {value["value"]: (value["count"], value["selected"]) for value in facets["family"]}
    assert families == {"amap": (2, True), "repair-cafe": (1, False)}
    (food,) = facets["activity"]
    assert (food["value"], food["count"]) == ("alimentation", 1)
    assert [child["value"] for child in food["children"]] == ["alimentation.legumes"]


def test_distance_is_in_kilometres_from_near(client, directory):
    data = get(client, "/initiatives?near=44.7536,5.3703&radius=60&sort=distance").json()

    assert [result["title"] for result in data["results"]] == [
        "AMAP du Diois",
        "Repair café de Valence",
    ]
    assert data["results"][0]["distance_km"] == 0
    assert data["results"][1]["distance_km"] == pytest.approx(41.1, abs=0.3)


@pytest.mark.parametrize(
    ("parameters", "name", "value"),
    [
        ("family=inconnue", "family", "inconnue"),
        ("region=999", "region", "999"),
        ("tag=inconnu", "tag", "inconnu"),
        ("near=ici", "near", "ici"),
        ("near=91,0", "near", "91,0"),
        ("radius=5", "radius", "5"),
        ("near=44,5&radius=-1", "radius", "-1"),
        ("near=44,5&radius=nan", "radius", "nan"),
        ("bbox=5,44,4,45", "bbox", "5,44,4,45"),
        ("bbox=1,2,3", "bbox", "1,2,3"),
        ("sort=prix", "sort", "prix"),
        ("sort=distance", "sort", "distance"),
        ("geography=partout", "geography", "partout"),
        ("page=0", "page", "0"),
        ("page=²", "page", "²"),
        ("page_size=101", "page_size", "101"),
    ],
)
def test_a_value_not_understood_is_a_422_that_names_it(client, directory, parameters, name, value):
    response = get(client, f"/initiatives?{parameters}")

    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    error = response.json()["errors"][0]
    assert (error["parameter"], error["value"]) == (name, value)
    assert error["detail"]


def test_hidden_listings_show_on_no_endpoint(client, directory):
    for path in (
        "/initiatives?q=cachée",
        "/initiatives?page_size=100",
        "/suggest?q=cachée",
        "/map?zoom=12&bbox=5,44,6,45",
        "/map?zoom=20",
    ):
        assert "cachée" not in get(client, path).content.decode(), path
    for trait in ("draft", "lapsed", "suspended", "never_adhered"):
        assert get(client, f"/initiatives/{directory[trait].pk}").status_code == 404


def test_a_listing_hidden_since_it_was_indexed_is_not_shown(client, directory):
    type(directory["die"]).objects.filter(pk=directory["die"].pk).update(live=False)

    assert "AMAP du Diois" not in get(client, "/initiatives?q=amap").content.decode()
    assert "AMAP du Diois" not in get(client, "/suggest?q=amap").content.decode()
    assert "AMAP du Diois" not in get(client, "/map?zoom=18").content.decode()


def test_a_listing_gives_only_contacts_made_public(client, directory):
    page = directory["die"]
    for visibility in ("public", "members", "private"):
        page.contacts.add(
            InitiativeContact(
                name=f"Nom {visibility}", email=f"{visibility}@example.org", visibility=visibility
            )
        )
    page.links.add(InitiativeLink(url="https://example.org/amap"))
    page.save()

    for accept in ("application/json", "application/ld+json", "text/turtle"):
        text = get(client, f"/initiatives/{page.pk}", accept=accept).content.decode()
        assert "public@example.org" in text
        assert "members" not in text
        assert "private" not in text
    assert 'example.org"' not in get(client, "/initiatives?q=amap").content.decode()


def test_a_listing_is_linked_data_by_accept(client, directory):
    page = directory["die"]
    jsonld = get(client, f"/initiatives/{page.pk}", accept="application/ld+json")
    turtle = get(client, f"/initiatives/{page.pk}", accept="text/turtle")

    assert jsonld.headers["Content-Type"] == "application/ld+json"
    assert json.loads(jsonld.content)["name"] == "AMAP du Diois"
    assert turtle.headers["Content-Type"].startswith("text/turtle")
    graph = Graph().parse(data=turtle.content.decode(), format="turtle")
    assert set(graph.objects(None, SCHEMA.name)) == {Literal("AMAP du Diois")}


def test_counts_on_the_map_add_up_to_the_total_in_the_box(client, directory):
    for zoom in (0, 5, 9, 14, 20):
        data = get(client, f"/map?bbox=4,43,6,46&zoom={zoom}").json()
        assert sum(feature["properties"]["count"] for feature in data["features"]) == 3
    points = {
        feature["properties"]["title"]: feature["geometry"]["coordinates"]
        for feature in data["features"]
    }
    assert points["AMAP du Diois"] == [5.3703, 44.7536]


@pytest.mark.parametrize("digits", ["000000001" + "9" * 30, "0" * 9 + "9" * 5_000, "²", "1" * 21])
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/initiatives", "page"),
        ("/initiatives", "page_size"),
        ("/map", "zoom"),
        ("/places", "limit"),
    ],
)
def test_a_number_beyond_measure_is_named(client, directory, path, name, digits):
    response = get(client, f"{path}?{name}={digits}")

    assert response.status_code == 422
    assert [error["parameter"] for error in response.json()["errors"]] == [name]


def test_an_unknown_zoom_is_named(client, directory):
    assert get(client, "/map?zoom=21").json()["errors"][0]["parameter"] == "zoom"


def test_places_are_found_best_first(client, directory):
    (first, *_others) = get(client, "/places?q=die").json()

    assert first["type"] == "commune"
    assert first["code"] == "26113"
    assert set(first) == {
        "type", "code", "name", "department", "department_code", "region", "region_code",
        "lat", "lon", "population",
    }  # fmt: skip


def test_suggestions_lead_to_a_listing_or_a_search(client, directory):
    suggestions = get(client, "/suggest?q=ama").json()

    by_kind = {item["kind"]: item for item in suggestions}
    assert by_kind["family"]["url"] == "/recherche/?family=amap"
    assert by_kind["listing"]["url"].startswith("/regions/")


def test_the_nomenclature_is_a_tree(client, directory):
    data = get(client, "/nomenclature").json()

    (food,) = data["activities"]
    assert [child["code"] for child in food["children"]] == ["alimentation.legumes"]
    assert {"code", "label", "label_fr", "label_en"} <= set(data["families"][0])


def test_an_engine_away_is_a_503_with_a_delay(client, directory, monkeypatch):
    from bdis_search.backends.base import EngineUnavailable
    from bdis_search.engine import get_engine

    def away(*args, **kwargs):
        raise EngineUnavailable("connection refused at 10.0.0.1")

    monkeypatch.setattr(get_engine(), "search", away)
    response = get(client, "/initiatives")

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "10.0.0.1" not in response.content.decode()


def test_a_lapse_takes_effect_without_any_job(client, directory, freeze_day):
    freeze_day(timezone.localdate() + datetime.timedelta(days=366))

    assert get(client, "/initiatives").json()["total"] == 0
    assert get(client, "/map?zoom=3").json()["features"] == []


def test_the_documentation_lists_every_endpoint_without_third_parties(client, directory):
    page = client.get("/api/v1/docs").content.decode()
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    assert len(paths) == 7
    for path in paths:
        assert path in page
    assert "cdn" not in page
