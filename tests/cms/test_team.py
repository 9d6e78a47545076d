"""The people of an initiative: inviting, joining, changing, leaving."""

from __future__ import annotations

import datetime
import re

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import PageLogEntry

from bdis_cms import membership
from bdis_cms.membership_errors import (
    AlreadyMember,
    InvitationNotSent,
    InvitationOver,
    LastOwner,
    NotTheInvited,
    TeamFull,
    TooManyInvitations,
)
from bdis_cms.models import InitiativeInvitation, MemberRole
from tests.cms.admin_client import logged_in
from tests.factories import InitiativeMemberFactory, InitiativePageFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted():
    cache.clear()


@pytest.fixture
def page(site_tree, territories):
    return InitiativePageFactory(title="Les Paniers de Die", commune=territories.die)


@pytest.fixture
def owner(page):
    return InitiativeMemberFactory(
        initiative=page, owner=True, user__first_name="Mireille", user__last_name="Aubert"
    ).user


@pytest.fixture
def contributor(page):
    return InitiativeMemberFactory(initiative=page).user


def at(name: str, page, *args) -> str:
    return reverse(f"bdis_space:{name}", args=[page.pk, *args])


def invited(page, email="Nouvelle@Exemple.FR", role="contributor", by=None) -> str:
    """Invite, and return the path of the link that the e-mail holds."""
    membership.invite(page, email=email, role=role, by=by)
    return re.search(r"/mon-espace/invitation/[\w-]+/", mail.outbox[-1].body).group()


def test_an_owner_invites_and_the_link_is_in_the_mail_only(page, owner):
    answer = logged_in(owner).post(
        at("team", page), {"email": "Nouvelle@Exemple.fr", "role": "contributor"}, follow=True
    )
    assert "nouvelle@exemple.fr" in answer.text
    message = mail.outbox[0]
    assert message.to == ["nouvelle@exemple.fr"]
    assert "Mireille Aubert" in message.body
    assert "Les Paniers de Die" in message.subject
    token = re.search(r"invitation/([\w-]+)/", message.body).group(1)
    assert token in message.alternatives[0][0]
    stored = InitiativeInvitation.objects.get()
    assert token not in str(stored.__dict__)
    assert stored.token_hash == membership.hash_of(token)


def test_a_contributor_neither_invites_nor_changes_anybody(page, owner, contributor):
    client = logged_in(contributor)
    other = page.members.get(user=owner)
    membership.invite(page, email="x@exemple.fr", role="owner", by=owner)
    waiting = page.invitations.get()
    assert client.get(at("team", page)).status_code == 200
    for address, data in (
        (at("team", page), {"email": "y@exemple.fr", "role": "owner"}),
        (at("member_role", page, other.pk), {"role": "contributor"}),
        (at("member_role", page, page.members.get(user=contributor).pk), {"role": "owner"}),
        (at("member_remove", page, other.pk), {}),
        (at("invitation_revoke", page, waiting.pk), {}),
    ):
        assert client.post(address, data).status_code == 403
    assert page.members.filter(role=MemberRole.OWNER).get().user == owner
    assert page.invitations.get() == waiting


def test_addresses_of_the_team_show_to_owners_only(page, owner, contributor):
    assert owner.email not in logged_in(contributor).get(at("team", page)).text
    assert contributor.email in logged_in(owner).get(at("team", page)).text


def test_the_public_sees_nothing_of_the_team(page, owner, client):
    invited(page, by=owner)
    for address in (page.url, f"/api/v1/initiatives/{page.pk}"):
        answer = client.get(address)
        assert answer.status_code == 200
        for secret in (owner.email, "Mireille", "Aubert", "nouvelle@exemple.fr"):
            assert secret not in answer.text


def test_the_team_of_another_initiative_does_not_exist(page, owner, territories):
    stranger = InitiativeMemberFactory(owner=True, initiative__commune=territories.avignon)
    member = page.members.get(user=owner)
    client = logged_in(stranger.user)
    own = stranger.initiative
    assert client.get(at("team", page)).status_code == 404
    assert client.post(at("member_remove", page, member.pk)).status_code == 404
    # Nor through the address of one's own.
    assert client.post(at("member_remove", own, member.pk)).status_code == 404
    assert client.post(at("member_role", own, member.pk), {"role": "owner"}).status_code == 404
    assert page.members.count() == 1


def test_an_invitation_opens_an_account_and_joins(page, owner, client):
    link = invited(page, by=owner)
    shown = client.get(link)
    assert "Mireille Aubert vous invite" in shown.text
    assert shown["Cache-Control"] == "no-store, private"
    answer = client.post(
        link, {"first_name": "Léa", "last_name": "Roux", "password": "un-long-mot-de-passe"}
    )
    assert answer.url == at("home", page)
    user = get_user_model().objects.get(email="nouvelle@exemple.fr")
    assert user.check_password("un-long-mot-de-passe")
    assert (user.get_full_name(), user.is_staff, user.groups.count()) == ("Léa Roux", False, 0)
    assert page.members.get(user=user).role == MemberRole.CONTRIBUTOR
    assert "Bienvenue" in client.get(at("home", page)).text


