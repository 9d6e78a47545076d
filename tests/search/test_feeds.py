"""Feeds of searches and regions, as Atom and as JSON."""

from __future__ import annotations

import datetime
import xml.etree.ElementTree as ET

import pytest
from django.urls import reverse
from django.utils import timezone

from bdis_cms.models import InitiativeContact, InitiativePage
from bdis_search import feeds
from bdis_search.backends.base import EngineUnavailable
from bdis_search.engine import get_engine
from bdis_search.models import PromotedListing, Promotion
from bdis_search.outbox import rebuild_index
from tests.factories import FamilyFactory, InitiativePageFactory

ATOM = "{http://www.w3.org/2005/Atom}"
NOON = datetime.datetime(2026, 3, 3, 11, tzinfo=datetime.UTC)


@pytest.fixture
def listings(site_tree, territories, engine):
    amap = FamilyFactory(code="amap", label_fr="AMAP")
    pages = [
        InitiativePageFactory(
            title=f"Panier {number} & fils",
            summary="Des légumes <bio>.",
            commune=territories.die,
            families=[amap],
            confirmed_on=datetime.date(2026, 3, number),
            last_published_at=NOON - datetime.timedelta(days=10),
        )
        for number in range(1, 6)
    ]
    rebuild_index()
    return pages


def atom(client, address="/recherche/flux.atom", **params):
    response = client.get(address, params)
    assert response.status_code == 200
    return ET.fromstring(response.content)


def titles(feed):
    return [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]


def link(feed, rel, kind=None):
    for found in feed.findall(f"{ATOM}link"):
        if found.get("rel") == rel and (kind is None or found.get("type") == kind):
            return found.get("href")
    return None


def test_both_formats_hold_the_search_latest_confirmed_first(client, listings):
    InitiativePageFactory(title="Atelier vélo", commune=listings[0].commune)
    rebuild_index()
    expected = [page.title for page in reversed(listings)]
    assert titles(atom(client, q="panier", family="amap")) == expected
    response = client.get("/recherche/flux.json", {"q": "panier", "family": "amap"})
    assert response["Content-Type"] == "application/feed+json"
    feed = response.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["title"] for item in feed["items"]] == expected
    assert feed["items"][0]["content_text"] == "Des légumes <bio>."
    assert feed["items"][0]["tags"] == ["AMAP"]
    assert "« panier » · AMAP" in feed["title"].replace("\xa0", " ")


def test_formats_page_and_search_lead_to_one_another(client, listings):
    feed = atom(client, family="amap", ou="Die")
    there = "http://testserver/recherche/flux"
    assert link(feed, "self") == f"{there}.atom?family=amap&ou=Die"
    assert link(feed, "alternate", "application/feed+json") == f"{there}.json?family=amap&ou=Die"
    assert link(feed, "alternate") == "http://testserver/recherche/?family=amap&ou=Die"
    document = client.get("/recherche/flux.json?family=amap&ou=Die").json()
    assert document["feed_url"] == f"{there}.json?family=amap&ou=Die"
    assert document["home_page_url"] == "http://testserver/recherche/?family=amap&ou=Die"
    html = client.get("/recherche/?family=amap&ou=Die").content.decode()
    for form in ("atom", "json"):
        # in the head and on the page
        assert html.count(f'href="/recherche/flux.{form}?family=amap&amp;ou=Die"') == 2
    assert 'href="/recherche/abonnement/?family=amap&amp;ou=Die"' in html


def test_an_entry_keeps_its_identifier_when_its_listing_is_renamed(client, listings):
    before = client.get("/recherche/flux.json").json()["items"][0]
    page = listings[-1]
    page.title, page.slug = "Autre nom", "autre-nom"
    page.save_revision().publish()
    rebuild_index()
    after = next(
        item
        for item in client.get("/recherche/flux.json").json()["items"]
        if "Autre" in item["title"]
    )
    assert after["id"] == before["id"]
    assert after["url"] != before["url"]
    assert after["id"] == atom(client).find(f"{ATOM}entry/{ATOM}id").text


def test_an_entry_is_dated_by_what_came_last_publication_or_confirmation(client, listings):
    items = client.get("/recherche/flux.json").json()["items"]
    assert items[0]["date_modified"] == "2026-03-05T00:00:00+01:00"
    InitiativePage.objects.filter(pk=listings[-1].pk).update(
        last_published_at=NOON + datetime.timedelta(days=9)
    )
    items = client.get("/recherche/flux.json").json()["items"]
    assert items[0]["date_modified"].startswith("2026-03-12T11:00:00")
    assert atom(client).findtext(f"{ATOM}updated").startswith("2026-03-12T11:00:00")


def test_long_feeds_are_read_page_by_page(client, listings, monkeypatch):
    monkeypatch.setattr(feeds, "FEED_LENGTH", 2)
    read, address = [], "/recherche/flux.json?q=panier"
    while address:
        document = client.get(address).json()
        assert len(document["items"]) <= 2
        read += [item["title"] for item in document["items"]]
        address = document.get("next_url")
    assert read == [page.title for page in reversed(listings)]
    feed = atom(client, q="panier", page="2")
    there = "http://testserver/recherche/flux.atom?q=panier"
    assert link(feed, "previous") == there
    assert link(feed, "next") == link(feed, "last") == f"{there}&page=3"
    assert link(feed, "first") == feed.findtext(f"{ATOM}id") == there
    assert client.get("/recherche/flux.atom?q=panier&page=4").status_code == 404


