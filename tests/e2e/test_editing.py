"""What an editor and a moderator do: write a listing from nothing, submit, publish."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from bdis_cms.models import OPEN_ENDED, InitiativePage
from bdis_cms.sitetree import editors_group_name, ensure_site_tree, moderators_group_name
from tests.factories.charter import CharterVersionFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PASSWORD = "un mot de passe de test"


@pytest.fixture
def sign_in(visit, directory):
    """Open the admin as a member of a group."""
    from wagtail.models import Collection

    Collection.objects.exists() or Collection.add_root(name="Root")
    ensure_site_tree()

    def open_admin(name: str, group: str, **options) -> Page:
        user = get_user_model().objects.create_user(name, f"{name}@exemple.fr", PASSWORD)
        user.groups.add(Group.objects.get(name=group))
        page = visit("/admin/login/", **options)
        page.fill("#id_username", name)
        page.fill("#id_password", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(re.compile(r"/admin/$"))
        page.wait_for_load_state("networkidle")
        return page

    return open_admin


def write_listing(page: Page) -> None:
    page.get_by_role("link", name="Rédiger une fiche").first.click()
    page.fill("#id_title", "Recyclerie du Diois")
    page.fill("#id_families-filter", "repair")
    page.get_by_label("Repair café").check()
    page.get_by_role("tab", name="Lieu").click()
    page.fill("#id_address", "12 rue du Viaduc")
    page.locator("#id_commune-search").press_sequentially("die")
    page.get_by_role("option", name="Die (26)").click()
    expect(page.locator("#id_postcode")).to_have_value("26150")
    page.get_by_role("button", name="Placer le point").click()
    page.locator("#id_served_territories-search").press_sequentially("drôme")
    page.get_by_role("option", name="Drôme (26)").click()
    page.get_by_role("tab", name="Activités").click()
    page.fill("#id_main_activity-filter", "légumes")
    page.locator("li:not([hidden]) input[name=main_activity]").last.check()


def test_a_listing_goes_from_nothing_to_the_public(sign_in, directory, territories):
    editor = sign_in("editrice", editors_group_name(territories.aura))
    write_listing(editor)
    editor.locator("button[name=action-submit]").first.evaluate("button => button.click()")
    expect(editor.get_by_text(re.compile("soumise pour modération")).first).to_be_visible()
    assert editor.faults == []

    page = InitiativePage.objects.get(title="Recyclerie du Diois")
    assert (page.commune.code, page.postcode) == ("26113", "26150")
    assert [area.code for area in page.served_areas.all()] == ["26"]
    assert page.main_activity.code == "alimentation.legumes"

    moderator = sign_in("moderateur", moderators_group_name(territories.aura))
    expect(moderator.locator(".bdis-work__item--review")).to_contain_text("1")
    CharterVersionFactory(in_force=True)
    moderator.goto(f"{directory.url}/admin/bdis/charter/sign/{page.pk}/")
    moderator.fill("[name=name]", "Aline Roux")
    moderator.fill("[name=capacity]", "gérante")
    moderator.check("[name=seen]")
    moderator.locator(".bdis-act button[type=submit]").click()
    moderator.wait_for_url(lambda url: "/charter/sign/" not in url)
    assert moderator.faults == []
    page.refresh_from_db()
    assert page.charter_valid_until == OPEN_ENDED


def test_the_point_follows_the_pointer_and_nothing_leaves_the_site(sign_in, directory, territories):
    listing = directory.listings[0]
    editor = sign_in("editrice", editors_group_name(territories.aura))
    editor.goto(f"{directory.url}/admin/pages/{listing.pk}/edit/", wait_until="networkidle")
    editor.get_by_role("tab", name="Lieu").click()
    marker = editor.locator(".leaflet-marker-icon")
    marker.scroll_into_view_if_needed()
    before = editor.input_value("#id_location")

    box = marker.bounding_box()
    editor.mouse.move(box["x"] + 12, box["y"] + 20)
    editor.mouse.down()
    editor.mouse.move(box["x"] + 40, box["y"] + 30, steps=4)
    editor.mouse.up()

    after = editor.input_value("#id_location")
    assert after != before
    assert re.fullmatch(r"SRID=4326;POINT\(-?\d+\.\d+ -?\d+\.\d+\)", after)
    assert editor.input_value("#id_point_precision") == "exact"
    assert editor.faults == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_admin_never_scrolls_sideways(sign_in, directory, territories, width):
    moderator = sign_in("moderateur", moderators_group_name(territories.aura), width=width)
    listing = directory.listings[0].pk

    for address in ("", f"pages/{listing}/edit/", f"bdis/initiatives/{listing}/suspend/"):
        moderator.goto(f"{directory.url}/admin/{address}", wait_until="networkidle")
        assert moderator.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        ), address
    assert moderator.faults == []
