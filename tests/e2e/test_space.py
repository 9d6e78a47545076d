"""The space of an initiative, as its people go through it."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import expect

from bdis_cms import membership
from tests.factories import InitiativeMemberFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIGN_IN = "/mon-espace/connexion/"


@pytest.fixture
def owner(directory):
    cache.clear()
    return InitiativeMemberFactory(
        initiative=directory.listing,
        owner=True,
        user__first_name="Mireille",
        user__email="mireille@exemple.fr",
    ).user


def sign_in(page, email="mireille@exemple.fr"):
    page.get_by_label("Adresse de courriel").fill(email)
    page.get_by_label("Mot de passe").fill("motdepasse")
    page.get_by_role("button", name="Se connecter").click()


def invitation_link(directory, owner, email) -> str:
    membership.invite(directory.listing, email=email, role="contributor", by=owner)
    return re.search(r"/mon-espace/invitation/[\w-]+/", mail.outbox[-1].body).group()


@pytest.mark.parametrize(("width", "colours"), [(390, "light"), (1280, "dark")])
def test_axe_finds_nothing_in_the_space(visit, directory, owner, width, colours):
    link = invitation_link(directory, owner, "jean@exemple.fr")
    page = visit(link, width=width, color_scheme=colours)
    found = {"invitation": Axe().run(page)}
    outside = [
        SIGN_IN,
        "/mon-espace/connexion/code/",
        "/mon-espace/mot-de-passe/",
        "/mon-espace/mot-de-passe/envoye/",
        "/mon-espace/compte/",
        "/mon-espace/deconnexion/",
        "/mon-espace/invitation/inventee/",
    ]
    home = f"/mon-espace/{directory.listing.pk}/"
    member = directory.listing.members.get()
    inside = [home, f"{home}equipe/", f"{home}equipe/{member.pk}/retirer/"]
    for address in outside:
        page.goto(directory.url + address)
        found[address] = Axe().run(page)
    page.goto(directory.url + home)
    sign_in(page, "personne@exemple.fr")
    expect(page.get_by_role("alert")).to_contain_text("ne vont pas ensemble")
    found["refused"] = Axe().run(page)
    sign_in(page)
    expect(page).to_have_url(directory.url + home)
    for address in inside:
        page.goto(directory.url + address)
        found[address] = Axe().run(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    wrong = {name: one.generate_report() for name, one in found.items() if one.violations_count}
    assert not wrong, "\n".join(f"{name}\n{text}" for name, text in wrong.items())
    assert [fault for fault in page.faults if "404" not in fault] == []


def test_somebody_is_invited_and_joins_without_javascript(visit, directory, owner):
    page = visit(f"/mon-espace/{directory.listing.pk}/equipe/", java_script_enabled=False)
    sign_in(page)
    page.get_by_label("Adresse de courriel").fill("lea@exemple.fr")
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.get_by_text("L’invitation est envoyée à lea@exemple.fr.")).to_be_visible()
    link = re.search(r"/mon-espace/invitation/[\w-]+/", mail.outbox[-1].body).group()
    other = visit(link, java_script_enabled=False, width=390)
    other.get_by_label("Prénom").fill("Léa")
    other.get_by_label("Nom", exact=True).fill("Roux")
    other.get_by_label("Mot de passe").fill("un-long-mot-de-passe")
    other.get_by_role("button", name="Créer mon compte et rejoindre l’équipe").click()
    expect(other.get_by_text("Bienvenue")).to_be_visible()
    page.reload()
    expect(page.get_by_text("lea@exemple.fr")).to_have_count(1)
    page.get_by_role("button", name=re.compile("Nommer responsable")).click()
    expect(page.get_by_text("Le rôle est changé.")).to_be_visible()
    other.get_by_role("link", name="Équipe", exact=True).click()
    other.get_by_role("link", name=re.compile("Quitter l’équipe")).click()
    other.get_by_role("button", name="Quitter l’équipe").click()
    expect(other.get_by_text("Vous avez quitté l’équipe")).to_be_visible()


def test_a_code_lets_in(visit, directory, owner):
    page = visit("/mon-espace/", width=390)
    page.get_by_role("link", name="Recevoir un code de connexion").click()
    page.get_by_label("Adresse de courriel").fill("Mireille@exemple.fr")
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Consultez votre messagerie")
    code = re.search(r"^    (\S+)$", mail.outbox[-1].body, re.MULTILINE).group(1)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(directory.listing.title)
    assert page.faults == []
