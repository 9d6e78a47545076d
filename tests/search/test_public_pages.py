"""The public pages, as a reader without scripts gets them."""

from __future__ import annotations

import datetime
import re
import xml.etree.ElementTree as ET
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail import hooks

from bdis_cms.models import InitiativePage
from bdis_search.backends.base import EngineUnavailable
from bdis_search.engine import get_engine
from bdis_search.outbox import rebuild_index
from tests.factories import (
    ActivityFactory,
    FamilyFactory,
    InitiativePageFactory,
)


@pytest.fixture
def directory(site_tree, territories, engine):
    amap = FamilyFactory(code="amap", label_fr="AMAP", plural_fr="AMAP")
    food = ActivityFactory(code="alimentation", label_fr="Alimentation")
    vegetables = ActivityFactory(code="alimentation.legumes", label_fr="Légumes", parent=food)
    pages = [
        InitiativePageFactory(
            title=f"Paniers de {commune.name}",
            summary="Des légumes choisis & payés d’avance.",
            commune=commune,
            families=[amap],
            activities=[vegetables],
        )
        for commune in (territories.die, territories.valence, territories.avignon)
    ]
    for trait in ("draft", "lapsed", "suspended", "never_adhered"):
        InitiativePageFactory(
            title=f"Cachée {trait}", commune=territories.die, families=[amap], **{trait: True}
        )
    rebuild_index()
    return pages


def text_of(response):
    html = response.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u202f", " ")


def heading(response):
    found = re.search(r"<h1[^>]*>(.*?)</h1>", response.content.decode(), re.DOTALL)
    return re.sub(r"\s+", " ", found[1].replace("\u202f", " ").replace("\xa0", " ")).strip()


def search(client, **params):
    return client.get(reverse("bdis_search:search"), params)


def test_the_count_is_said_in_words_with_the_place(client, directory):
    assert heading(search(client)) == "3 initiatives"
    assert heading(search(client, ou="Die")) == "1 initiative à moins de 20 km de Die (26)"
    assert (
        heading(search(client, q="légumes", ou="Avignon", radius=100))
        == "2 initiatives pour « légumes » à moins de 100 km d’Avignon (84)"
    )
    assert heading(search(client, ou="Drôme")) == "2 initiatives · Drôme (26)"


def test_words_found_are_marked_and_the_rest_is_escaped(client, directory):
    html = search(client, q="legume").content.decode()
    assert "<mark>légumes</mark> choisis &amp; payés" in html
    assert "<script>" not in search(client, q="<script>alert(1)</script>").content.decode()


def test_each_chip_takes_its_own_filter_off(client, directory):
    html = search(client, q="paniers", ou="Die", family="amap").content.decode()
    chips = re.findall(r'class="chip"\s+href="([^"]*)"', html)
    assert chips == [
        "/recherche/?ou=Die&amp;family=amap",
        "/recherche/?q=paniers&amp;family=amap",
        "/recherche/?q=paniers&amp;ou=Die",
    ]


def test_a_place_chosen_with_where_is_ticked_but_cannot_be_unticked_there(client, directory):
    html = search(client, ou="Drôme").content.decode()
    box = re.search(r'<input[^>]*id="f-department-26"[^>]*>', html)[0]
    assert "checked" in box
    assert "disabled" in box


def test_a_branch_of_activities_opens_where_something_is_chosen(client, directory):
    def branch(**params):
        html = search(client, **params).content.decode()
        return re.search(r'<details[^>]*id="b-activity-alimentation"[^>]*>', html)[0], html

    closed, html = branch()
    assert " open" not in closed
    assert 'name="activity" value="alimentation.legumes"' in html
    opened, html = branch(activity="alimentation.legumes")
    assert " open" in opened
    opened, html = branch(activity="alimentation")
    assert " open" in opened
    # Below what is ticked, a value takes its place rather than add nothing to it.
    assert 'href="/recherche/?activity=alimentation.legumes"' in html


def test_many_values_of_a_facet_come_when_asked_for(client, directory, territories):
    names = [f"mot {number:03}" for number in range(150)]
    InitiativePageFactory(title="Bavarde", commune=territories.die, tags=names)
    rebuild_index()
    short = search(client, q="bavarde").content.decode()
    assert short.count('name="tag"') == 8
    more = re.search(r'href="(/recherche/[^"]*tous=tag)#facette-tag"', short)[1]
    assert client.get(more.replace("&amp;", "&")).content.decode().count('name="tag"') == 150


