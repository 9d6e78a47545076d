"""How the outbox is drained: merged, in slices, patient with engines, wary of listings."""

from __future__ import annotations

import datetime
import json
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from bdis_cms.models import InitiativePage
from bdis_search import background, draining, outbox
from bdis_search.backends.base import EngineUnavailable
from bdis_search.drift import find_drift
from bdis_search.lease import Lease, LeaseLost
from bdis_search.management.commands import drain_index
from bdis_search.models import (
    DrainLease,
    EngineState,
    IndexCheck,
    IndexRebuild,
    IndexTask,
    UnderWay,
)
from bdis_search.models.acts import has_ended, this_process
from bdis_search.query import Query
from bdis_search.standby import Breaker
from tests.factories import FamilyFactory, InitiativePageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def listings(settings, site_tree, territories, engine):
    """Six public listings, in the index; changes are left to a worker."""
    settings.BDIS_SEARCH_DRAIN = "worker"
    family = FamilyFactory(code="amap", label_fr="AMAP")
    made = [
        InitiativePageFactory(title=f"Atelier {n}", commune=territories.die, families=[family])
        for n in range(6)
    ]
    outbox.rebuild_index()
    assert not IndexTask.objects.exists()
    return made


def away(*args):
    raise EngineUnavailable("the engine is away")


def test_many_changes_of_a_listing_are_one_write(listings, engine, monkeypatch):
    for _ in range(40):
        outbox.enqueue([listings[0].pk])
    writes = []
    index = engine.index
    monkeypatch.setattr(
        engine, "index", lambda documents: writes.append(list(documents)) or index(writes[-1])
    )
    assert outbox.drain() == 40
    assert [[document.id for document in write] for write in writes] == [[listings[0].pk]]


def test_while_an_engine_is_away_the_outbox_does_not_repeat_itself(listings, engine, monkeypatch):
    old = timezone.now() - datetime.timedelta(hours=3)
    IndexTask.objects.create(page_id=listings[0].pk, created_at=old)
    outbox.enqueue([listings[0].pk])
    outbox.enqueue([listings[0].pk, listings[1].pk])
    monkeypatch.setattr(engine, "index", away)
    with pytest.raises(EngineUnavailable):
        outbox.drain()
    tasks = {task.page_id: task for task in IndexTask.objects.all()}
    assert IndexTask.objects.count() == 2
    assert tasks[listings[0].pk].created_at == old
    assert {task.attempts for task in tasks.values()} == {0}


def test_a_term_of_many_listings_is_enqueued_by_the_database(listings, django_assert_num_queries):
    pages = InitiativePage.objects.filter(families__code="amap")
    with django_assert_num_queries(1):
        outbox.enqueue_all(pages)
    queued = IndexTask.objects.values_list("page_id", flat=True)
    assert sorted(queued) == sorted(page.pk for page in listings)
    assert IndexTask.objects.waiting().due().count() == 6
    outbox.enqueue_all(InitiativePage.objects.none())
    assert outbox.drain() == 6


def test_a_listing_that_the_engine_cannot_bear_is_found_in_the_end(listings, engine, monkeypatch):
    poison, index = listings[3].pk, engine.index

    def index_most(documents):
        found = list(documents)
        if poison in {document.id for document in found}:
            away()
        return index(found)

    monkeypatch.setattr(engine, "index", index_most)
    InitiativePage.objects.update(title="Atelier poterie")
    outbox.enqueue([page.pk for page in listings])
    for _ in range(draining._SUSPICIOUS):
        with pytest.raises(EngineUnavailable):
            outbox.drain()
    assert outbox.drain() == 5
    task = IndexTask.objects.get()
    assert (task.page_id, task.attempts) == (poison, 1)
    assert engine.search(Query(text="poterie")).total == 5


def test_a_listing_that_cannot_be_built_ends_set_aside(listings, monkeypatch, caplog):
    build, poison = draining.build_documents, listings[2].pk

    def refuse(pages):
        for document in build(pages):
            if document.id == poison:
                raise ZeroDivisionError("a secret")
            yield document

    monkeypatch.setattr(draining, "build_documents", refuse)
    outbox.enqueue([page.pk for page in listings])
    assert outbox.drain() == 5
    waits = []
    for _ in range(draining.MOST_ATTEMPTS - 1):
        task = IndexTask.objects.get()
        waits.append(round((task.not_before - timezone.now()).total_seconds()))
        IndexTask.objects.update(not_before=None)
        outbox.drain()
    assert waits == [2**attempt for attempt in range(1, draining.MOST_ATTEMPTS)]
    task = IndexTask.objects.set_aside().get()
    assert task.error == "ZeroDivisionError: a secret"
    assert "a secret" not in caplog.text
    assert f"Listing {poison}" in caplog.text
    # Corrected, and saved: what was set aside goes with the new change.
    monkeypatch.undo()
    outbox.enqueue([poison])
    assert outbox.drain() == 2
    assert not IndexTask.objects.exists()


