"""What a visitor does: search, filter, follow the map, with and without scripts."""

from __future__ import annotations

import gzip
import json

import brotli
import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BUDGET = 150_000  # bytes, compressed, first visit, the map included
TEXT = ("text/", "javascript", "json", "svg")


def test_pages_ask_nothing_of_third_parties_and_keep_the_console_quiet(visit, addresses):
    faults = {}
    for name, path in addresses.items():
        page = visit(path)
        page.mouse.wheel(0, 2000)
        page.wait_for_timeout(300)
        told = [text for text in page.faults if name != "unknown" or "404" not in text]
        if told:
            faults[name] = told
    assert faults == {}


def test_the_search_page_weighs_less_than_its_budget(browser, directory):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    asked = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.goto(directory.url + "/recherche/", wait_until="networkidle")
    page.wait_for_selector(".leaflet-marker-icon")
    sizes = {url.removeprefix(directory.url): _weight(context.request.get(url)) for url in asked}
    context.close()
    total = sum(sizes.values())
    listing = "\n".join(f"{size:>7} {url}" for url, size in sorted(sizes.items()))
    assert total <= BUDGET, f"{total} bytes\n{listing}"


def _weight(response):
    # Asked again rather than read from the page: a browser forgets bodies when it moves on.
    kind = response.headers.get("content-type", "")
    body = response.body()
    if not any(text in kind for text in TEXT):
        return len(body)
    # As they are sent: files compressed once, pages each time.
    return len(brotli.compress(body) if "/static/" in response.url else gzip.compress(body, 6))


def test_nothing_moves_while_the_page_loads(visit, addresses):
    for name in ("home", "search", "listing"):
        page = visit(addresses[name], width=390)
        shift = page.evaluate(
            """() => new Promise(resolve => {
                let sum = 0;
                new PerformanceObserver(list => list.getEntries().forEach(e => { sum += e.value; }))
                    .observe({type: "layout-shift", buffered: true});
                setTimeout(() => resolve(sum), 400);
            })"""
        )
        assert shift < 0.05, name


def test_ticking_a_filter_searches_at_once_and_can_be_taken_back(visit):
    page = visit("/recherche/")
    expect(page.locator("h1")).to_have_text("25 initiatives")
    page.get_by_label("AMAP").check()
    page.wait_for_url("**/recherche/?family=amap")
    expect(page.locator("h1")).to_have_text("12 initiatives")
    expect(page.locator("#f-family-amap")).to_be_focused()
    expect(page.locator("[role=status][data-bdis-announce]")).to_have_text("12 initiatives")
    page.locator(".chip", has_text="AMAP").click()
    expect(page.locator("h1")).to_have_text("25 initiatives")
    expect(page.get_by_label("AMAP")).not_to_be_checked()
    page.go_back()
    expect(page.locator("h1")).to_have_text("12 initiatives")
    assert page.faults == []


def test_a_place_is_understood_and_the_map_follows(visit):
    page = visit("/recherche/", width=1440)
    page.wait_for_selector(".leaflet-marker-icon")
    page.locator("#ou").fill("Die")
    with page.expect_response(lambda r: "/api/v1/map" in r.url and "near=" in r.url) as asked:
        page.get_by_role("button", name="Rechercher", exact=True).click()
    features = page.request.get(asked.value.url).json()["features"]
    expect(page.locator("h1")).to_contain_text("à moins de 20 km de Die (26)")
    total = int(page.locator("h1").inner_text().split()[0])
    assert sum(feature["properties"]["count"] for feature in features) == total > 0
    expect(page.locator("#rayon")).to_have_value("20")


def test_suggestions_are_reached_with_the_arrows(visit):
    page = visit("/")
    field = page.locator("#ou")
    field.press_sequentially("vale", delay=20)
    page.wait_for_selector("#ou-choix [role=option]")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(page.locator("#ou-choix [aria-selected=true]")).to_contain_text("Valence")
    field.press("Enter")
    page.wait_for_url("**/recherche/?*ou=Valence*")
    expect(page.locator("h1")).to_contain_text("Valence (26)")


def test_everything_works_without_scripts(visit):
    page = visit("/", java_script_enabled=False)
    page.locator("#quoi").fill("vélo")
    page.locator("#ou").fill("Valence")
    page.get_by_role("button", name="Rechercher", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Valence (26)")
    page.goto(page.url.split("?")[0])
    page.get_by_label("AMAP").check()
    page.get_by_role("button", name="Appliquer les filtres").click()
    expect(page.locator("h1")).to_have_text("12 initiatives")
    page.set_viewport_size({"width": 390, "height": 800})
    page.get_by_role("link", name="Filtrer").click()
    expect(page.locator("#filtres")).to_be_visible()


def test_around_me_searches_near_the_position_and_keeps_it_nowhere(visit):
    page = visit(
        "/", geolocation={"latitude": 44.7536, "longitude": 5.3703}, permissions=["geolocation"]
    )
    page.get_by_role("button", name="Autour de moi").click()
    page.wait_for_url("**near=44.75*")
    expect(page.locator("h1")).to_contain_text("de votre position")
    assert page.evaluate("localStorage.length + document.cookie.length") == 0


def test_around_me_says_so_when_the_position_is_refused(visit):
    page = visit("/recherche/")
    page.get_by_role("button", name="Autour de moi").click()
    expect(page.locator(".locate-refused")).to_have_text(
        "Votre position n’est pas disponible\u202f: indiquez un lieu."
    )
    expect(page.locator("#ou")).to_be_focused()


def test_the_language_switch_changes_the_interface(visit):
    page = visit("/recherche/")
    page.get_by_role("button", name="English version").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_text("Where?")).to_be_visible()


def test_chosen_colours_last(visit):
    page = visit("/")
    page.get_by_role("button", name="Couleurs claires ou sombres").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_structured_data_of_a_listing_is_readable(visit, addresses):
    page = visit(addresses["listing"])
    data = json.loads(page.locator('script[type="application/ld+json"]').inner_text())
    assert data["name"].startswith("Association pour le maintien")
    assert page.faults == []
