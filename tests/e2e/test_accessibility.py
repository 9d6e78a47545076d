"""What a keyboard, a screen reader, a small screen and a printer meet."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = [
    "home",
    "search",
    "nothing found",
    "map",
    "listing",
    "region",
    "nomenclature",
    "activity",
    "unknown",
]
FOCUSABLE = "a[href], button, input:not([type=hidden]), select, summary, [tabindex='0']"


@pytest.mark.parametrize(("width", "colours"), [(390, "light"), (1280, "light"), (1280, "dark")])
def test_axe_finds_nothing_on_public_pages(visit, addresses, colours, width):
    found = {}
    for name in PAGES:
        page = visit(addresses[name], width=width, color_scheme=colours)
        report = Axe().run(page)
        if report.violations_count:
            found[name] = report.generate_report()
    assert not found, "\n".join(f"{name}\n{text}" for name, text in found.items())


def test_the_keyboard_alone_reaches_everything(visit, addresses):
    missed = {name: reached_by_tab(visit(addresses[name])) for name in PAGES}
    assert missed == {name: ([], []) for name in PAGES}


def reached_by_tab(page):
    """Return what Tab never reaches, and what shows no focus, both as HTML."""
    page.evaluate(
        """selector => {
            window.expected = [...document.querySelectorAll(selector)].filter(e =>
                e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0);
            window.reached = new Set();
            window.unmarked = [];
            document.addEventListener("focusin", ({target}) => {
                window.reached.add(target);
                const style = getComputedStyle(target);
                const other = target.closest("svg, .card, .leaflet-container");
                if (style.outlineStyle === "none" && !other)
                    window.unmarked.push(target.outerHTML.slice(0, 120));
            });
        }""",
        FOCUSABLE,
    )
    for _step in range(page.evaluate("window.expected.length") + 40):
        page.keyboard.press("Tab")
    missed = page.evaluate(
        "window.expected.filter(e => !window.reached.has(e)).map(e => e.outerHTML.slice(0, 120))"
    )
    return missed, page.evaluate("window.unmarked")


def test_nothing_overflows_a_narrow_screen_or_a_zoomed_one(visit, addresses):
    width = 320  # of 1280 at 400 %
    widths = {
        name: visit(addresses[name], width=width, height=640).evaluate(
            "document.documentElement.scrollWidth"
        )
        for name in PAGES
    }
    assert {name: found for name, found in widths.items() if found > width} == {}


def test_targets_of_a_touch_screen_are_large_enough(visit, addresses):
    page = visit(addresses["search"], width=390, has_touch=True, is_mobile=True)
    small = page.evaluate(
        """() => [...document.querySelectorAll("main :is(a[href], button, select, summary)")]
            .filter(e => e.checkVisibility() && !e.closest("h2, p.muted"))
            .filter(e => e.getBoundingClientRect().height < 44)
            .map(e => e.outerHTML.slice(0, 100))"""
    )
    assert small == []


def test_a_listing_prints_on_one_page(visit, addresses):
    page = visit(addresses["listing"])
    page.emulate_media(media="print")
    pdf = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


def test_the_filters_of_a_phone_open_as_a_sheet_and_give_the_focus_back(visit, addresses):
    page = visit(addresses["search"], width=390)
    sheet = page.locator("#filtres")
    page.get_by_role("link", name="Filtrer").click()
    expect(page.get_by_role("dialog", name="Filtrer")).to_be_visible()
    expect(page.locator("#filtres-titre")).to_be_focused()
    expect(page.locator(".search-main")).to_have_attribute("inert", "")
    for _step in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "[document.body, null].includes(document.activeElement)"
            " || !!document.activeElement.closest('#filtres')"
        )
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page.locator(".search-main")).not_to_have_attribute("inert", "")
    expect(page.locator("#vers-filtres")).to_be_focused()


def test_back_closes_the_sheet_and_keeps_what_was_chosen(visit):
    page = visit("/recherche/", width=390)
    page.get_by_role("link", name="Filtrer").click()
    page.get_by_label("AMAP").check()
    actions = page.locator(".facets-actions button:visible")
    expect(actions).to_have_text("Voir les 12 initiatives")
    page.get_by_label("Repair café").check()
    expect(actions).to_have_text("Voir les 25 initiatives")
    page.get_by_label("AMAP").uncheck()
    expect(actions).to_have_text("Voir les 13 initiatives")
    expect(page.locator("#filtres")).to_be_visible()
    page.go_back()
    expect(page.locator("#filtres")).to_be_hidden()
    expect(page.locator("h1")).to_have_text("13 initiatives")
    expect(page).to_have_url(re.compile(r"/recherche/\?family=repair-cafe$"))
    page.get_by_role("link", name="Filtrer (1)").click()
    actions.click()
    expect(page.locator("#filtres")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/recherche/\?family=repair-cafe$"))
    assert page.faults == []
