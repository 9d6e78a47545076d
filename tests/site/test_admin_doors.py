"""The sign-in page of the admin: counted tries, teams only; one address for one account."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.cache import cache
from django.test import Client

from bdis_cms.sitetree import NATIONAL_GROUP, ensure_site_tree
from bdis_site.accounts.addresses import AddressTaken
from tests.cms.admin_client import logged_in, member
from tests.factories import InitiativeMemberFactory, UserFactory

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"
RESET = "/admin/password_reset/"


@pytest.fixture(autouse=True)
def _nothing_counted(site_tree):
    cache.clear()
    ensure_site_tree()


@pytest.fixture
def team():
    return member("magali", NATIONAL_GROUP)


@pytest.fixture
def mireille():
    return InitiativeMemberFactory(user__email="mireille@exemple.fr", owner=True).user


def sign_in(client, username="magali", password="motdepasse", **headers):
    data = {"username": username, "password": password}
    return client.post(LOGIN, data, headers=headers)


def test_tries_on_one_account_are_counted(client, team):
    for name in ("magali", "MAGALI", "magali", "Magali", "magali"):
        sign_in(client, name, "faux")
    assert "Trop d’essais" in sign_in(client).text
    assert "_auth_user_id" not in client.session
    cache.clear()
    assert sign_in(client).url == "/admin/"


def test_who_signs_in_rightly_is_not_counted(team):
    for _time in range(8):
        assert sign_in(Client()).url == "/admin/"


def test_tries_of_one_visitor_are_counted_and_shut_nobody_else_out(team):
    far = {"x-forwarded-for": "203.0.113.7"}
    for number in range(30):
        sign_in(Client(), f"personne-{number}", "faux", **far)
    assert "Trop d’essais" in sign_in(Client(), **far).text
    assert sign_in(Client(), **{"x-forwarded-for": "203.0.113.8"}).url == "/admin/"


@pytest.mark.parametrize("by", ["username", "email"])
def test_an_account_of_the_space_is_not_opened_by_the_door_of_the_teams(client, mireille, by):
    answer = sign_in(client, getattr(mireille, by))
    assert '<a href="/mon-espace/connexion/">' in answer.text
    assert "_auth_user_id" not in client.session


def test_links_to_choose_a_password_are_counted(team):
    for _time in range(5):
        answer = Client().post(RESET, {"email": "Magali@exemple.fr"})
    assert len(mail.outbox) == 3
    assert "Trop d’essais" in answer.text
    cache.clear()
    for number in range(25):
        UserFactory(username=f"n{number}")
        Client().post(RESET, {"email": f"n{number}@exemple.fr"})
    assert len(mail.outbox) == 23


def test_nobody_changes_the_address_of_their_account_in_the_admin(team, mireille):
    client = logged_in(team)
    assert 'name="name_email-email"' not in client.get("/admin/account/").text
    data = {"name_email-first_name": "M", "name_email-last_name": "E"}
    client.post("/admin/account/", data | {"name_email-email": mireille.email})
    team.refresh_from_db()
    assert team.email == "magali@exemple.fr"


def user_form(user, email):
    return {
        "username": user.username if user else "nouvelle",
        "first_name": "Magali",
        "last_name": "Esparron",
        "email": email,
        "is_active": "on",
        "password1": "" if user else "un-long-mot-de-passe",
        "password2": "" if user else "un-long-mot-de-passe",
    }


def test_an_address_is_given_to_one_account(team, mireille):
    admin = logged_in(UserFactory(is_superuser=True))
    for user, address in ((None, "/admin/users/new/"), (team, f"/admin/users/edit/{team.pk}/")):
        answer = admin.post(address, user_form(user, "MIREILLE@exemple.fr"))
        assert "a déjà un compte" in answer.text
    assert get_user_model().objects.get(email="mireille@exemple.fr") == mireille
    assert admin.post(address, user_form(team, "Autre@exemple.fr")).status_code == 302
    assert admin.post(address, user_form(team, "autre@exemple.fr")).status_code == 302
    answer = admin.post("/admin/users/new/", user_form(None, "nouvelle@exemple.fr"))
    assert answer.status_code == 302


def test_no_code_gives_an_account_an_address_that_another_has(team, mireille):
    team.email = "Mireille@exemple.fr"
    with pytest.raises(AddressTaken):
        team.save()
    team.email = ""
    team.save()
    UserFactory(email="")  # several have none


def test_two_accounts_of_one_address_can_still_be_saved_and_told_apart(team, mireille):
    """As they were before addresses were unique."""
    get_user_model().objects.filter(pk=team.pk).update(email=mireille.email)
    team.refresh_from_db()
    team.first_name = "Autre"
    team.save()
    team.email = "magali@exemple.fr"
    team.save()


def test_a_code_opens_no_account_when_two_have_the_address(client, team, mireille):
    get_user_model().objects.filter(pk=team.pk).update(email=mireille.email)
    EmailAddress.objects.create(user=team, email=mireille.email, verified=True, primary=True)
    client.post("/mon-espace/connexion/code/", {"email": mireille.email})
    assert [message.subject for message in mail.outbox] == ["Cette adresse n’a pas de compte"]
