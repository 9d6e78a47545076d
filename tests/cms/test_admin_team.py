"""The regional team sees who acts for an initiative, and invites its first owner."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from bdis_cms import membership
from bdis_cms.models import MemberRole
from bdis_cms.sitetree import (
    NATIONAL_GROUP,
    editors_group_name,
    ensure_site_tree,
    moderators_group_name,
)
from tests.cms.admin_client import logged_in, member
from tests.factories import InitiativeMemberFactory, InitiativePageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(territories):
    cache.clear()
    ensure_site_tree()
    return InitiativePageFactory(title="Les Paniers de Die", commune=territories.die)


@pytest.fixture
def editor(page, territories):
    return member("editrice", editors_group_name(territories.aura))


def at(name: str, page, *args) -> str:
    return reverse(f"bdis_team_admin:{name}", args=[page.pk, *args])


def test_an_editor_of_the_region_invites_the_first_owner(page, editor):
    client = logged_in(editor)
    assert "Personne n’agit encore" in client.get(at("team", page)).text
    answer = client.post(at("team", page), {"email": "une@exemple.fr", "role": "owner"})
    assert answer.url == at("team", page)
    assert mail.outbox[0].to == ["une@exemple.fr"]
    # By the name of the team: who works for the region is not known to who is invited.
    assert "L’équipe de l’annuaire" in mail.outbox[0].body
    assert page.invitations.get().role == MemberRole.OWNER
    assert "une@exemple.fr" in client.get(at("team", page)).text


def test_an_editor_revokes_and_removes_even_the_last_owner(page, editor):
    last = InitiativeMemberFactory(initiative=page, owner=True)
    membership.invite(page, email="une@exemple.fr", role="owner", by=editor)
    client = logged_in(editor)
    client.post(at("revoke", page, page.invitations.get().pk))
    client.post(at("remove", page, last.pk))
    assert not page.members.exists()
    assert not page.invitations.exists()


def test_a_second_invitation_to_a_member_is_refused_in_words(page, editor):
    owner = InitiativeMemberFactory(initiative=page, owner=True).user
    text = logged_in(editor).post(at("team", page), {"email": owner.email, "role": "owner"}).text
    assert "fait déjà partie de l’équipe" in text


def test_the_screen_does_not_exist_for_other_regions(page, editor, territories):
    last = InitiativeMemberFactory(initiative=page, owner=True)
    membership.invite(page, email="une@exemple.fr", role="owner", by=editor)
    mail.outbox.clear()
    for group in (editors_group_name(territories.paca), moderators_group_name(territories.paca)):
        client = logged_in(member(group[:9] + group[-3:], group))
        assert client.get(at("team", page)).status_code == 404
        data = {"email": "x@exemple.fr", "role": "owner"}
        assert client.post(at("team", page), data).status_code == 404
        assert client.post(at("remove", page, last.pk)).status_code == 404
        assert client.post(at("revoke", page, page.invitations.get().pk)).status_code == 404
    assert page.members.get() == last
    assert not mail.outbox
    assert logged_in(last.user).get(at("team", page)).status_code == 302  # no access to the admin


def test_the_national_team_and_moderators_enter(page, territories):
    for group in (NATIONAL_GROUP, moderators_group_name(territories.aura)):
        assert logged_in(member(group[:5], group)).get(at("team", page)).status_code == 200


def test_the_listing_and_its_header_lead_there(page, editor):
    client = logged_in(editor)
    for address in (
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        reverse("wagtailadmin_explore", args=[page.get_parent().pk]),
    ):
        assert at("team", page) in client.get(address).text


def test_a_member_of_another_initiative_is_not_removed_through_this_one(page, editor, territories):
    elsewhere = InitiativeMemberFactory(initiative__commune=territories.avignon, owner=True)
    assert logged_in(editor).post(at("remove", page, elsewhere.pk)).status_code == 404
    assert elsewhere.initiative.members.exists()
