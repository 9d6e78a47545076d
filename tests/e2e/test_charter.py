"""The charter in a browser: read, compared, signed with the keyboard on a phone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import expect

from bdis_evaluation.charter.campaigns import put_in_force
from bdis_evaluation.charter.tokens import signing_token
from bdis_evaluation.models import CharterAdhesion
from tests.cms.admin_client import logged_in
from tests.factories import InitiativeMemberFactory
from tests.factories.charter import CharterVersionFactory, signed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def link(directory):
    """The link to sign the second version, after the first one was signed."""
    CharterVersionFactory(number=1, in_force=True)
    signed(directory.listing)
    second = CharterVersionFactory(
        number=2, articles=[("Démocratie", "<p>Une personne présente, une voix.</p>")]
    )
    put_in_force(second, user=None)
    token = signing_token(directory.listing, second, to="nadia@exemple.fr", moment="opening")
    return f"/charte/signer/{token}/"


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_the_pages_of_the_charter(visit, link, width):
    for path in ("/charte/", "/charte/versions/", "/charte/versions/2/comparer/1/", link):
        page = visit(path, width=width)
        report = Axe().run(page)
        assert not report.violations_count, report.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.faults == []


def test_the_charter_is_signed_from_the_link_with_the_keyboard_on_a_phone(visit, link):
    page = visit(link, width=390)
    page.get_by_label("Vos prénom et nom").focus()
    page.keyboard.type("Nadia Roux")
    page.keyboard.press("Tab")
    page.keyboard.type("gérante")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("La charte est signée")
    assert CharterAdhesion.objects.first().signatory.name == "Nadia Roux"


def test_an_owner_signs_in_the_space_and_prints_the_certificate(visit, directory, link):
    owner = InitiativeMemberFactory(initiative=directory.listing, owner=True).user
    session = logged_in(owner).cookies[settings.SESSION_COOKIE_NAME].value
    page = visit("/charte/", width=390)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": directory.url}]
    )
    space = f"{directory.url}/mon-espace/{directory.listing.pk}/charte/"
    page.goto(space)
    page.get_by_role("button", name="Signer la charte").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Vos prénom et nom").fill("Nadia Roux")
    page.get_by_label("À quel titre vous signez").fill("gérante")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Signer la charte").click()
    report = Axe().run(page)
    assert not report.violations_count, report.generate_report()
    page.get_by_role("link", name="Attestation à imprimer").click()
    expect(page.get_by_text("Une personne présente, une voix.")).to_be_visible()
    report = Axe().run(page)
    assert not report.violations_count, report.generate_report()
