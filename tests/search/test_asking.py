"""A late index: what it should not hold any more is left out, told to the outbox, then removed."""

from __future__ import annotations

import datetime

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from bdis_cms.models import InitiativePage
from bdis_search import asking
from bdis_search.asking import public_engine, report_hidden
from bdis_search.facets import facet_values
from bdis_search.models import IndexTask
from bdis_search.outbox import drain, rebuild_index
from bdis_search.query import Query
from tests.factories import InitiativePageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def listings(site_tree, territories, engine):
    pages = [
        InitiativePageFactory(title=f"Fanfare {n}", commune=territories.die, tags=[f"mot{n}"])
        for n in range(4)
    ]
    rebuild_index()
    IndexTask.objects.all().delete()
    return pages


def hide(*pages):
    """Suspend listings past every signal."""
    keys = [page.pk for page in pages]
    InitiativePage.objects.filter(pk__in=keys).update(suspended_at=timezone.now())


def found(query):
    return sorted(hit.id for hit in public_engine().search(query).hits)


def test_what_waits_to_be_removed_is_left_out(listings):
    first, *others = listings
    hide(first)
    IndexTask.objects.create(page_id=first.pk)
    assert found(Query(text="fanfare")) == [page.pk for page in others]
    assert public_engine().search(Query(text="fanfare")).total == 3


def test_what_waits_and_is_public_is_there(listings):
    IndexTask.objects.create(page_id=listings[0].pk)
    assert len(found(Query())) == 4


def test_a_task_set_aside_still_hides_its_listing(listings):
    hide(listings[0])
    IndexTask.objects.create(page_id=listings[0].pk, set_aside_at=timezone.now(), attempts=8)
    assert listings[0].pk not in found(Query())


def test_it_is_left_out_however_much_came_after_it(listings):
    hide(listings[0])
    IndexTask.objects.create(page_id=listings[0].pk)
    IndexTask.objects.bulk_create(IndexTask(page_id=listings[1].pk) for _ in range(6_000))
    assert public_engine().search(Query(text="fanfare")).total == 3


def test_a_listing_that_ended_a_minute_ago_is_left_out_of_counts(listings, monkeypatch):
    a_minute = datetime.timedelta(minutes=1)
    now = timezone.localtime().replace(hour=12)
    Page.objects.filter(pk=listings[0].pk).update(expire_at=now)
    for moment, total in ((now - a_minute, 4), (now + a_minute, 3)):
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        assert public_engine().search(Query(text="fanfare")).total == total
        clusters = public_engine().clusters(Query(text="fanfare"), zoom=5)
        assert sum(cluster.count for cluster in clusters) == total


def test_a_hidden_listing_that_is_shown_goes_to_the_outbox_once_then_from_the_index(
    client, listings, engine
):
    hide(*listings[:2])
    for _ in range(3):
        response = client.get(reverse("bdis_search:search"), {"q": "fanfare"})
        assert response.context["total"] == 2
    assert sorted(IndexTask.objects.values_list("page_id", flat=True)) == sorted(
        page.pk for page in listings[:2]
    )
    drain()
    assert engine.stats().documents == 2


def test_an_answer_full_of_hidden_listings_is_asked_for_again(client, listings):
    hide(*listings)
    answer = client.get("/api/v1/initiatives", {"page_size": "2"}).json()
    assert (answer["total"], answer["results"]) == (0, [])


def test_a_database_that_is_only_read_does_not_stop_a_page(client, listings, monkeypatch):
    def refuse(ids):
        raise DatabaseError("attempt to write a readonly database")

    monkeypatch.setattr(asking, "enqueue", refuse)
    hide(listings[0])
    response = client.get(reverse("bdis_search:search"), {"q": "fanfare"})
    assert response.status_code == 200
    assert "Fanfare 0" not in response.content.decode()


def test_nothing_hidden_is_nothing_to_report(listings, django_assert_num_queries):
    with django_assert_num_queries(0):
        report_hidden([])


def test_an_empty_outbox_costs_one_query(listings, engine, remembering_for_a_minute):
    public_engine().search(Query())
    with CaptureQueriesContext(connection) as plain:
        engine.search(Query())
    with CaptureQueriesContext(connection) as asked:
        public_engine().search(Query())
    assert len(asked) == len(plain) + 1


def test_a_tag_that_only_hidden_listings_bear_is_not_named(listings, engine):
    hide(listings[0])
    results = engine.search(Query(facets=("tag",)))
    assert results.counts["tag"] == {f"mot{n}": 1 for n in range(4)}
    named = facet_values(results, Query())["tag"]
    assert [value.label for value in named] == ["mot1", "mot2", "mot3"]


def test_suggestions_name_no_hidden_listing(listings):
    hide(listings[0])
    assert sorted(one.id for one in public_engine().suggest("fanf")) == [
        page.pk for page in listings[1:]
    ]
    assert IndexTask.objects.get().page_id == listings[0].pk