def test_the_values_of_a_long_facet_can_be_looked_for(client, directory, territories):
    names = [f"mot {number:03}" for number in range(150)]
    InitiativePageFactory(title="Bavarde", commune=territories.die, tags=[*names, "Épicé & doux"])
    rebuild_index()
    page = search(client, q="bavarde", tag="mot-149").content.decode()
    assert page.count('name="tag"') == 9  # the chosen one is there, whatever its rank
    url = unescape(re.search(r'data-bdis-facet-search="(/recherche/facettes/tag/[^"]*)"', page)[1])
    found = client.get(f"{url}&cherche=EPICE").content.decode()
    assert "Épicé &amp; doux" in found
    assert re.findall(r'(hidden)?><input type="checkbox" id="f-tag-mot-149"', found) == ["hidden"]
    assert found.count('type="checkbox"') == 2
    many = client.get(f"{url}&cherche=mot")
    assert many.content.decode().count('type="checkbox"') == 100
    assert "50 autres" in text_of(many)
    assert client.get("/recherche/facettes/inconnue/").status_code == 404


def test_a_chosen_value_that_nothing_has_is_greyed_and_can_be_taken_off(client, directory):
    FamilyFactory(code="sel", label_fr="SEL")
    html = search(client, q="paniers", family="sel").content.decode()
    row = re.search(r'<label class="([^"]*)"><input[^>]*id="f-family-sel"[^>]*>', html)
    assert "no-result" in row[1]
    assert "checked" in row[0]
    assert "disabled" not in row[0]


def test_all_filters_or_those_of_a_facet_are_taken_off_at_once(client, directory):
    html = search(client, q="paniers", ou="Drôme", family="amap", activity="alimentation", page=1)
    html = html.content.decode()
    assert re.search(r'class="facets-clear" href="([^"]*)"', html)[1] == (
        "/recherche/?q=paniers&amp;ou=Dr%C3%B4me"
    )
    assert [unescape(url) for url in re.findall(r'class="facet-clear"\s+href="([^"]*)"', html)] == [
        "/recherche/?q=paniers&ou=Dr%C3%B4me&activity=alimentation",
        "/recherche/?q=paniers&ou=Dr%C3%B4me&family=amap",
    ]


def test_filters_without_a_field_travel_with_the_form(client, directory):
    html = search(client, commune="26113").content.decode()
    assert '<input type="hidden" name="commune" value="26113">' in html


class FirstLetterFacet:
    """A facet of another network."""

    name = "initial"
    label = "Initiale du nom"

    def values_of(self, page):
        return [page.title[:1]]

    def labels(self, values):
        return {value: f"Lettre {value}" for value in values}


def test_the_facet_of_another_network_shows_with_its_title(client, directory):
    with hooks.register_temporarily("register_bdis_facet", FirstLetterFacet):
        rebuild_index()
        html = search(client, initial="P").content.decode()
        assert "<span>Initiale du nom</span>" in html
        assert re.search(r'id="f-initial-P" name="initial" value="P" checked', html)
        assert heading(search(client, initial="P")) == "3 initiatives"
        api = client.get("/api/v1/initiatives").json()
        assert api["facets"]["initial"][0]["label"] == "Lettre P"


def test_what_is_written_in_french_says_so_in_english_pages(client, directory, settings):
    family = FamilyFactory(code="sel", label_fr="SEL", label_en="LETS")
    InitiativePageFactory(
        title="Troc", commune=directory[0].commune, families=[family], tags=["entraide"]
    )
    rebuild_index()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    html = search(client).content.decode()
    assert "<span>LETS</span>" in html
    assert '<span lang="fr">entraide</span>' in html
    assert '<span lang="fr">AMAP</span>' in html
    assert re.search(r'<a href="[^"]*" lang="fr">Troc</a>', html)
    listing = client.get(directory[0].url).content.decode()
    assert re.search(r'<h1 lang="fr">\s*Paniers de Die', listing)
    client.cookies.clear()
    assert "<h1 >" in client.get(directory[0].url).content.decode()


def test_what_is_not_understood_is_told_and_left_out(client, directory):
    response = search(client, sort="hasard", family="inconnue", page="zéro")
    assert response.status_code == 200
    assert heading(response) == "3 initiatives"
    for told in ("sort=hasard", "family=inconnue", "page=zéro"):
        assert told in text_of(response)


