"""Somebody asked for their opinion answers on a phone, with a keyboard; the initiative reads it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import expect

from bdis_evaluation.evaluating.saving import Given, save_answer
from tests.evaluation.coevaluating import (
    KEY,
    answered,
    asked,
    closed,
    guest_url,
    opened,
    space_url,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def shared(directory, territories):
    cache.clear()
    return opened(territories)


def sign_in(page, user, url):
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": url}])


def press_until(page, locator, key="Tab", most=80):
    """Press a key until the focus is on ``locator``."""
    for _time in range(most):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    expect(locator).to_be_focused()


def axe_finds_nothing(page):
    report = Axe().run(page)
    assert not report.violations_count, report.generate_report()


def test_a_guest_answers_by_keyboard_on_a_phone_leaves_comes_back_and_finishes(visit, shared):
    invitation, token = asked(shared.evaluation)
    page = visit(guest_url(token), **PHONE)
    axe_finds_nothing(page)
    press_until(page, page.get_by_role("link", name="Commencer"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gouvernance démocratique")
    axe_finds_nothing(page)
    unknown = page.get_by_label("Je ne sais pas").first
    press_until(page, unknown)
    page.keyboard.press("ArrowUp")
    expect(page.locator(f"[name='q-{KEY}']").nth(3)).to_be_checked()
    page.keyboard.press("ArrowUp")
    expect(page.locator(f"[name='q-{KEY}']").nth(2)).to_be_checked()
    press_until(page, page.locator("summary", has_text="Ajouter un commentaire").first)
    page.keyboard.press("Enter")
    press_until(page, page.locator(f"#q-{KEY}-mot"))
    page.keyboard.type("On se sent écoutés.")
    press_until(page, page.get_by_role("button", name="Enregistrer et continuer"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Qualité des emplois")
    faults = page.faults
    page = visit(guest_url(token), **PHONE)
    press_until(page, page.get_by_role("link", name="Continuer"))
    expect(page.get_by_text("Réponses\u202f: 1 sur 2")).to_be_visible()
    press_until(page, page.get_by_role("button", name="J’ai terminé"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Merci")
    axe_finds_nothing(page)
    assert page.context.cookies() == []
    assert page.faults == faults == []
    answer = invitation.answers.get()
    assert (answer.value, answer.comment) == (2, "On se sent écoutés.")


@pytest.mark.parametrize(("width", "colours"), [(390, "light"), (1280, "dark")])
def test_axe_finds_nothing_in_the_pages_of_the_gathering(visit, directory, shared, width, colours):
    save_answer(shared.evaluation, KEY, Given(3), base=0, user=None)
    for _time in range(4):
        answered(shared.evaluation, 0, comment="Nous aimerions être prévenus plus tôt.")
    page = visit("/", width=width, color_scheme=colours)
    sign_in(page, shared.owner, directory.url)
    before = ("gathering", "peers", "gather", "external")
    after = ("gathering", "crossed", "meeting")
    for name in before:
        page.goto(directory.url + space_url(shared.evaluation, name))
        axe_finds_nothing(page)
    closed(shared.evaluation)
    for name in after:
        page.goto(directory.url + space_url(shared.evaluation, name))
        axe_finds_nothing(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