def test_every_form_holds_its_token(page, owner, contributor):
    """Forms lie in components that get what they are given only: the token must be given."""
    link = invited(page, by=owner)
    client = Client(enforce_csrf_checks=True)
    text = client.get(link).text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text).group(1)
    data = {"first_name": "Léa", "last_name": "Roux", "password": "un-long-mot-de-passe"}
    assert client.post(link, data).status_code == 403
    assert client.post(link, data | {"csrfmiddlewaretoken": token}).status_code == 302
    invited(page, email="autre@exemple.fr", by=owner)
    text = logged_in(owner).get(at("team", page)).text
    forms = re.findall(r'<form\s+method="post".*?</form>', text, re.DOTALL)
    others = [form for form in forms if "/langue/" not in form]
    assert len(others) == 5  # a role for each of three people, an invitation taken back, a new one
    assert all("csrfmiddlewaretoken" in form for form in others)


def test_opening_the_link_changes_nothing(page, owner, client):
    client.get(invited(page, by=owner))
    assert page.members.count() == 1
    assert page.invitations.open().exists()


def test_a_weak_password_is_refused(page, owner, client):
    link = invited(page, by=owner)
    answer = client.post(link, {"first_name": "Léa", "last_name": "Roux", "password": "12345"})
    assert answer.status_code == 200
    assert not get_user_model().objects.filter(email="nouvelle@exemple.fr").exists()


def test_a_password_may_be_left_out_only_where_codes_let_in(page, owner, client, settings):
    link = invited(page, by=owner)
    names = {"first_name": "Léa", "last_name": "Roux", "password": ""}
    settings.BDIS_SIGN_IN_BY_CODE = False
    client.post(link, names)
    assert page.members.count() == 1
    settings.BDIS_SIGN_IN_BY_CODE = True
    client.post(link, names)
    assert page.members.count() == 2
    assert not get_user_model().objects.get(email="nouvelle@exemple.fr").has_usable_password()


def test_a_link_serves_once(page, owner, client):
    link = invited(page, by=owner)
    data = {"first_name": "Léa", "last_name": "Roux", "password": "un-long-mot-de-passe"}
    client.post(link, data)
    client.logout()
    assert client.get(link).status_code == 404
    assert client.post(link, data).status_code == 404
    assert page.members.count() == 2


def test_a_link_that_comes_too_late_or_was_revoked_or_replaced_opens_nothing(page, owner, client):
    with time_machine.travel(datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=15)):
        late = invited(page, by=owner)
    assert client.get(late).status_code == 404
    replaced = invited(page, by=owner)
    revoked = invited(page, by=owner)
    assert client.get(replaced).status_code == 404
    assert client.get(revoked).status_code == 200
    logged_in(owner).post(at("invitation_revoke", page, page.invitations.get().pk))
    assert client.get(revoked).status_code == 404
    assert client.get("/mon-espace/invitation/inventee/").status_code == 404


def test_who_has_an_account_signs_in_first(page, owner, client, settings):
    settings.LOGIN_URL = "/connexion/"
    user = UserFactory(email="Nouvelle@exemple.fr")
    link = invited(page, email="nouvelle@EXEMPLE.fr", by=owner)
    text = client.get(link).text
    assert f"/connexion/?next={link}" in text
    assert "last_name" not in text
    # Whatever is posted: no second account, nobody joins.
    client.post(link, {"first_name": "X", "last_name": "Y", "password": "un-long-mot-de-passe"})
    assert page.members.count() == 1
    client.force_login(user)
    assert client.post(link).url == at("home", page)
    assert page.members.get(user=user)


def test_another_account_does_not_join(page, owner, client):
    link = invited(page, by=owner)
    client.force_login(UserFactory())
    assert "pour une autre adresse" in client.get(link).text
    client.post(link)
    assert page.members.count() == 1
    with pytest.raises(NotTheInvited):
        membership.accept(page.invitations.get(), user=UserFactory())
    answer = client.post(f"/mon-espace/deconnexion/?next={link}")
    assert answer.url == link


def test_signing_out_leads_to_no_other_site(client, settings):
    settings.LOGIN_URL = "/connexion/"
    answer = client.post("/mon-espace/deconnexion/?next=https://ailleurs.exemple/")
    assert answer.url == "/connexion/"


def test_an_invitation_never_lowers_a_role(page, owner, contributor):
    invitation = InitiativeInvitation(
        initiative=page,
        email=owner.email,
        role=MemberRole.CONTRIBUTOR,
        token_hash="a",
        expires_at=datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1),
    )
    invitation.save()
    membership.accept(invitation, user=owner)
    assert page.members.get(user=owner).role == MemberRole.OWNER
    with pytest.raises(InvitationOver):
        membership.accept(invitation, user=owner)


