"""The listing of initiatives, its filters, and the dashboard."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from bdis_cms.admin.dashboard import todos_of
from bdis_cms.admin.states import STATES, in_state, state_of, with_state
from bdis_cms.models import InitiativePage
from bdis_cms.sitetree import (
    NATIONAL_GROUP,
    editors_group_name,
    ensure_site_tree,
    moderators_group_name,
)
from tests.cms.admin_client import logged_in, member
from tests.factories import ActivityFactory, FamilyFactory, InitiativePageFactory

pytestmark = pytest.mark.django_db
INDEX = "/admin/initiatives/"


@pytest.fixture
def editor(territories):
    ensure_site_tree()
    return member("editrice", editors_group_name(territories.aura))


@pytest.fixture
def national(territories):
    ensure_site_tree()
    return member("nationale", NATIONAL_GROUP)


def titles(client, **filters) -> set[str]:
    response = client.get(INDEX, filters)
    assert response.status_code == 200
    return {page.title for page in response.context["object_list"]}


def test_an_editor_lists_the_initiatives_of_the_region(editor, territories):
    InitiativePageFactory(title="D’ici", commune=territories.die)
    InitiativePageFactory(title="De là", commune=territories.avignon)

    assert titles(logged_in(editor)) == {"D’ici"}


def test_search_ignores_accents_and_reads_places_and_numbers(editor, territories):
    InitiativePageFactory(title="Épicerie du Vélo", commune=territories.die, siret="73282932000074")
    InitiativePageFactory(title="Le Fournil", commune=territories.chatillon)
    client = logged_in(editor)

    assert titles(client, q="epicerie velo") == {"Épicerie du Vélo"}
    assert titles(client, q="chatillon en diois") == {"Le Fournil"}
    assert titles(client, q="73282932000074") == {"Épicerie du Vélo"}
    assert titles(client, q="(") == set()


def test_filters_by_place_family_and_activity_with_its_descendants(national, territories):
    client = logged_in(national)
    amap = FamilyFactory(code="amap")
    food = ActivityFactory(code="alimentation")
    bread = ActivityFactory(code="alimentation.pain", parent=food)
    baker = InitiativePageFactory(title="Fournil", commune=territories.die, main_activity=bread)
    InitiativePageFactory(title="Panier", commune=territories.lyon, families=[amap])
    InitiativePageFactory(title="Marché", commune=territories.avignon, activities=[bread])

    assert titles(client, region=territories.aura.pk) == {"Fournil", "Panier"}
    assert titles(client, department=territories.drome.pk) == {"Fournil"}
    assert titles(client, family=amap.pk) == {"Panier"}
    assert titles(client, activity=food.pk) == {"Fournil", "Marché"}
    assert titles(client, activity=bread.pk, department=territories.drome.pk) == {baker.title}


def test_every_state_is_found_by_its_filter_and_named_in_its_row(editor, territories):
    client = logged_in(editor)
    die = territories.die
    InitiativePageFactory(title="public", commune=die)
    InitiativePageFactory(title="draft", commune=die, draft=True)
    InitiativePageFactory(title="no_charter", commune=die, never_adhered=True)
    InitiativePageFactory(title="lapsed", commune=die, lapsed=True)
    InitiativePageFactory(title="suspended", commune=die, suspended=True)
    changed = InitiativePageFactory(title="changed", commune=die)
    changed.save_revision()
    submitted = InitiativePageFactory(title="moderation", commune=die, draft=True)
    submitted.save_revision(user=editor)
    submitted.get_workflow().start(submitted, editor)

    for state in STATES:
        expected = {state}
        if state == "public":
            expected = {"public", "changed"}
        elif state == "published":
            expected = {"public", "changed", "no_charter", "lapsed", "suspended"}
        assert titles(client, state=state) == expected, state
    for page in with_state(InitiativePage.objects.all()):
        assert state_of(page) == page.title
    with pytest.raises(KeyError):
        in_state(InitiativePage.objects.all(), "unknown")


def test_filters_by_freshness_and_by_what_is_missing(editor, territories):
    client = logged_in(editor)
    today = timezone.localdate()
    for title, days in {"fresh": 10, "ageing": 300, "stale": 400}.items():
        InitiativePageFactory(
            title=title, commune=territories.die, confirmed_on=today - datetime.timedelta(days=days)
        )
    InitiativePageFactory(title="never", commune=territories.die, confirmed_on=None, summary="")

    for freshness in ("fresh", "ageing", "stale", "never"):
        assert titles(client, freshness=freshness) == {freshness}
    assert titles(client, freshness="due") == {"stale", "never"}
    assert titles(client, missing="summary") == {"never"}
    assert "never" in titles(client, missing="essentials")


def test_the_listing_asks_the_same_queries_for_three_rows_or_thirty(
    editor, territories, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = logged_in(editor)
    family = FamilyFactory(code="amap")

    def add(count):
        for _number in range(count):
            page = InitiativePageFactory(commune=territories.die, families=[family])
            page.save_revision()

    add(3)
    client.get(INDEX)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(INDEX)
    add(27)
    with CaptureQueriesContext(connection) as many:
        client.get(INDEX)

    assert len(many) == len(few)
    assert len(many) < 45


def test_the_dashboard_counts_what_waits_in_the_region_only(editor, territories):
    die = territories.die
    amap = FamilyFactory(code="amap")
    InitiativePageFactory(commune=die, families=[amap])
    InitiativePageFactory(commune=die, draft=True)
    InitiativePageFactory(commune=die, confirmed_on=None)
    InitiativePageFactory(commune=territories.avignon, draft=True)
    changed = InitiativePageFactory(commune=die)
    changed.save_revision()
    waiting = InitiativePageFactory(commune=die, draft=True)
    waiting.save_revision(user=editor)
    waiting.get_workflow().start(waiting, editor)
    moderator = member("moderateur", moderators_group_name(territories.aura))

    counts = {todo.key: todo.count for todo in todos_of(editor)}
    assert counts == {
        "review": 0,
        "drafts": 1,
        "changes": 1,
        "no_charter": 0,
        "lapsed": 0,
        "due": 1,
        "incomplete": 3,
    }
    assert {todo.key: todo.count for todo in todos_of(moderator)}["review"] == 1


def test_each_count_leads_to_as_many_listings(editor, territories):
    die = territories.die
    for traits in ({}, {"draft": True}, {"confirmed_on": None}, {"never_adhered": True}):
        InitiativePageFactory(commune=die, **traits)
    InitiativePageFactory(commune=die, charter_valid_until=datetime.date(2020, 1, 1))
    InitiativePageFactory(commune=die).save_revision()
    client = logged_in(editor)

    assert all(todo.count for todo in todos_of(editor) if todo.key != "review")
    for todo in todos_of(editor):
        if todo.key != "review":
            response = client.get(todo.url)
            assert response.context["paginator"].count == todo.count, todo.key


def test_the_dashboard_costs_a_constant_number_of_queries(
    editor, territories, django_assert_max_num_queries
):
    for _number in range(12):
        InitiativePageFactory(commune=territories.die, draft=True)
    editor.refresh_from_db()

    with django_assert_max_num_queries(6):
        todos_of(editor)


def test_the_home_of_the_admin_shows_the_work_first(editor, territories):
    InitiativePageFactory(commune=territories.die, draft=True)

    html = logged_in(editor).get(reverse("wagtailadmin_home")).content.decode()

    assert "bdis-work__item--drafts" in html
    assert "?state=draft" in html


@pytest.mark.parametrize("name", ["region", "department", "family", "activity"])
@pytest.mark.parametrize("key", ["9" * 30, "²", "x", "\0"])
def test_a_filter_that_names_no_row_is_told(editor, name, key):
    assert logged_in(editor).get(INDEX, {name: key}).status_code == 200
