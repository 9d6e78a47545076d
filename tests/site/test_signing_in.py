"""Signing in to the space: who has an account is told to nobody, and tries are counted."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse

from bdis_site.accounts import urls
from tests.factories import InitiativeMemberFactory, UserFactory

pytestmark = pytest.mark.django_db

SIGN_IN = "/mon-espace/connexion/"
BY_CODE = "/mon-espace/connexion/code/"
TYPE_CODE = "/mon-espace/connexion/code/saisie/"
RESET = "/mon-espace/mot-de-passe/"


@pytest.fixture(autouse=True)
def _nothing_counted(site_tree):
    cache.clear()


@pytest.fixture
def member():
    return InitiativeMemberFactory(user__email="Mireille@Exemple.fr", owner=True)


def sign_in(client, email="mireille@exemple.fr", password="motdepasse", **query):
    data = {"login": email, "password": password, **query}
    return client.post(SIGN_IN, data)


def test_the_space_leads_to_its_own_sign_in_page_and_the_admin_to_its_own(client, member):
    home = reverse("bdis_space:home", args=[member.initiative_id])
    assert client.get(home).url == f"{SIGN_IN}?next={home}"
    assert client.get("/admin/").url.startswith("/admin/login/")
    assert sign_in(client, next=home).url == home


@pytest.mark.parametrize("email", ["mireille@exemple.fr", "MIREILLE@exemple.FR "])
def test_an_address_is_known_however_it_is_written(client, member, email):
    assert sign_in(client, email).url == "/mon-espace/"
    assert client.get("/mon-espace/").status_code == 302


def test_a_code_lets_in_once_whatever_the_case_of_the_address(client, member):
    assert client.post(BY_CODE, {"email": "MIREILLE@exemple.fr"}).url == TYPE_CODE
    code = re.search(r"^    (\S+)$", mail.outbox[0].body, re.MULTILINE).group(1)
    assert mail.outbox[0].to == ["mireille@exemple.fr"]
    assert client.post(TYPE_CODE, {"code": code}).url == "/mon-espace/"
    other = Client()
    assert other.post(TYPE_CODE, {"code": code}).url == BY_CODE


def test_a_wrong_code_gives_three_tries(client, member):
    client.post(BY_CODE, {"email": member.user.email})
    text = client.post(TYPE_CODE, {"code": "AAAA-AAAA"}).text
    assert "Ce n’est pas le code" in text
    client.post(TYPE_CODE, {"code": "AAAA-AAAA"})
    assert client.post(TYPE_CODE, {"code": "AAAA-AAAA"}).url == BY_CODE


def test_no_page_tells_whether_an_address_has_an_account(member):
    for address, field in ((BY_CODE, "email"), (RESET, "email")):
        answers = []
        for email in (member.user.email, "inconnue@exemple.fr"):
            answer = Client().post(address, {field: email}, follow=True)
            answers.append(without_tokens(answer.text).replace(email, "…"))
        assert answers[0] == answers[1]
    wrong = [
        without_tokens(sign_in(Client(), email, "autre").text).replace(email, "…")
        for email in (member.user.email, "inconnue@exemple.fr")
    ]
    assert wrong[0] == wrong[1]
    assert "ne vont pas ensemble" in wrong[0]
    # Each mailbox gets one e-mail in both cases: neither their number nor the time they take tells.
    assert [message.to[0] for message in mail.outbox] == [
        "mireille@exemple.fr",
        "inconnue@exemple.fr",
    ] * 2


def without_tokens(text: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def test_a_password_is_chosen_anew_by_a_link_that_serves_once(client, member):
    client.post(RESET, {"email": member.user.email}, headers={"host": "mechant.exemple"})
    link = re.search(r"https?://\S+", mail.outbox[0].body).group()
    assert link.startswith(f"{settings.WAGTAILADMIN_BASE_URL}/mon-espace/mot-de-passe/nouveau/")
    path = link.removeprefix(settings.WAGTAILADMIN_BASE_URL)
    form = client.get(path, follow=True)
    here = form.redirect_chain[-1][0]
    assert path != here
    assert client.post(here, {"password1": "court"}).status_code == 200
    client.post(here, {"password1": "un-autre-mot-de-passe"})
    assert sign_in(Client(), password="un-autre-mot-de-passe").status_code == 302
    assert "n’est plus valable" in Client().get(path, follow=True).text


def test_tries_are_counted(client, member):
    for _time in range(5):
        sign_in(client, password="faux")
    assert "Trop d’essais" in sign_in(client).text
    assert client.get("/mon-espace/").status_code == 302
    cache.clear()
    # Behind a proxy of this machine, by visitor: one does not shut the others out.
    far = {"x-forwarded-for": "203.0.113.7"}
    tries = [client.post(SIGN_IN, {}, headers=far).status_code for _time in range(31)]
    assert tries[-1] == 429
    assert client.get(SIGN_IN, headers={"x-forwarded-for": "203.0.113.8"}).status_code == 200


def test_codes_to_one_address_are_counted(member):
    for _time in range(4):
        Client().post(BY_CODE, {"email": member.user.email})
    assert len(mail.outbox) == 3


def test_nobody_signs_up_without_an_invitation(client):
    assert "invitation" in client.get("/mon-espace/compte/").text
    data = {"email": "intruse@exemple.fr", "password1": "un-long-mot-de-passe"}
    client.post("/mon-espace/compte/", data)
    assert not mail.outbox
    assert client.get("/mon-espace/").url.startswith(SIGN_IN)


def test_a_closed_account_does_not_enter(client, member):
    member.user.is_active = False
    member.user.save()
    assert sign_in(client).status_code in (200, 302)
    assert client.get("/mon-espace/").url.startswith(SIGN_IN)
    client.post(BY_CODE, {"email": member.user.email})
    assert "aucun compte" in mail.outbox[0].body


def test_an_address_that_an_account_left_lets_nobody_in(client, member):
    user = member.user
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    user.email = "Nouvelle@exemple.fr"
    user.save()
    assert user.email == "nouvelle@exemple.fr"
    client.post(BY_CODE, {"email": "mireille@exemple.fr"})
    assert "aucun compte" in mail.outbox[0].body


def test_addresses_written_before_are_lowered_by_migrate(member):
    from django.contrib.auth import get_user_model

    from bdis_site.accounts.addresses import lower_addresses

    get_user_model().objects.filter(pk=member.user.pk).update(email="Mireille@Exemple.fr")
    lower_addresses(None)
    member.user.refresh_from_db()
    assert member.user.email == "mireille@exemple.fr"


def test_every_page_of_allauth_that_exists_has_our_look(client):
    """Each is reached as a visitor; those of allauth that we do not dress have no address."""
    arguments = {"account_reset_password_from_key": ["1", "set-password"]}
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        address = reverse(pattern.name, args=arguments.get(pattern.name, []))
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        assert 'class="site-header"' in answer.text, address
        assert answer["Cache-Control"] == "no-store, private", address
        assert answer["X-Robots-Tag"] == "noindex, nofollow", address
        assert "http" not in answer["Content-Security-Policy"], address
        assert "unsafe-inline" not in answer["Content-Security-Policy"], address
    for name in (
        "account_email",
        "account_logout",
        "account_change_password",
        "account_set_password",
        "account_reauthenticate",
        "account_email_verification_sent",
    ):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_mails_are_in_french_and_say_where_they_come_from(client, member):
    client.post(BY_CODE, {"email": member.user.email})
    client.post(RESET, {"email": member.user.email})
    client.post(RESET, {"email": "inconnue@exemple.fr"})
    subjects = [message.subject for message in mail.outbox]
    assert subjects == [
        "Votre code de connexion",
        "Choisissez un nouveau mot de passe",
        "Cette adresse n’a pas de compte",
    ]
    assert all("BDIS" in message.from_email for message in mail.outbox)
    assert all(len(message.alternatives) == 1 for message in mail.outbox)


def test_a_mail_that_does_not_go_is_said(client, member, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", broken)
    text = client.post(BY_CODE, {"email": member.user.email}, follow=True).text
    assert "n’a pas pu partir" in text


def test_who_has_only_an_account_of_the_admin_signs_in_here_too(client):
    UserFactory(email="redaction@exemple.fr")
    assert sign_in(client, "redaction@exemple.fr").url == "/mon-espace/"
    assert client.get("/mon-espace/").status_code == 200