def test_a_request_leaves_the_rest_to_a_thread(listings, settings, monkeypatch):
    settings.BDIS_SEARCH_BACKGROUND = True
    started, asked = [], []
    monkeypatch.setattr(background, "drain_in_background", lambda: started.append(1))
    monkeypatch.setattr(outbox, "drain", lambda **how: asked.append(how["seconds"]))
    outbox.enqueue([listings[0].pk])
    outbox.drain_quietly()
    outbox._now_serving()
    outbox.drain_quietly()
    outbox._now_served()
    assert asked == [None, outbox._INLINE_SECONDS]
    assert len(started) == 1


def test_a_slice_ends_between_two_batches(listings, monkeypatch):
    monkeypatch.setattr(draining, "BATCH", 2)
    outbox.enqueue([page.pk for page in listings])
    looks = iter([False, True])
    assert outbox.drain(stop=lambda: next(looks)) == 2
    assert IndexTask.objects.count() == 4
    assert outbox.drain(seconds=0) == 0
    assert outbox.drain() == 4


def test_the_thread_goes_on_until_nothing_waits(listings, engine, monkeypatch):
    naps = []

    def nap(seconds):
        naps.append(seconds)
        monkeypatch.setattr(engine, "index", index)
        EngineState.objects.update(retry_at=None)

    index = engine.index
    monkeypatch.setattr(engine, "index", away)
    monkeypatch.setattr(background.time, "sleep", nap)
    monkeypatch.setattr(background.connections, "close_all", lambda: None)
    outbox.enqueue([page.pk for page in listings])
    with pytest.raises(EngineUnavailable):
        outbox.drain()
    background._drain_until_empty()
    assert not IndexTask.objects.exists()
    assert 0 < naps[0] <= 2


def test_the_changes_of_an_engine_that_is_no_more_are_forgotten_after_a_day(listings):
    IndexTask.objects.create(engine="standby", page_id=1)
    outbox.drain()
    assert IndexTask.objects.count() == 1
    IndexTask.objects.update(created_at=timezone.now() - datetime.timedelta(days=2))
    outbox.drain()
    assert not IndexTask.objects.exists()


def test_a_lease_is_lost_to_whoever_takes_it_over(db):
    mine, theirs = Lease("primary"), Lease("primary")
    assert mine.take()
    assert not theirs.take()
    DrainLease.objects.update(until=timezone.now())
    assert theirs.take()
    with pytest.raises(LeaseLost):
        mine.renew()
    theirs.renew()
    # Of a process of this machine that is no more: 2**22 is beyond the greatest number.
    DrainLease.objects.update(owner=f"{this_process().split(':')[0]}:4194305:abc")
    assert mine.take()
    assert not has_ended("elsewhere:4194305")


def test_two_rebuilds_of_an_index_do_not_run_at_once(listings):
    rebuild = IndexRebuild.begin("primary", 6)
    with pytest.raises(UnderWay):
        outbox.rebuild_index()
    with pytest.raises(CommandError, match="under way"):
        call_command("reindex")
    IndexRebuild.objects.update(process=f"{this_process().split(':')[0]}:4194305")
    assert outbox.rebuild_index() == 6
    assert not rebuild.beat(1)


def test_a_rebuild_held_for_dead_gives_up_before_the_swap(listings, engine):
    def documents():
        yield from list(outbox_documents())
        IndexRebuild.objects.all().delete()

    outbox_documents = draining.build_documents
    InitiativePage.objects.update(title="Atelier poterie")
    with pytest.raises(Exception, match="given up"):
        outbox.rebuild_index(documents())
    assert engine.search(Query(text="poterie")).total == 0


def test_a_rebuild_held_for_dead_in_the_swap_mends_what_it_missed(listings, engine, monkeypatch):
    rebuild = engine.rebuild

    def slow(documents):
        count = rebuild(documents)
        IndexRebuild.objects.all().delete()
        InitiativePage.objects.filter(pk=listings[0].pk).update(title="Atelier poterie")
        return count

    monkeypatch.setattr(engine, "rebuild", slow)
    outbox.rebuild_index()
    assert engine.search(Query(text="poterie")).total == 1


@pytest.mark.parametrize("trouble", ["a check is under way", "the engine is away"])
def test_a_rebuild_that_swapped_has_succeeded_whatever_comes_of_mending(
    listings, engine, monkeypatch, caplog, trouble
):
    rebuild = engine.rebuild

    def slow(documents):
        count = rebuild(documents)
        IndexRebuild.objects.all().delete()
        InitiativePage.objects.filter(pk=listings[0].pk).update(title="Atelier poterie")
        if trouble == "the engine is away":
            monkeypatch.setattr(engine, "fingerprints", away)
        else:
            IndexCheck.begin("primary", 6)
        return count

    monkeypatch.setattr(engine, "rebuild", slow)
    assert outbox.rebuild_index() == 6
    assert EngineState.of("primary").rebuilt_count == 6
    if trouble == "the engine is away":
        assert "check_index --fix" in caplog.text
    else:
        assert engine.search(Query(text="poterie")).total == 1


