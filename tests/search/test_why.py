"""« Pourquoi ce rang ? » is told to the team, if it asks, and to nobody else."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from bdis_search.outbox import rebuild_index
from tests.factories import InitiativePageFactory

pytestmark = pytest.mark.django_db
QUESTION = "Pourquoi ce rang"


@pytest.fixture
def listings(site_tree, engine):
    for title in ("Vélos du lac", "Atelier vélo", "Fanfare"):
        InitiativePageFactory(title=title)
    rebuild_index()


@pytest.fixture
def editor(django_user_model):
    group = Group.objects.create(name="Rédaction")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user = django_user_model.objects.create_user("editor", password="x")
    user.groups.add(group)
    return user


def page(client, **params):
    response = client.get(reverse("bdis_search:search"), params)
    assert response.status_code == 200
    return response, response.content.decode()


def test_the_team_sees_what_each_word_brings(listings, client, editor):
    client.force_login(editor)
    response, html = page(client, q="Vélo", explain="1")
    assert html.count(QUESTION) == 2
    assert "<td>Vélo</td>" in html
    assert "tel que tapé" in html
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_it_is_told_on_request_only(listings, client, editor):
    client.force_login(editor)
    response, html = page(client, q="vélo")
    assert QUESTION not in html
    assert "no-store" not in response.get("Cache-Control", "")


@pytest.mark.parametrize("value", ["0", "true", "", "1 OR 1=1"])
def test_other_values_ask_for_nothing(listings, client, editor, value):
    client.force_login(editor)
    assert QUESTION not in page(client, q="vélo", explain=value)[1]


def test_visitors_and_members_without_the_admin_see_nothing_of_it(
    listings, client, django_user_model
):
    assert QUESTION not in page(client, q="vélo", explain="1")[1]
    client.force_login(django_user_model.objects.create_user("member", password="x"))
    assert QUESTION not in page(client, q="vélo", explain="1")[1]


def test_an_order_that_is_not_of_relevance_is_not_explained(listings, client, editor):
    client.force_login(editor)
    assert QUESTION not in page(client, q="vélo", explain="1", sort="name")[1]
    assert QUESTION not in page(client, explain="1")[1]


def test_the_api_says_nothing_of_it(listings, client, editor):
    client.force_login(editor)
    url = "/api/v1/initiatives"
    plain = client.get(url, {"q": "vélo"}).json()
    asked = client.get(url, {"q": "vélo", "explain": "1"}).json()
    assert asked["results"] == plain["results"]
