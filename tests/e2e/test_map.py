"""The map with a mouse, a keyboard and a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def marks(page):
    return page.locator(".leaflet-marker-icon.cluster, .leaflet-marker-icon.pin")


@pytest.mark.parametrize("path", ["/recherche/", "/carte/"])
def test_list_and_map_stand_side_by_side_on_wide_screens(visit, path):
    page = visit(path, width=1100)
    marks(page).first.wait_for()
    assert page.evaluate("scrollY") == 0
    results = page.locator(".search-main").bounding_box()
    shown = page.locator("[data-bdis-map]").bounding_box()
    assert shown["x"] >= results["x"] + results["width"]
    assert shown["y"] + shown["height"] <= 900
    page.locator("[data-bdis-result]").last.scroll_into_view_if_needed()
    page.wait_for_function("scrollY > 600")
    assert page.locator("[data-bdis-map]").bounding_box()["y"] >= 0


def test_list_and_map_of_a_phone_are_the_same_search(visit):
    page = visit("/recherche/?q=v%C3%A9lo&family=repair-cafe", width=390)
    expect(page.locator("[data-bdis-map]")).to_be_hidden()
    page.locator("#vers-carte").click()
    page.wait_for_url("**/carte/?q=v%C3%A9lo&family=repair-cafe")
    marks(page).first.wait_for()
    heading = page.locator("h1").inner_text()
    page.locator("#vers-liste").click()
    page.wait_for_url("**/recherche/?q=v%C3%A9lo&family=repair-cafe")
    expect(page.locator("h1")).to_have_text(heading)


def test_the_area_of_the_map_is_searched_and_back_takes_it_off(visit, directory):
    page = visit("/recherche/", width=1280)
    marks(page).first.wait_for()
    area = page.get_by_role("button", name="Rechercher dans cette zone")
    expect(area).to_be_hidden()
    page.locator("[data-bdis-map]").focus()
    page.keyboard.press("+")
    expect(area).to_be_visible()
    with page.expect_response(lambda r: "/recherche/?" in r.url and "bbox=" in r.url) as answer:
        area.click()
    expect(page.locator(".chip")).to_have_count(1)
    box = answer.value.url.split("bbox=")[1].split("&")[0].replace("%2C", ",")
    query = f"bbox={box}&page_size=1"
    total = page.request.get(f"{directory.url}/api/v1/initiatives?{query}").json()["total"]
    expect(page.locator("h1")).to_contain_text(re.compile(rf"^\s*{total}\b"))
    expect(area).to_be_hidden()
    page.go_back(wait_until="networkidle")
    expect(page.locator("h1")).to_have_text("25 initiatives")
    expect(page.locator(".chip")).to_have_count(0)
    assert page.faults == []


def test_listings_at_one_place_are_listed_by_the_keyboard_alone(visit):
    page = visit("/recherche/?ou=Die&radius=5", width=1280)
    mark = page.get_by_role("button", name="7 initiatives au même endroit")
    mark.press("Enter")
    card = page.locator(".map-card")
    expect(card.locator("li")).to_have_count(7)
    expect(card.locator("li :focus")).to_have_count(1)
    expect(page.locator(".leaflet-popup-close-button")).to_have_attribute("aria-label", "Fermer")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(mark).to_be_focused()
    assert page.faults == []


def test_a_mark_brings_nearer_then_lists(visit):
    page = visit("/carte/", width=1280)
    far = page.get_by_role("button", name="et alentours").first
    far.press("Enter")
    here = page.get_by_role("button", name="au même endroit").first
    here.wait_for()
    here.click()
    expect(page.locator(".map-card li").first).to_be_visible()


def test_a_result_pointed_at_shows_on_the_map(visit):
    page = visit("/recherche/", width=1280)
    marks(page).first.wait_for()
    page.locator("[data-bdis-result] h2 a").first.focus()
    expect(page.locator(".pin.is-pointed")).to_have_count(1)
    page.locator("#quoi").focus()
    expect(page.locator(".pin.is-pointed")).to_have_count(0)


def test_the_map_can_be_passed(visit):
    page = visit("/carte/", width=1280)
    marks(page).first.wait_for()
    page.get_by_role("link", name="Passer la carte").press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="La même recherche en liste")).to_be_focused()


def test_marks_add_up_however_large_the_screen(visit):
    page = visit("/carte/", width=2560, height=1440)
    marks(page).first.wait_for()
    page.locator("[data-bdis-map]").focus()
    for _step in range(6):
        with page.expect_response(lambda r: "/api/v1/map" in r.url) as answer:
            page.keyboard.press("-")
        if "zoom=3" in answer.value.url:
            break
    features = page.request.get(answer.value.url).json()["features"]
    assert sum(feature["properties"]["count"] for feature in features) == 25
    assert page.faults == []


def test_a_listing_draws_the_area_it_serves(visit, addresses):
    page = visit(addresses["listing"])
    page.locator("#plan").scroll_into_view_if_needed()
    expect(page.locator("path.served")).to_have_count(1)
    expect(page.locator("#plan")).to_contain_text("le territoire desservi")
    assert page.faults == []
