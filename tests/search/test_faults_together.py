"""Processes that write, drain, rebuild and change their mind at once lose nothing."""

from __future__ import annotations

import io
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone

from bdis_cms.models import InitiativePage
from bdis_cms.signals import listings_changed
from bdis_search import draining, outbox
from bdis_search.engine import engines
from bdis_search.models import DrainLease, IndexTask
from tests.search.faults import LISTINGS, edit, slow_rebuild, sound, total
from tests.search.processes import Killed, die, say, wait

# Without it, there would be no database to copy.
pytestmark = pytest.mark.django_db


# Transactions that come to nothing


class ChangeOfMind(Exception):
    """What rolls a transaction back."""


def roll_back(killed: bool) -> None:
    def change() -> None:
        with transaction.atomic():
            edit("vélo")
            outbox.enqueue(InitiativePage.objects.values_list("pk", flat=True))
            if killed:
                die()
            raise ChangeOfMind

    try:
        change()
    except ChangeOfMind:
        outbox.drain()


def test_what_is_rolled_back_leaves_no_task(world):
    world.run(roll_back, False)
    assert world.run(IndexTask.objects.count) == 0
    assert sound(world)
    with pytest.raises(Killed):
        world.run(roll_back, True)
    assert world.run(IndexTask.objects.count) == 0
    assert sound(world)
    assert world.run(total, "vélo") == 0


# Two drainers


def drain_for(seconds: float) -> int:
    done, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        done += outbox.drain(patience=0.01)
        time.sleep(0.01)
    return done


def edit_often(times: int) -> int:
    for number in range(times):
        edit(f"vélo{number}")
    return IndexTask.objects.count()


def test_processes_that_drain_at_once_lose_nothing(world):
    drainers = [world.start(drain_for, 4.0) for _ in range(3)]
    world.run(edit_often, 5)
    assert sum(drainer.end() for drainer in drainers) > 0
    assert sound(world)
    assert world.run(total, "vélo4") == LISTINGS


def drain_in_threads() -> int:
    done: list[int] = []

    def drain() -> None:
        try:
            done.append(drain_for(3.0))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=drain) for _ in range(3)]
    for thread in threads:
        thread.start()
    edit_often(4)
    for thread in threads:
        thread.join()
    return len(done)


def test_threads_that_drain_at_once_lose_nothing(world):
    assert world.run(drain_in_threads) == 3
    assert sound(world)


# A lease that went stale


def drain_slowly(point: str) -> int:
    """Stop once, where another drainer takes over, then go on with what was read before."""
    engine = engines()["primary"]
    index, build = engine.index, draining.build_documents

    def pause() -> None:
        draining.build_documents, engine.index = build, index
        say("stopped")
        wait()

    def read_then_stop(pages: Any) -> Iterator[Any]:
        documents = list(build(pages))
        pause()
        return iter(documents)

    def stop_then_write(documents: Any) -> int:
        pause()
        return index(documents)

    if point == "after reading":
        draining.build_documents = read_then_stop
    else:
        engine.index = stop_then_write
    return outbox.drain()


def take_over() -> int:
    DrainLease.objects.update(until=timezone.now())
    edit("neuf")
    return outbox.drain()


@pytest.mark.parametrize("point", ["after reading", "in the write"])
def test_a_drainer_that_comes_back_too_late_does_not_bring_the_past_back(world, point):
    world.run(edit, "ancien")
    slow = world.start(drain_slowly, point)
    assert slow.hears() == "stopped"
    assert world.run(take_over) > 0
    slow.go_on()
    slow.end()
    assert sound(world)
    assert world.run(total, "ancien") == 0
    assert world.run(total, "neuf") == LISTINGS


# Many edits during a rebuild


def edit_thousands(times: int) -> int:
    """Write as many tasks, each transaction renaming every listing; apply them as they come."""
    from django.conf import settings

    settings.BDIS_SEARCH_DRAIN = "worker"
    listings = InitiativePage.objects.public()
    pages = list(listings.values_list("pk", flat=True))
    written = 0
    while written < times:
        with transaction.atomic():
            listings.update(title=f"Atelier vélo {written}")
            listings_changed.send(sender=None, page_ids=pages)
        written += len(pages)
        if written % 600 == 0:
            outbox.drain()
    outbox.drain()
    assert IndexTask.objects.filter(applied=True).count() >= times
    return written


def test_thousands_of_edits_during_a_rebuild_are_all_in_the_new_index(world):
    rebuild = world.start(slow_rebuild)
    assert rebuild.hears() == "half-way"
    assert world.run(edit_thousands, 5000, seconds=280.0) >= 5000
    rebuild.go_on()
    rebuild.end()
    assert sound(world)
    assert world.run(total, "vélo") == LISTINGS


# The worker


def follow() -> None:
    call_command("drain_index", "--follow", "--interval", "0.1", stdout=io.StringIO())


def nothing_waits() -> bool:
    return not IndexTask.objects.exists()


def test_the_worker_follows_and_ends_between_two_batches(world):
    worker = world.start(follow)
    world.run(edit, "vélo")
    deadline = time.monotonic() + 30
    while not world.run(nothing_waits) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert world.run(nothing_waits)
    worker.kill(signal.SIGTERM)
    assert worker.end() is None
    assert sound(world)
