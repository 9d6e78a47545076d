"""The screen by which the national team sees what is followed, and whom it does not see."""

from __future__ import annotations

import pytest
from django.urls import reverse

from bdis_cms.sitetree import NATIONAL_GROUP, ensure_site_tree, moderators_group_name
from bdis_search.models import DigestRun, SavedSearch
from tests.cms.admin_client import logged_in, member
from tests.factories import SavedSearchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(territories, engine):
    ensure_site_tree()
    return logged_in(member("nationale", NATIONAL_GROUP))


def url():
    return reverse("bdis_search_admin:followers")


def test_it_shows_counts_and_no_address(desk):
    for number in range(3):
        SavedSearchFactory(email=f"camille{number}@secret.fr", search="q=vélo", words="« vélo »")
    SavedSearchFactory(email="autre@secret.fr", words="tout", frequency="monthly")
    SavedSearchFactory(waiting=True, email="attente@secret.fr", search="q=attente", words="attente")
    DigestRun.objects.create(sent=4, error="EngineUnavailable: away")
    html = desk.get(url()).content.decode()
    assert "secret.fr" not in html
    assert html.index("« vélo »") < html.index(">tout<")
    assert "attente" not in html
    assert "en cours, ou interrompu" in html


def test_it_erases_an_address_that_asks_to_be_forgotten(desk):
    SavedSearchFactory(email="camille@secret.fr")
    kept = SavedSearchFactory(email="autre@secret.fr")
    html = desk.post(url(), {"email": "Camille@secret.fr"}, follow=True).content.decode()
    assert "1 abonnement effacé" in html
    assert "amille@" not in html
    assert list(SavedSearch.objects.all()) == [kept]
    for nothing in ("", "inconnue@secret.fr", "%"):
        desk.post(url(), {"email": nothing})
    assert SavedSearch.objects.count() == 1


def test_it_is_for_the_national_team(desk, territories, client):
    SavedSearchFactory(email="camille@secret.fr")
    regional = logged_in(member("moderatrice", moderators_group_name(territories.aura)))
    for visitor in (regional, client):
        assert visitor.get(url()).status_code == 302
        assert visitor.post(url(), {"email": "camille@secret.fr"}).status_code == 302
    assert SavedSearch.objects.exists()
    assert url() in desk.get(reverse("wagtailadmin_home")).content.decode()