def test_the_last_owner_neither_leaves_nor_steps_down(page, owner, contributor):
    member = page.members.get(user=owner)
    with pytest.raises(LastOwner):
        membership.remove(member, by=owner)
    with pytest.raises(LastOwner):
        membership.change_role(member, role=MemberRole.CONTRIBUTOR, by=owner)
    client = logged_in(owner)
    text = client.post(at("member_remove", page, member.pk), follow=True).text
    assert "n’aurait plus de responsable" in text
    text = client.post(
        at("member_role", page, member.pk), {"role": "contributor"}, follow=True
    ).text
    assert "n’aurait plus de responsable" in text
    client.post(at("member_role", page, page.members.get(user=contributor).pk), {"role": "owner"})
    assert client.get(at("member_remove", page, member.pk)).status_code == 200
    client.post(at("member_remove", page, member.pk))
    assert page.members.get().user == contributor
    assert client.get(at("home", page)).status_code == 404


def test_a_contributor_leaves_alone(page, owner, contributor):
    client = logged_in(contributor)
    client.post(at("member_remove", page, page.members.get(user=contributor).pk))
    assert page.members.get().user == owner


def test_who_is_removed_leaves_no_door_behind(page, owner, contributor):
    second = InitiativeMemberFactory(initiative=page, owner=True)
    invited(page, by=second.user)
    membership.remove(second, by=owner)
    assert not page.invitations.exists()
    third = InitiativeMemberFactory(initiative=page, owner=True)
    invited(page, by=third.user)
    membership.change_role(third, role=MemberRole.CONTRIBUTOR, by=owner)
    assert not page.invitations.exists()


def test_inviting_is_bounded(page, owner, monkeypatch):
    with pytest.raises(AlreadyMember):
        membership.invite(page, email=owner.email.upper(), role="owner", by=owner)
    for _time in range(5):
        invited(page, by=owner)
    with pytest.raises(TooManyInvitations):
        invited(page, by=owner)
    assert page.invitations.count() == 1
    for n in range(14):
        invited(page, email=f"p{n}@exemple.fr", by=owner)
    with pytest.raises(TooManyInvitations):
        invited(page, email="encore@exemple.fr", by=owner)
    cache.clear()
    monkeypatch.setattr(membership, "MOST_PEOPLE", 16)
    with pytest.raises(TeamFull):
        invited(page, email="encore@exemple.fr", by=owner)


def test_nothing_is_kept_of_an_invitation_that_is_not_sent(page, owner, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError("no mail server")

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", broken)
    with pytest.raises(InvitationNotSent):
        membership.invite(page, email="x@exemple.fr", role="owner", by=owner)
    assert not page.invitations.exists()
    answer = logged_in(owner).post(at("team", page), {"email": "x@exemple.fr", "role": "owner"})
    assert "pas pu partir" in answer.text


def test_joining_is_throttled(client):
    link = "/mon-espace/invitation/inventee/"
    answers = [client.post(link).status_code for _time in range(21)]
    assert answers == [404] * 20 + [429]


def test_what_invitations_hold_of_people_is_erased_in_time(page, owner):
    with time_machine.travel(datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=50)):
        invited(page, email="vieille@exemple.fr", by=owner)
    invited(page, by=owner)
    assert page.invitations.get().email == "nouvelle@exemple.fr"


def test_the_history_tells_acts_without_naming_whom_they_are_about(page, owner, contributor):
    invited(page, by=owner)
    membership.accept(page.invitations.get(), user=UserFactory(email="nouvelle@exemple.fr"))
    membership.change_role(page.members.get(user=contributor), role=MemberRole.OWNER, by=owner)
    membership.remove(page.members.get(user=contributor), by=owner)
    invited(page, email="autre@exemple.fr", by=owner)
    membership.revoke(page.invitations.waiting().get(), by=owner)
    entries = PageLogEntry.objects.filter(page=page.pk, action__startswith="bdis_cms.member")
    assert [entry.action for entry in entries.order_by("pk")] == [
        membership.LOG_INVITE,
        membership.LOG_JOIN,
        membership.LOG_ROLE,
        membership.LOG_REMOVE,
        membership.LOG_INVITE,
        membership.LOG_REVOKE,
    ]
    assert all(set(entry.data) == {"role"} for entry in entries)


def test_the_team_page_costs_the_same_for_two_people_and_for_twenty(
    page, owner, contributor, django_assert_num_queries
):
    client = logged_in(owner)
    invited(page, by=owner)
    client.get(at("team", page))
    with CaptureQueriesContext(connection) as few:
        client.get(at("team", page))
    for n in range(10):
        InitiativeMemberFactory(initiative=page)
        invited(page, email=f"p{n}@exemple.fr", by=owner)
    with django_assert_num_queries(len(few)):
        client.get(at("team", page))