@pytest.fixture
def farms(listings, territories):
    """Listings whose words name a place where they are not."""
    pages = [
        InitiativePageFactory(
            title=f"Ferme valence {number}",
            commune=territories.die,
            confirmed_on=datetime.date(2026, 3, number),
        )
        for number in (3, 1, 5, 2, 4)
    ]
    rebuild_index()
    return pages


def test_a_feed_of_words_taken_as_they_are_holds_nothing_promoted(client, listings, farms):
    promotion = Promotion.objects.create(words="ferme valence")
    PromotedListing.objects.create(promotion=promotion, page=listings[0])
    found = titles(atom(client, q="ferme valence"))
    assert found == [f"Ferme valence {number}" for number in (5, 4, 3, 2, 1)]


def test_a_feed_asked_again_without_what_is_hidden_stays_the_same_feed(client, farms, monkeypatch):
    monkeypatch.setattr(feeds, "FEED_LENGTH", 3)
    InitiativePage.objects.filter(title="Ferme valence 4").update(live=False)
    feed = client.get("/recherche/flux.json", {"q": "ferme valence"}).json()
    shown = [item["title"] for item in feed["items"]]
    assert shown == [f"Ferme valence {number}" for number in (5, 3, 2)]
    more = client.get(feed["next_url"]).json()
    assert [item["title"] for item in more["items"]] == ["Ferme valence 1"]
    assert "next_url" not in more


@pytest.mark.parametrize("form", ["atom", "json"])
def test_nothing_is_sent_again_while_nothing_changed(client, listings, form):
    address = f"/recherche/flux.{form}?q=panier"
    first = client.get(address)
    assert "max-age" in first["Cache-Control"]
    assert "public" in first["Cache-Control"]
    assert first["Last-Modified"] == "Wed, 04 Mar 2026 23:00:00 GMT"
    for header in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
        again = client.get(address, headers=header)
        assert again.status_code == 304
        assert again.content == b""
    InitiativePage.objects.filter(pk=listings[0].pk).update(suspended_at=timezone.now())
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


def test_a_listing_hidden_since_it_was_indexed_does_not_show(client, listings):
    InitiativePage.objects.filter(pk=listings[0].pk).update(live=False)
    address = reverse("bdis_search:region_json_feed", args=[listings[0].get_parent().slug])
    for shown in (
        titles(atom(client)),
        [item["title"] for item in client.get("/recherche/flux.json").json()["items"]],
        [item["title"] for item in client.get(address).json()["items"]],
    ):
        assert listings[0].title not in shown
        assert len(shown) == 4


def test_feeds_hold_no_contact(client, listings):
    page = listings[0]
    page.contacts = [
        InitiativeContact(name="Camille", email="camille@exemple.org", visibility="public")
    ]
    page.save_revision().publish()
    for address in ("/recherche/flux.atom", "/recherche/flux.json"):
        content = client.get(address).content.decode()
        assert "Camille" not in content
        assert "camille@" not in content


@pytest.mark.parametrize(
    "query", ["family=inconnue", "ou=Xqwzyville", "page=0", "page=abc", "page=99999", "near=99,999"]
)
def test_what_is_not_understood_is_refused_rather_than_left_out(client, listings, query):
    response = client.get(f"/recherche/flux.atom?{query}")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/plain")


def test_the_language_of_a_visitor_does_not_reach_shared_caches(client, listings, settings):
    french = client.get("/recherche/flux.json?family=amap").content
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    response = client.get("/recherche/flux.json?family=amap")
    assert response.content == french
    assert response["Content-Language"] == "fr"


@pytest.mark.parametrize("form", ["atom", "json"])
def test_any_text_gives_a_feed_that_can_be_read(client, listings, form):
    InitiativePage.objects.filter(pk=listings[0].pk).update(title="Panier\x0b \x1b<b>]]>")
    for text in ("\x01\x02", "<&>\"'", "]]>", "panier\x0c", "😀" * 50):
        response = client.get(f"/recherche/flux.{form}", {"q": text})
        assert response.status_code == 200
        ET.fromstring(response.content) if form == "atom" else response.json()


def test_an_engine_that_is_away_is_told_to_readers(client, listings, monkeypatch):
    def away(self, query):
        raise EngineUnavailable("away")

    monkeypatch.setattr(type(get_engine()), "search", away)
    region = reverse("bdis_search:region_feed", args=[listings[0].get_parent().slug])
    for address in ("/recherche/flux.atom", "/recherche/flux.json", region):
        response = client.get(address)
        assert response.status_code == 503
        assert response["Retry-After"]


def test_an_empty_feed_is_a_feed(client, listings):
    feed = atom(client, q="introuvable", family="amap", ou="Avignon")
    assert titles(feed) == []
    assert feed.findtext(f"{ATOM}updated")
    document = client.get("/recherche/flux.json?q=introuvable&ou=Avignon").json()
    assert document["items"] == []


def test_a_feed_costs_the_same_however_many_it_holds(
    client, listings, territories, remembering_for_a_minute, django_assert_max_num_queries
):
    client.get("/recherche/flux.atom?q=panier")
    with django_assert_max_num_queries(12):
        client.get("/recherche/flux.atom?q=panier")