def test_of_a_filter_only_the_value_that_is_not_understood_is_left_out(
    client, directory, territories
):
    InitiativePageFactory(title="Sans famille", commune=territories.die)
    rebuild_index()
    response = search(client, ou="Drôme", department=["zz", "z" * 200])
    assert heading(response) == "3 initiatives · Drôme (26)"
    assert "department=zz" in text_of(response)
    assert 'data-query="department=26"' in response.content.decode()
    assert response.context["search"].filter_count == 0
    response = search(client, family=["amap", "zz"])
    assert heading(response) == "3 initiatives"
    assert "family=zz" in text_of(response)
    assert "family=amap" not in text_of(response)


def test_an_unknown_place_is_told_and_the_search_is_done_everywhere(client, directory):
    response = search(client, ou="Zzyzx-les-Bains")
    assert "Zzyzx-les-Bains" in text_of(response)
    assert heading(response) == "3 initiatives"


def test_nothing_found_offers_what_to_loosen_with_true_counts(client, directory):
    response = search(client, q="introuvable", ou="Die", radius=5)
    assert heading(response).startswith("Aucune initiative")
    links = re.findall(
        r'<a href="([^"]+)"><span class="label">[^<]*</span><span class="count">(\d+)</span>',
        response.content.decode(),
    )
    assert links
    for url, count in links:
        assert heading(client.get(url.replace("&amp;", "&"))).startswith(count)


def test_htmx_gets_results_and_filters_but_no_second_page_frame(client, directory):
    swap = client.get("/recherche/?q=paniers", headers={"HX-Request": "true"})
    html = swap.content.decode()
    assert "<html" not in html
    assert 'hx-swap-oob="true"' in html
    assert "HX-Request" in swap.headers["Vary"]


def test_a_listing_just_published_opens_the_feeds(client, directory):
    now = timezone.now()
    InitiativePage.objects.update(confirmed_on=now - datetime.timedelta(days=30))
    commune = InitiativePage.objects.public().first().commune
    page = InitiativePageFactory(commune=commune, confirmed_on=None, first_published_at=now)
    rebuild_index()

    feed = ET.fromstring(client.get("/recherche/flux.atom").content)
    titles = feed.iter("{http://www.w3.org/2005/Atom}title")
    assert [title.text for title in titles][1] == page.title


def test_the_examples_of_the_home_find_something(client, directory):
    examples = client.get("/").content.decode().partition('class="examples"')[2].partition("</p>")
    links = re.findall(r'href="([^"]+)"', examples[0])

    assert links
    for link in links:
        assert client.get(unescape(link)).context["total"], link


@pytest.mark.parametrize(
    ("path", "other"), [("/recherche/", "/carte/"), ("/carte/", "/recherche/")]
)
def test_after_a_swap_list_and_map_lead_to_each_other_with_the_new_filters(
    client, directory, path, other
):
    asked = f"{path}?q=paniers&family=amap"
    whole, swap = client.get(asked), client.get(asked, headers={"HX-Request": "true"})

    link = f'href="{other}?q=paniers&amp;family=amap"'
    assert link in whole.content.decode()
    assert link in swap.content.decode()
    assert "(1)" in re.search(r'id="vers-filtres".*?</a>', swap.content.decode(), re.S)[0]
    back = client.get(
        "/recherche/?q=paniers",
        headers={"HX-Request": "true", "HX-History-Restore-Request": "true"},
    )
    assert "<html" in back.content.decode()


def test_no_channel_shows_a_hidden_listing(client, directory, site_tree):
    addresses = [
        "/",
        "/recherche/",
        "/recherche/?q=cachée",
        "/carte/",
        "/recherche/flux.atom",
        "/sitemap-listings.xml",
        "/sitemap-pages.xml",
        site_tree.aura.url,
        reverse("bdis_search:region_feed", args=[site_tree.aura.slug]),
        directory[0].url,
    ]
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        assert "achée" not in response.content.decode().replace("q=cachée", "").replace(
            "« cachée »", ""
        ) or address.endswith("cachée"), address


def test_a_hidden_listing_is_not_found(client, directory, territories):
    hidden = InitiativePageFactory(title="Secret", commune=territories.die, suspended=True)
    assert client.get(hidden.url).status_code == 404


