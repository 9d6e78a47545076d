"""The screen by which the national team watches over the search."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bdis_cms.models import InitiativePage
from bdis_cms.sitetree import NATIONAL_GROUP, ensure_site_tree, moderators_group_name
from bdis_search import background, draining, outbox
from bdis_search.admin import views
from bdis_search.backends.base import EngineUnavailable, IndexMissing
from bdis_search.models import EngineState, IndexRebuild, IndexTask
from bdis_search.query import Query
from tests.cms.admin_client import logged_in, member
from tests.factories import InitiativePageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(territories, engine):
    """The national team at its desk; a listing in the index."""
    ensure_site_tree()
    InitiativePageFactory(title="Atelier vélo", commune=territories.die)
    outbox.rebuild_index()
    return logged_in(member("nationale", NATIONAL_GROUP))


def url():
    return reverse("bdis_search_admin:status")


def act(desk, name, **values):
    answer = desk.post(url(), {"act": name, **values}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_is_for_the_national_team(desk, territories, client):
    regional = logged_in(member("moderatrice", moderators_group_name(territories.aura)))
    assert "Moteur principal" in desk.get(url()).content.decode()
    for method in (regional.get, regional.post):
        assert method(url()).status_code == 302
    assert client.get(url()).status_code == 302
    assert url() not in regional.get(reverse("wagtailadmin_home")).content.decode()
    assert url() in desk.get(reverse("wagtailadmin_home")).content.decode()


def test_it_finds_and_mends_what_no_signal_told(desk, engine):
    InitiativePage.objects.update(title="Atelier poterie")
    assert "1 fiche diffère" in act(desk, "check")
    assert "Réindexer ce qui diffère" in desk.get(url()).content.decode()
    act(desk, "fix")
    assert engine.search(Query(text="poterie")).total == 1
    assert "concordent" in act(desk, "check")


@pytest.fixture
def threads(settings, monkeypatch):
    """Threads that run when the test says so: the acts begun, in order."""
    begun = []

    class Thread:
        def __init__(self, *, target, args, **options):
            self.run = lambda: target(*args)

        def start(self):
            begun.append(self.run)

    settings.BDIS_SEARCH_BACKGROUND = True
    monkeypatch.setattr(background.threading, "Thread", Thread)
    monkeypatch.setattr(background.connections, "close_all", lambda: None)
    yield begun
    background._running.clear()


def test_it_rebuilds_once_at_a_time_beside_the_request(desk, engine, threads):
    InitiativePage.objects.update(title="Atelier poterie")
    assert "en cours de reconstruction" in act(desk, "rebuild", engine="primary")
    act(desk, "rebuild", engine="primary")
    assert len(threads) == 1
    threads.pop()()
    assert engine.search(Query(text="poterie")).total == 1

    rebuild = IndexRebuild.begin("primary", 4)
    rebuild.beat(1)
    assert "déjà" in act(desk, "rebuild")
    assert not threads
    followed = desk.get(url(), {"part": "1"}).content.decode()
    assert "<html" not in followed
    assert 'value="25"' in followed
    assert "1 fiches sur 4" in followed
    assert 'data-bdis-busy="1"' in followed
    rebuild.end()
    assert 'data-bdis-busy="0"' in desk.get(url()).content.decode()


def test_it_checks_and_mends_beside_the_request_too(desk, engine, threads):
    InitiativePage.objects.update(title="Atelier poterie")
    act(desk, "check")
    threads.pop()()
    shown = desk.get(url()).content.decode()
    assert "1 périmée" in shown
    assert "title" in shown
    act(desk, "fix")
    threads.pop()()
    assert engine.search(Query(text="poterie")).total == 1


def test_without_threads_a_large_index_is_left_to_the_commands(desk, monkeypatch):
    monkeypatch.setattr(views, "_SMALL", 0)
    assert "manage.py reindex" in act(desk, "rebuild")
    assert "manage.py check_index" in act(desk, "check")


def test_it_shows_what_was_set_aside_and_tries_it_again(desk, monkeypatch):
    page = InitiativePage.objects.get()
    build = draining.build_documents

    def refuse(page_ids):
        raise ZeroDivisionError("impossible")

    monkeypatch.setattr(draining, "build_documents", refuse)
    outbox.enqueue([page.pk])
    for _attempt in range(outbox.MOST_ATTEMPTS):
        IndexTask.objects.update(not_before=None)
        outbox.drain()
    assert not IndexTask.objects.waiting().exists()
    shown = desk.get(url()).content.decode()
    assert page.title in shown
    assert "impossible" in shown

    monkeypatch.setattr(draining, "build_documents", build)
    assert "1 changement appliqué" in act(desk, "retry", task=IndexTask.objects.get().pk)
    assert not IndexTask.objects.exists()


def test_it_says_when_no_worker_applies_the_changes(desk, settings):
    settings.BDIS_SEARCH_DRAIN = "worker"
    assert "drain_index --follow" in desk.get(url()).content.decode()
    assert "aucun" in desk.get(url()).content.decode()
    EngineState.objects.update(followed_at=timezone.now())
    assert "aucun" not in desk.get(url()).content.decode()


def test_without_an_index_it_says_so_in_plain_words(desk, engine, monkeypatch):
    def missing(*args):
        raise IndexMissing("There is no search index in /srv/index. Run “manage.py reindex”.")

    monkeypatch.setattr(engine, "stats", missing)
    monkeypatch.setattr(engine, "search", missing)
    for address in (url(), reverse("bdis_search_admin:try") + "?q=velo"):
        shown = desk.get(address).content.decode()
        assert "Il n’y a pas d’index" in shown
        assert "/srv/index" not in shown


@pytest.mark.parametrize("task", ["9" * 5000, "-1", "x", "1e3", "²"])
def test_a_task_that_is_no_number_is_no_task(desk, task):
    IndexTask.objects.create(page_id=10**9, set_aside_at=timezone.now(), error="perdue")
    act(desk, "retry", task=task)
    act(desk, "discard", task=task)
    assert IndexTask.objects.set_aside().count() == 1


def test_what_was_set_aside_can_be_discarded(desk):
    task = IndexTask.objects.create(page_id=10**9, set_aside_at=timezone.now(), error="perdue")
    assert "Page supprimée" in desk.get(url()).content.decode()
    act(desk, "discard", task=task.pk)
    assert not IndexTask.objects.exists()


def test_an_engine_that_is_away_breaks_nothing(desk, engine, monkeypatch):
    def away(*args):
        raise EngineUnavailable("Le moteur ne répond pas")

    for name in ("stats", "fingerprints", "index"):
        monkeypatch.setattr(engine, name, away)
    outbox.enqueue([InitiativePage.objects.get().pk])
    for name in ("check", "fix", "drain"):
        assert "Le moteur ne répond pas" in act(desk, name)
    assert IndexTask.objects.exists()


def test_its_forms_are_protected(desk):
    """Whole, or as the part that is asked again while something is being done."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.cookies
    assert strict.post(url(), {"act": "drain"}).status_code == 403
    for values in ({}, {"part": "1"}):
        page = strict.get(url(), values).content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        asked = {"act": "drain", "csrfmiddlewaretoken": token}
        assert strict.post(url(), asked).status_code == 302


@pytest.mark.parametrize("values", [{}, {"act": "nothing"}, {"act": "drain", "engine": "other"}])
def test_an_act_that_is_not_known_does_nothing(desk, values):
    assert "rouvrez la page" in desk.post(url(), values, follow=True).content.decode()
