"""The space of an initiative is for its people, and for nobody else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail import hooks

from bdis_cms.checks import check_sign_in_page
from bdis_cms.sitetree import editors_group_name, ensure_site_tree
from bdis_cms.space.panels import HOOK, SpacePanel
from tests.cms.admin_client import logged_in, member
from tests.factories import InitiativeMemberFactory, InitiativePageFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(site_tree, territories):
    return InitiativePageFactory(title="Les Paniers de Die", commune=territories.die)


@pytest.fixture
def owner(page):
    return InitiativeMemberFactory(initiative=page, owner=True).user


@pytest.fixture
def contributor(page):
    return InitiativeMemberFactory(initiative=page).user


def home_of(page) -> str:
    return reverse("bdis_space:home", args=[page.pk])


def test_who_is_not_signed_in_is_sent_to_sign_in_and_comes_back(page, client, settings):
    settings.LOGIN_URL = "/connexion/"
    for address in ("/mon-espace/", home_of(page)):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.url == f"/connexion/?next={address}"
        assert answer["Cache-Control"] == "no-store, private"


def test_owners_and_contributors_enter_their_space(page, owner, contributor):
    for user in (owner, contributor):
        answer = logged_in(user).get(home_of(page))
        assert answer.status_code == 200
        assert "Les Paniers de Die" in answer.text
        assert answer["Cache-Control"] == "no-store, private"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_the_space_does_not_exist_for_others_whatever_their_rights_in_the_admin(page, territories):
    ensure_site_tree()
    others = [
        UserFactory(),
        UserFactory(is_superuser=True),
        member("editrice", editors_group_name(territories.aura)),
        InitiativeMemberFactory(owner=True, initiative__commune=territories.avignon).user,
    ]
    for user in others:
        assert logged_in(user).get(home_of(page)).status_code == 404


def test_the_only_initiative_opens_at_once(page, owner):
    assert logged_in(owner).get("/mon-espace/").url == home_of(page)


def test_several_initiatives_are_listed_in_a_constant_number_of_queries(
    page, owner, territories, django_assert_num_queries
):
    client = logged_in(owner)
    for n in range(2):
        other = InitiativePageFactory(title=f"Autre {n}", commune=territories.valence)
        InitiativeMemberFactory(initiative=other, user=owner)
    client.get("/mon-espace/")
    with CaptureQueriesContext(connection) as few:
        text = client.get("/mon-espace/").text
    assert "Autre 0" in text
    assert "Les Paniers de Die" in text
    for n in range(2, 12):
        other = InitiativePageFactory(title=f"Autre {n}", commune=territories.valence)
        InitiativeMemberFactory(initiative=other, user=owner)
    with django_assert_num_queries(len(few)):
        client.get("/mon-espace/")


def test_who_acts_for_nobody_is_told_whom_to_ask(site_tree):
    site_tree.aura.holder_name = "Réseau d’Auvergne"
    site_tree.aura.holder_email = "bonjour@reseau.exemple"
    site_tree.aura.save()
    text = logged_in(UserFactory()).get("/mon-espace/").text
    assert "bonjour@reseau.exemple" in text


def test_the_home_says_why_the_public_does_not_see_the_listing(page, owner):
    client = logged_in(owner)
    assert "Votre fiche est publique" in client.get(home_of(page)).text
    page.charter_valid_until = None
    page.save()
    text = client.get(home_of(page)).text
    assert "Le public ne voit pas votre fiche" in text
    assert page.hidden_because()[0] in text


def test_the_home_says_whom_to_ask(page, owner, site_tree):
    site_tree.aura.holder_email = "bonjour@reseau.exemple"
    site_tree.aura.save()
    assert "bonjour@reseau.exemple" in logged_in(owner).get(home_of(page)).text


def test_panels_of_other_parts_show_in_order_with_their_links_and_tasks(page, owner):
    def late(request, page):
        return SpacePanel(20, "Après", "components/notice.html", {"text": "Deuxième"})

    def early(request, page):
        return SpacePanel(
            10,
            "Avant",
            "components/notice.html",
            {"text": "Premier"},
            todo="Signez la charte",
            url="/mon-espace/charte/",
            label="Charte",
        )

    def silent(request, page):
        return None

    with (
        hooks.register_temporarily(HOOK, late),
        hooks.register_temporarily(HOOK, early),
        hooks.register_temporarily(HOOK, silent),
    ):
        text = logged_in(owner).get(home_of(page)).text
    assert '<a href="/mon-espace/charte/"' in text
    assert "Signez la charte" in text
    assert text.index("Premier") < text.index("Deuxième")


def test_public_pages_stay_the_same_for_all_who_are_not_signed_in(site_tree):
    answer = Client().get("/")
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert "/mon-espace/" in answer.text
    assert "/mon-espace/deconnexion/" not in answer.text


def test_who_is_signed_in_may_sign_out_from_every_page(page, owner):
    client = logged_in(owner)
    assert "/mon-espace/deconnexion/" in client.get("/").text
    assert client.get("/mon-espace/deconnexion/").status_code == 200
    assert client.get(home_of(page)).status_code == 200
    client.post("/mon-espace/deconnexion/")
    assert client.get(home_of(page)).status_code == 302


@pytest.mark.parametrize(
    ("login_url", "warned"),
    [
        ("wagtailadmin_login", False),
        ("/admin/login/", False),
        ("https://compte.exemple/", False),
        ("/accounts/login/", True),
        ("no-such-name", True),
    ],
)
def test_a_host_without_a_sign_in_page_is_warned(settings, login_url, warned):
    settings.LOGIN_URL = login_url
    assert [warning.id for warning in check_sign_in_page(None)] == ["bdis_cms.W002"] * warned
