"""Facets with scripts: values are looked for, branches open, nothing jumps."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from bdis_search.outbox import rebuild_index
from tests.factories import InitiativePageFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FRUITS = ("Cerise", "Épine-vinette", "Mûre", "Poire", "Figue", "Coing", "Prune", "Nèfle")
TREES = ("Chêne", "Hêtre", "Épicéa", "Frêne", "Orme", "Tilleul", "Aulne", "Saule")


@pytest.fixture
def directory(directory, territories) -> SimpleNamespace:
    """The directory of every browser test, and a listing with sixteen tags more."""
    InitiativePageFactory(title="Bavarde", commune=territories.die, tags=[*FRUITS, *TREES])
    rebuild_index()
    return directory


def shown(page, facet):
    return page.locator(f"#facette-{facet} .facet-value:visible span:first-of-type")


def test_values_are_looked_for_without_accents_and_counted(visit):
    page = visit("/recherche/")
    page.locator("#facette-tag > summary").click()
    field = page.locator("#chercher-tag")
    field.fill("epi")
    expect(shown(page, "tag")).to_have_text(["Épicéa", "Épine-vinette"])
    note = page.locator("#facette-tag [role=status]")
    expect(note).to_have_text("2 valeurs")
    field.fill("zzz")
    expect(note).to_have_text("Aucune valeur ne contient ces lettres.")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/recherche/$"))
    field.fill("mure")
    expect(shown(page, "tag")).to_have_text(["Mûre"])
    page.keyboard.press("Tab")
    expect(page.locator("#f-tag-mûre")).to_be_focused()
    page.keyboard.press("Space")
    page.wait_for_url("**/recherche/?tag=m%C3%BBre")
    expect(page.locator("h1")).to_have_text("1 initiative")
    # After the swap: the same field, the same letters, the keyboard where it was.
    expect(field).to_have_value("mure")
    expect(shown(page, "tag")).to_have_text(["Mûre"])
    expect(page.locator("#f-tag-mûre")).to_be_focused()
    field.focus()
    field.press("Escape")
    expect(field).to_have_value("")
    expect(page.locator("#f-tag-mûre")).to_be_checked()
    assert page.faults == []


def test_folded_values_unfold_and_the_keyboard_goes_to_the_first(visit):
    page = visit("/recherche/")
    page.locator("#facette-tag > summary").click()
    expect(shown(page, "tag")).to_have_count(8)
    page.locator("#facette-tag-suite summary").press("Enter")
    expect(shown(page, "tag")).to_have_count(17)
    expect(page.locator("#facette-tag .folded input").first).to_be_focused()
    page.keyboard.press("Space")
    page.wait_for_url("**tag=*")
    expect(page.locator("h1")).to_have_text("1 initiative")
    expect(shown(page, "tag")).to_have_count(17)


def test_a_branch_opens_and_stays_open_while_something_else_is_chosen(visit):
    page = visit("/recherche/")
    branch = page.locator("#b-activity-alimentation")
    branch.locator("summary").click()
    page.get_by_label("AMAP").check()
    expect(page.locator("h1")).to_have_text("12 initiatives")
    expect(branch).to_have_attribute("open", "")
    page.locator("#facette-family > summary").click()
    page.get_by_label("Légumes").check()
    page.wait_for_url("**activity=alimentation.legumes**")
    expect(page.locator(".chip")).to_have_count(3)
    # The reader closed it, although something is chosen in it.
    expect(page.locator("#facette-family")).not_to_have_attribute("open", "")


def test_taking_filters_off_leaves_the_keyboard_in_place(visit):
    page = visit("/recherche/?family=amap&tag=entraide")
    page.locator("#facette-family .facet-clear").press("Enter")
    page.wait_for_url("**/recherche/?tag=entraide")
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator("#facette-family > summary")).to_be_focused()
    page.locator(".facets-clear").press("Enter")
    page.wait_for_url("**/recherche/")
    expect(page.locator("h1")).to_have_text("26 initiatives")
    expect(page.locator("#filtres-titre")).to_be_focused()


def test_without_scripts_every_value_is_reached(visit):
    page = visit("/recherche/", java_script_enabled=False)
    page.locator("#facette-tag > summary").click()
    expect(shown(page, "tag")).to_have_count(8)
    page.locator("#facette-tag-suite summary").click()
    expect(shown(page, "tag")).to_have_count(17)
    expect(page.locator("#chercher-tag")).to_be_hidden()