def test_a_listing_shows_public_contacts_only(client, directory):
    from bdis_cms.models import InitiativeContact

    page = directory[0]
    page.contacts = [
        InitiativeContact(name="Camille", email="accueil@exemple.org", visibility="public"),
        InitiativeContact(name="Dominique", email="prive@exemple.org", visibility="members"),
        InitiativeContact(name="Sacha", phone="06 00 00 00 00", visibility="private"),
    ]
    page.save_revision().publish()
    html = client.get(page.url).content.decode()
    assert "accueil@exemple.org" in html
    for secret in ("Dominique", "prive@exemple.org", "Sacha", "06 00"):
        assert secret not in html


def test_feeds_are_atom_and_hold_the_search(client, directory):
    response = client.get("/recherche/flux.atom?ou=Avignon")
    assert response["Content-Type"].startswith("application/atom+xml")
    atom = "{http://www.w3.org/2005/Atom}"
    titles = [
        entry.findtext(f"{atom}title")
        for entry in ET.fromstring(response.content).iter(f"{atom}entry")
    ]
    assert titles == ["Paniers de Avignon"]


def test_the_sitemap_lists_every_public_page_once(client, directory, site_tree):
    sections = re.findall(
        r"<loc>[^<]*(/sitemap-[^<]+)</loc>", client.get("/sitemap.xml").content.decode()
    )
    assert len(sections) == 2
    urls = [
        url
        for section in sections
        for url in re.findall(r"<loc>([^<]+)</loc>", client.get(section).content.decode())
    ]
    assert len(urls) == len(set(urls))
    for page in (*directory, site_tree.aura, site_tree.home):
        assert any(url.endswith(page.url) for url in urls), page.url


def test_robots_are_told_where_the_sitemap_is(client, directory):
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_the_nomenclature_counts_what_the_search_finds(client, directory):
    assert "Alimentation" in text_of(client.get("/nomenclature/"))
    page = client.get(reverse("bdis_search:activity", args=["alimentation"]))
    assert "Voir les 3 initiatives" in text_of(page)
    assert heading(client.get("/recherche/?activity=alimentation")) == "3 initiatives"
    assert client.get(reverse("bdis_search:family", args=["amap"])).status_code == 200
    assert client.get(reverse("bdis_search:family", args=["inconnue"])).status_code == 404


def test_the_home_page_counts_regions_as_the_search_does(client, directory):
    text = client.get("/").content.decode().replace("\u202f", " ")
    assert 'aria-label="Auvergne-Rhône-Alpes : 2 initiatives"' in text
    assert heading(client.get("/recherche/?region=84")) == "2 initiatives"


def test_the_language_switch_is_a_form_that_comes_back(client, directory):
    response = client.post("/langue/", {"language": "en", "next": "/recherche/?q=paniers"})
    assert response.headers["Location"] == "/recherche/?q=paniers"
    assert heading(client.get("/recherche/")) == "3 initiatives"
    assert "Kind of initiative" in text_of(client.get("/recherche/"))


def test_reading_the_site_sets_no_cookie(client, directory, site_tree):
    for address in ("/", "/recherche/", site_tree.aura.url, directory[0].url):
        assert not client.get(address).cookies, address


@pytest.fixture
def engine_away(monkeypatch, directory):
    def refuse(*args, **kwargs):
        raise EngineUnavailable("away")

    monkeypatch.setattr(type(get_engine()), "search", refuse)


def test_without_the_engine_the_page_says_so_and_regions_stay_open(client, engine_away, site_tree):
    response = search(client, q="paniers")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert "Auvergne-Rhône-Alpes" in text_of(response)
    swap = client.get("/recherche/?q=paniers", headers={"HX-Request": "true"})
    assert swap.headers["HX-Redirect"] == "/recherche/?q=paniers"
    for address in ("/", site_tree.aura.url, "/nomenclature/"):
        assert client.get(address).status_code == 200
    assert 'aria-label="Auvergne-Rhône-Alpes' in client.get("/").content.decode()
    assert ": 2 initiatives" in client.get("/").content.decode().replace("\u202f", "")


def test_a_page_beyond_the_last_leads_to_the_last(client, directory):
    url = reverse("bdis_search:search")
    response = client.get(url, {"q": "", "page": "99", "sort": "name"})
    assert response.status_code == 302
    assert response["Location"] == f"{url}?sort=name"
    assert client.get(url, {"q": "zzzzqqqq", "page": "99"}).status_code == 200


def test_a_point_that_is_none_is_told_and_shown_nowhere_else(client, directory):
    html = client.get(reverse("bdis_search:search"), {"near": "999,abc"}).content.decode()
    assert "near=999,abc" in html  # in the notice
    assert "votre position" not in html
