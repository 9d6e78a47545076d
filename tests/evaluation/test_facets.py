"""The engagements of initiatives as facets and badges of the search."""

from __future__ import annotations

import datetime

import pytest

from bdis_cms.models import ProgressState
from bdis_search.outbox import rebuild_index
from tests.factories import InitiativePageFactory

pytestmark = pytest.mark.django_db
SIGNED = datetime.date(2024, 3, 3)


@pytest.fixture
def engaged(site_tree, territories, engine):
    InitiativePageFactory(title="Sans engagement", commune=territories.die)
    InitiativePageFactory(title="Signataire", commune=territories.die, charter_signed_on=SIGNED)
    InitiativePageFactory(
        title="En marche",
        commune=territories.die,
        charter_signed_on=SIGNED,
        progress_state=ProgressState.ONGOING,
    )
    InitiativePageFactory(
        title="Arrivée", commune=territories.die, progress_state=ProgressState.DONE
    )
    rebuild_index()


def found(client, address):
    data = client.get(address).json()
    return {one["title"] for one in data["results"]}, data["facets"]


def test_the_api_counts_and_filters_engagements(client, engaged):
    titles, facets = found(client, "/api/v1/initiatives?charter=signed")
    assert titles == {"Signataire", "En marche"}
    counts = {one["value"]: one["count"] for one in facets["progress"]}
    assert counts == {"ongoing": 1}
    titles, facets = found(client, "/api/v1/initiatives?progress=ongoing&progress=done")
    assert titles == {"En marche", "Arrivée"}
    assert {one["value"]: one["count"] for one in facets["charter"]} == {"signed": 1}


def test_an_unknown_engagement_is_refused(client, engaged):
    assert client.get("/api/v1/initiatives?progress=excellent").status_code == 422


def test_the_page_shows_them_in_words(client, engaged):
    html = client.get("/recherche/?charter=signed").content.decode()
    assert "Démarche progrès en cours" in html
    assert html.count("Charte signée</span>") >= 2
    assert "Démarche progrès faite" not in html.split('id="resultats"')[-1]
