"""Two engines fed by one outbox: searches go on while one is away, and nothing is lost."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from bdis_search import outbox, standby
from bdis_search.backends.base import EngineUnavailable, IndexMissing
from bdis_search.engine import engines, get_engine
from bdis_search.models import EngineState, IndexTask
from bdis_search.query import Query
from bdis_search.standby import Breaker
from tests.factories import InitiativePageFactory

TANTIVY = "bdis_search.backends.tantivy"
pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(settings, tmp_path, site_tree, territories):
    """Two engines, primary and standby, and a public listing in both."""
    settings.BDIS_SEARCH = {
        "BACKEND": TANTIVY,
        "OPTIONS": {"PATH": tmp_path / "primary"},
        "STANDBY": {"BACKEND": TANTIVY, "OPTIONS": {"PATH": tmp_path / "standby"}},
        "BREAKER": {"FAILURES": 2, "PAUSE": 30},
    }
    InitiativePageFactory(title="Atelier vélo", commune=territories.die)
    call_command("reindex", verbosity=0)
    yield engines()
    engines.cache_clear()
    get_engine.cache_clear()


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on when it is told to."""
    now = [1000.0]
    monkeypatch.setattr(standby.time, "monotonic", lambda: now[0])
    return now


def away(*args, **kwargs):
    raise EngineUnavailable("the engine is away")


def total(role: str) -> int:
    return engines()[role].search(Query()).total


def test_both_engines_learn_of_every_change(pair, territories, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        InitiativePageFactory(title="Épicerie", commune=territories.die)
    assert (total("primary"), total("standby")) == (2, 2)
    assert not IndexTask.objects.exists()


@pytest.mark.parametrize("dead", ["primary", "standby"])
def test_one_engine_away_does_not_hold_up_the_other(
    pair, territories, monkeypatch, dead, django_capture_on_commit_callbacks
):
    alive = "standby" if dead == "primary" else "primary"
    monkeypatch.setattr(pair[dead], "index", away)
    with django_capture_on_commit_callbacks(execute=True):
        InitiativePageFactory(title="Épicerie", commune=territories.die)
    assert (total(alive), total(dead)) == (2, 1)
    assert {task.engine for task in IndexTask.objects.all()} == {dead}
    assert EngineState.of(dead).retry_at > timezone.now()

    monkeypatch.undo()
    assert outbox.drain() > 0
    assert total(dead) == 2
    assert EngineState.of(dead).failures == 0
    call_command("check_index")


def test_edits_do_not_wait_for_an_engine_known_to_be_away(
    pair, territories, monkeypatch, django_capture_on_commit_callbacks
):
    calls = []

    def count(documents):
        calls.append(1)
        away()

    monkeypatch.setattr(pair["primary"], "index", count)
    for number in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            InitiativePageFactory(title=f"Épicerie {number}", commune=territories.die)
    assert len(calls) == 1
    monkeypatch.undo()
    outbox.drain()
    assert total("primary") == 4


def test_the_breaker_switches_and_comes_back(pair, monkeypatch, clock):
    monkeypatch.setattr(pair["primary"], "search", away)
    assert [get_engine().search(Query()).standby for _ in range(3)] == [True] * 3
    assert get_engine().breaker.is_open

    monkeypatch.undo()
    monkeypatch.setattr(standby.time, "monotonic", lambda: clock[0])
    assert get_engine().search(Query()).standby  # left alone still
    clock[0] += 31
    assert not get_engine().search(Query()).standby
    assert not get_engine().breaker.is_open


@pytest.fixture
def remote(engine, monkeypatch):
    """An engine of another machine, alone."""
    monkeypatch.setattr(type(engine), "is_remote", True)
    get_engine.cache_clear()
    yield engine
    get_engine.cache_clear()


def test_alone_an_engine_that_does_not_answer_is_not_waited_for(remote, client, monkeypatch, clock):
    remote.rebuild([])
    asked = []

    def silent(query):
        asked.append(query)
        raise EngineUnavailable("no answer in 5 s")

    monkeypatch.setattr(remote, "search", silent)
    for _ in range(8):
        assert client.get(reverse("bdis_search:search")).status_code == 503
    assert len(asked) == 3
    monkeypatch.undo()
    monkeypatch.setattr(standby.time, "monotonic", lambda: clock[0])
    clock[0] += 31
    assert client.get(reverse("bdis_search:search")).status_code == 200


def test_alone_an_index_that_is_missing_is_looked_for_each_time(remote, monkeypatch):
    def missing(query):
        raise IndexMissing("build it")

    monkeypatch.setattr(remote, "search", missing)
    for _ in range(5):
        with pytest.raises(IndexMissing):
            get_engine().search(Query())


def test_an_open_breaker_lets_one_call_at_a_time_try(clock):
    breaker = Breaker(failures=1, pause=10)
    breaker.failed()
    assert not breaker.allows()
    clock[0] += 11
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.failed()
    clock[0] += 11
    assert breaker.allows()
    breaker.succeeded()
    assert [breaker.allows(), breaker.allows()] == [True, True]


def test_the_page_and_the_api_say_that_results_may_be_old(pair, client, monkeypatch):
    search, api = reverse("bdis_search:search"), "/api/v1/initiatives"
    told = "peuvent dater de quelques minutes"
    assert told not in client.get(search).content.decode()
    assert "X-BDIS-Results" not in client.get(api).headers

    monkeypatch.setattr(pair["primary"], "search", away)
    monkeypatch.setattr(pair["primary"], "clusters", away)

    page = client.get(search)
    assert (page.status_code, told in page.content.decode()) == (200, True)
    assert "Atelier vélo" in page.content.decode()
    answer = client.get(api)
    assert (answer.json()["total"], answer.headers["X-BDIS-Results"]) == (1, "standby")
    assert client.get("/api/v1/map?zoom=5").status_code == 200


def test_with_both_engines_away_the_page_says_so(pair, client, monkeypatch):
    for engine in pair.values():
        monkeypatch.setattr(engine, "search", away)
    assert client.get(reverse("bdis_search:search")).status_code == 503


def test_commands_name_an_engine(pair, capsys, territories):
    InitiativePageFactory(title="Épicerie", commune=territories.die)
    call_command("reindex", "--engine", "standby", "--no-progress")
    assert "2 listings indexed" in capsys.readouterr().out
    call_command("check_index", "--engine", "standby")
    with pytest.raises(CommandError, match="differ"):
        call_command("check_index", "--json", stdout=None)
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert report["engines"]["primary"]["missing"] == 1
    assert report["engines"]["standby"]["missing"] == 0


def test_a_single_engine_has_no_standby_to_rebuild(engine):
    with pytest.raises(CommandError, match="STANDBY"):
        call_command("reindex", "--engine", "standby")
