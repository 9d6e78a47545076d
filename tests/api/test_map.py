"""What the map asks of the API: few marks, true counts, nothing hidden."""

from __future__ import annotations

import gzip

import pytest
from django.core.cache import cache

from bdis_cms.models import InitiativePage
from bdis_search.api import marks as marks_module
from bdis_search.api.marks import MOST_MARKS, marks
from bdis_search.listings import Listing, Seat
from bdis_search.outbox import rebuild_index
from bdis_search.query import BBox, Cluster, Query
from tests.contract.documents import document
from tests.factories import InitiativePageFactory

pytestmark = pytest.mark.django_db
DIE = "5.36,44.74,5.38,44.76"
AVIGNON = "4.82,43.93,4.84,43.95"
VIEW_BUDGET = 64_000  # bytes, compressed


def get(client, path):
    return client.get(f"/api/v1/map?{path}")


def features(client, path):
    return get(client, path).json()["features"]


def test_marks_name_where_they_are(client, directory):
    InitiativePageFactory(title="Voisine", commune=directory["die"].commune)
    rebuild_index()
    together, *others = sorted(
        features(client, "zoom=9&bbox=4,43,6,46"), key=lambda one: -one["properties"]["count"]
    )
    assert together["properties"] == {"count": 2, "around": "Die"}
    west, south, east, north = together["bbox"]
    assert west <= 5.3703 <= east
    assert south <= 44.7536 <= north
    assert max(east - west, north - south) < 0.0001
    alone = {one["properties"]["title"]: one["properties"] for one in others}
    assert alone["Repair café de Valence"]["place"] == "Valence (26)"
    assert alone["Repair café de Valence"]["family"] == "Repair café"


def test_listings_at_one_place_are_found_by_the_box_of_their_mark(client, directory):
    for number in range(3):
        InitiativePageFactory(title=f"Voisine {number}", commune=directory["die"].commune)
    rebuild_index()
    (mark,) = (
        one for one in features(client, f"zoom=18&bbox={DIE}") if one["properties"]["count"] > 1
    )
    box = ",".join(map(str, mark["bbox"]))
    found = client.get(f"/api/v1/initiatives?bbox={box}").json()
    assert found["total"] == mark["properties"]["count"] == 4


def test_the_map_answers_what_has_not_changed_without_sending_it_again(client, directory):
    first = get(client, f"zoom=12&bbox={AVIGNON}")
    assert first.headers["Cache-Control"] == "public, max-age=60"

    def ask_again(tag):
        address = f"/api/v1/map?zoom=12&bbox={AVIGNON}"
        return client.get(address, headers={"If-None-Match": tag})

    again = ask_again(first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    InitiativePage.objects.filter(pk=directory["avignon"].pk).update(live=False)
    cache.clear()
    changed = ask_again(first.headers["ETag"])
    assert changed.status_code == 200
    assert "remparts" not in changed.content.decode()


def test_a_listing_hidden_since_it_was_indexed_is_neither_named_nor_counted(client, directory):
    InitiativePage.objects.filter(pk=directory["die"].pk).update(live=False)
    for zoom in (9, 14, 18):
        found = features(client, f"zoom={zoom}&bbox={DIE}")
        assert found == []


class CrowdedEngine:
    """An engine with a listing alone in every square of the grid."""

    def __init__(self, pages):
        self.pages = pages
        self.asked = []

    def clusters(self, query, zoom):
        self.asked.append(zoom)
        side = 2**zoom
        return [
            Cluster(40 + n / 1000, n / 1000, 1, page)
            for n, page in enumerate(self.pages[: side * side])
        ]


def test_a_view_is_light_however_crowded_it_is(rf, site_tree, territories, monkeypatch):
    engine = CrowdedEngine(list(range(1, 5000)))
    monkeypatch.setattr(marks_module, "public_engine", lambda: engine)
    monkeypatch.setattr(marks_module, "load_listings", made_up)
    found = marks(Query(bbox=BBox(0, 44, 8, 48)), 12, rf.get("/"))
    assert len(found) <= MOST_MARKS
    assert engine.asked == sorted(engine.asked, reverse=True)
    assert len(gzip.compress(str(found).encode())) <= VIEW_BUDGET


def made_up(hits, request):
    return [(listing(hit.id), hit) for hit in hits]


def listing(number):
    mixed = number * 7919 % 10_007
    return Listing(
        id=number,
        title=f"Association pour une agriculture paysanne de la vallée {mixed}",
        summary="",
        url=f"/regions/bretagne/association-vallee-{mixed}/",
        seat=Seat(commune=f"Commune {mixed % 997}", commune_code="26113"),
        lat=44.0,
        lon=5.0,
        legal_family="",
        families=(),
        activities=(),
        tags=(),
        source="",
        external_id="",
        cover_id=None,
        is_demo=False,
        confirmed_on=None,
        charter_signed_on=None,
        progress_state="",
        last_published_at=None,
    )


@pytest.mark.parametrize("box", ["", "-180,-90,180,90", "-5.5,41,10,51.5", "4.83,45.75,4.84,45.77"])
def test_thousands_of_listings_weigh_little_at_every_zoom(client, crowd, box):
    query = Query(bbox=BBox(*map(float, box.split(","))) if box else None, facets=())
    total = crowd.search(query).total
    for zoom in range(21):
        response = get(client, f"zoom={zoom}&bbox={box}")
        assert len(gzip.compress(response.content)) <= VIEW_BUDGET
        counted = sum(one["properties"]["count"] for one in response.json()["features"])
        assert counted == total


@pytest.fixture
def crowd(engine, territories, monkeypatch):
    """Four thousand documents around Lyon; none of their listings needs to be read."""
    documents = [
        document(number, lat=45.7 + number * 7919 % 10_007 / 1e5, lon=4.8 + number % 499 / 5e3)
        for number in range(1, 4_001)
    ]
    engine.rebuild(documents)
    monkeypatch.setattr(marks_module, "load_listings", made_up)
    return engine
