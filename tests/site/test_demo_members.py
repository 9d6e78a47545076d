"""People of the demonstration act for its listings, and sign in to their space."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from bdis_cms.demo.accounts import MEMBERS, PASSWORD, PublicPasswordRefused, ensure_members
from bdis_cms.demo.content import SOURCE, demo_listings
from bdis_cms.models import MemberRole
from tests.factories import InitiativePageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def listings(site_tree, territories):
    cache.clear()
    return {
        code: InitiativePageFactory(commune=commune, source=SOURCE, external_id=code)
        for code, commune in (("pro-001", territories.avignon), ("ara-001", territories.die))
    }


def test_they_act_for_listings_that_exist():
    states = {listing.id: listing.state for listing in demo_listings()}
    named = {listing for member in MEMBERS for listing, _role in member.roles}
    assert {states[listing] for listing in named} == {"public"}
    assert {listing[:3] for listing in named} == {"pro", "ara"}


def test_they_join_once_and_a_second_run_changes_nothing(listings, settings):
    settings.DEBUG = True
    assert ensure_members() == len(MEMBERS)
    page = listings["pro-001"]
    owner = page.members.get(role=MemberRole.OWNER)
    assert page.members.get(role=MemberRole.CONTRIBUTOR).user.first_name == "Bastien"
    owner.delete()
    assert ensure_members() == 0
    assert page.members.count() == 1


def test_they_sign_in_with_their_address(listings, settings, client):
    settings.DEBUG = True
    ensure_members()
    data = {"login": MEMBERS[0].email, "password": PASSWORD}
    client.post("/mon-espace/connexion/", data)
    assert client.get("/mon-espace/").url == f"/mon-espace/{listings['pro-001'].pk}/"


def test_they_exist_in_development_only(listings, settings):
    settings.DEBUG = False
    with pytest.raises(PublicPasswordRefused):
        ensure_members()