def test_an_act_that_ends_while_another_begins_is_no_error(db, monkeypatch):
    create, troubles = IndexRebuild.objects.create, iter([IntegrityError()])

    def late(**values):
        for trouble in troubles:
            raise trouble
        return create(**values)

    monkeypatch.setattr(IndexRebuild.objects, "create", late)
    assert IndexRebuild.begin("primary", 3).total == 3


def test_what_is_asked_of_a_thread_that_is_about_to_end_is_done(settings, monkeypatch):
    settings.BDIS_SEARCH_BACKGROUND = True
    monkeypatch.setattr(background.connections, "close_all", lambda: None)
    done, asked = [], []
    has_looked, go_on = threading.Event(), threading.Event()

    def look():
        done.append(len(asked))
        has_looked.set()
        assert go_on.wait(10)

    monkeypatch.setattr(background, "_drain_until_empty", look)
    assert background.drain_in_background()
    (thread,) = [one for one in threading.enumerate() if one.name == "bdis-drain"]
    assert has_looked.wait(10)
    asked.append("a change, after it looked")
    assert not background.drain_in_background()
    go_on.set()
    thread.join(10)
    assert done == [0, 1]
    assert not background._running


def test_check_index_compares_an_engine_that_knows_no_order(listings, engine, monkeypatch):
    pairs = dict(engine.fingerprints())
    assert list(pairs) == sorted(pairs)
    monkeypatch.setattr(engine, "fingerprints", lambda: iter(reversed(pairs.items())))
    InitiativePage.objects.filter(pk=listings[4].pk).update(summary="Autre")
    drift = find_drift("primary")
    assert list(drift.stale) == [listings[4].pk]
    assert "summary" in drift.named[listings[4].pk]
    assert not drift.missing
    assert not drift.not_public


def test_a_change_made_during_a_check_is_no_drift(listings):
    def watch(documents):
        for number, document in enumerate(documents):
            if number == 2:
                InitiativePage.objects.filter(pk=listings[0].pk).update(title="Atelier poterie")
                outbox.enqueue([listings[0].pk])
            yield document
        outbox.drain()

    assert not find_drift("primary", watch)


def test_check_index_exits_2_on_error_and_1_on_drift(listings, engine, monkeypatch, capsys):
    InitiativePage.objects.filter(pk=listings[0].pk).update(title="Atelier poterie")
    with pytest.raises(CommandError) as failure:
        call_command("check_index", "--json")
    assert failure.value.returncode == 1
    report = json.loads(capsys.readouterr().out)
    assert report["engines"]["primary"]["fields"] == {"title": 1}
    assert report["engines"]["primary"]["ids"]["stale"] == {str(listings[0].pk): ["title"]}
    IndexCheck.begin("primary", 6)
    with pytest.raises(CommandError) as failure:
        call_command("check_index")
    assert failure.value.returncode == 2
    IndexCheck.objects.all().delete()
    monkeypatch.setattr(engine, "fingerprints", away)
    with pytest.raises(CommandError) as failure:
        call_command("check_index")
    assert failure.value.returncode == 2


def test_the_worker_outlives_a_database_that_is_away(listings, monkeypatch, capsys):
    troubles = iter([OperationalError("Key (email)=(a@b.fr)")] * 3)
    waits = []

    class Event:
        def __init__(self):
            self.looks = 0

        def is_set(self):
            self.looks += 1
            return self.looks > 5

        def wait(self, seconds):
            waits.append(seconds)

        def set(self):
            self.looks = 10

    def drain(**how):
        for trouble in troubles:
            raise trouble
        return 0

    monkeypatch.setattr(drain_index, "drain", drain)
    monkeypatch.setattr(drain_index.threading, "Event", Event)
    monkeypatch.setattr(drain_index.connections, "close_all", lambda: None)
    call_command("drain_index", "--follow")
    told = capsys.readouterr()
    assert waits == [2, 4, 8, 1, 1]
    assert told.err.count("does not answer") == 1
    assert "a@b.fr" not in told.err
    assert told.out.endswith("Stopped.\n")
    assert EngineState.of("primary").followed_at


def test_failures_far_apart_do_not_open_the_breaker(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("bdis_search.standby.time.monotonic", lambda: now[0])
    breaker = Breaker(failures=3, window=30, pause=10)
    for _ in range(6):
        breaker.failed()
        now[0] += 20
    assert not breaker.is_open
    # An engine that fails every other time is away too.
    now[0] += 100
    for _ in range(2):
        breaker.failed()
        breaker.succeeded()
        now[0] += 1
    breaker.failed()
    assert breaker.is_open
