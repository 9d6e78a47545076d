"""What is killed, filled up, rolled back or doubled loses nothing, and no public page is a 500."""

from __future__ import annotations

import contextlib
import io
import resource
import shutil
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from bdis_cms.models import Commune, InitiativePage
from bdis_cms.signals import listings_changed
from bdis_search import draining, outbox
from bdis_search.backends.tantivy import store
from bdis_search.building import build_documents
from bdis_search.drift import find_drift
from bdis_search.engine import engines, get_engine
from bdis_search.models import DrainLease, EngineState, IndexRebuild, IndexTask
from bdis_search.query import Query
from tests.factories import (
    CommuneFactory,
    DepartmentFactory,
    HomePageFactory,
    InitiativePageFactory,
    RegionFactory,
    RegionPageFactory,
)
from tests.search.processes import (
    Killed,
    World,
    copied_database,
    die,
    drop_database,
    say,
    wait,
)

# Without it, there would be no database to copy.
pytestmark = pytest.mark.django_db

LISTINGS = 60
ADDRESSES = (
    "/",
    "/recherche/",
    "/recherche/?q=atelier",
    "/carte/",
    "/api/v1/initiatives?q=atelier",
    "/api/v1/map?zoom=6",
    "/api/v1/suggest?q=ate",
)


# Worlds


def tantivy(folder: Path) -> dict[str, Any]:
    options = {"PATH": str(folder / "index"), "HEAP_MB": 32, "LOCK_TIMEOUT": 20}
    return {"BACKEND": "bdis_search.backends.tantivy", "OPTIONS": options}


@pytest.fixture(scope="module")
def first_world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    """A small directory, indexed."""
    folder = tmp_path_factory.mktemp("faults")
    assert get_resolver().url_patterns  # imported once, not by every process
    with django_db_blocker.unblock():
        world = World(folder, copied_database("", folder), tantivy(folder))
        world.run(furnish)
        world.run(call_command, "reindex", "--no-progress", "-v0")
        yield world
        drop_database(world.database)


@pytest.fixture
def world(first_world, tmp_path) -> Iterator[World]:
    """A small directory of its own, indexed."""
    world = first_world.copy(tmp_path, tantivy(tmp_path))
    shutil.copytree(first_world.folder / "index", tmp_path / "index")
    yield world
    drop_database(world.database)


def furnish() -> None:
    from wagtail.models import Site

    home = HomePageFactory()
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", port=80, root_page=home, is_default_site=True)
    drome = DepartmentFactory(
        code="26", region=RegionFactory(code="84", name="Auvergne-Rhône-Alpes")
    )
    die_town = CommuneFactory(code="26113", name="Die", department=drome)
    RegionPageFactory(region=drome.region)
    with worker_mode():
        for number in range(LISTINGS):
            InitiativePageFactory(title=f"Atelier {number}", commune=die_town)
    IndexTask.objects.all().delete()


class worker_mode:  # noqa: N801 - reads as what it is, a context
    """Within it, changes are left to a worker."""

    def __enter__(self) -> None:
        from django.conf import settings

        settings.BDIS_SEARCH_DRAIN = "worker"

    def __exit__(self, *error: object) -> None:
        from django.conf import settings

        settings.BDIS_SEARCH_DRAIN = "inline"


# What processes do


def edit(word: str, *, drain: str = "worker") -> None:
    """Change every listing: most are renamed, one goes, one comes."""
    from django.conf import settings

    settings.BDIS_SEARCH_DRAIN = drain
    pages = list(InitiativePage.objects.public().order_by("pk"))
    with transaction.atomic():
        for page in pages[:-1]:
            InitiativePage.objects.filter(pk=page.pk).update(title=f"Atelier {word} {page.pk}")
        listings_changed.send(sender=None, page_ids=[page.pk for page in pages[:-1]])
    pages[-1].delete()
    InitiativePageFactory(
        title=f"Atelier {word}",
        slug=uuid.uuid4().hex,  # processes count for themselves
        commune=Commune.objects.get(code="26113"),
    )


def pages_answer() -> list[tuple[str, int]]:
    """Return the addresses that answer neither a page nor, while no engine does, a 503."""
    client = Client(raise_request_exception=False)
    answers = [(address, client.get(address).status_code) for address in ADDRESSES]
    return [answer for answer in answers if answer[1] not in (200, 503)]


def drained() -> dict[str, Any]:
    """Drain, compare, and return what there is to see."""
    done = outbox.drain(patience=5)
    drift = find_drift("primary")
    return {
        "done": done,
        "drift": drift.numbers | {"checked": 0},
        "waiting": IndexTask.objects.count(),
        "rebuilds": IndexRebuild.objects.count(),
        "total": get_engine().search(Query(text="atelier")).total,
        "pages": pages_answer(),
    }


def total(text: str = "atelier") -> int:
    return get_engine().search(Query(text=text)).total


SOUND = {
    "drift": {"checked": 0, "missing": 0, "not_public": 0, "stale": 0},
    "waiting": 0,
    "rebuilds": 0,
    "total": LISTINGS,
    "pages": [],
}


def sound(world: World) -> bool:
    """Drain in another process; whether nothing is lost and every page answers."""
    found = world.run(drained)
    found.pop("done")
    assert found == SOUND
    return True


# Killed while indexing


def drain_until(point: str) -> None:
    """Drain, and be killed at some point of it."""
    engine = engines()["primary"]
    index, remove, add = engine.index, engine.remove, store.Writer.add_document
    added = []

    def add_some(writer: Any, document: Any) -> None:
        added.append(add(writer, document))
        if len(added) > 20:
            die()

    match point:
        case "before the write":
            engine.index = die
        case "in the write":
            store.Writer.add_document = add_some
        case "before the commit":
            engine.index = lambda documents: index(then_die(documents))
        case "after the write":
            engine.index = lambda documents: (index(documents), die())
        case "after the removal":
            engine.remove = lambda ids: (remove(ids), die())
        case "before the tasks go":
            draining._each = die
    outbox.drain()


def then_die(documents: Any) -> Iterator[Any]:
    yield from documents
    die()


@pytest.mark.parametrize(
    "point",
    [
        "before the write",
        "in the write",
        "before the commit",
        "after the write",
        "after the removal",
        "before the tasks go",
    ],
)
def test_a_worker_killed_while_it_indexes_loses_nothing(world, point):
    world.run(edit, "vélo")
    with pytest.raises(Killed, match="-9"):
        world.run(drain_until, point)
    assert world.run(pages_answer) == []
    # Its lease is taken over at once: everybody sees that it is no more.
    assert sound(world)
    assert world.run(total, "vélo") == LISTINGS


# Killed while rebuilding


def rebuild_until(point: str) -> None:
    documents = list(build_documents())

    def some(number: int) -> Iterator[Any]:
        for done, document in enumerate(documents):
            if done == number:
                die()
            yield document
        if number == len(documents):
            die()

    match point:
        case "at the beginning":
            outbox.rebuild_index(some(0))
        case "half-way":
            outbox.rebuild_index(some(LISTINGS // 2))
        case "at the end":
            outbox.rebuild_index(some(len(documents)))
        case "before the swap":
            store.Store._point_to = die
        case "in the swap":
            store.os.fsync = die
        case "after the swap":
            point_to = store.Store._point_to
            store.Store._point_to = lambda self, name: (point_to(self, name), die())
        case "before it is told":
            IndexRebuild.end = die
    outbox.rebuild_index(iter(documents))


@pytest.mark.parametrize(
    "point",
    [
        "at the beginning",
        "half-way",
        "at the end",
        "before the swap",
        "in the swap",
        "after the swap",
        "before it is told",
    ],
)
def test_a_rebuild_killed_at_any_point_leaves_an_index_that_serves(world, point):
    with pytest.raises(Killed, match="-9"):
        world.run(rebuild_until, point)
    assert world.run(total) == LISTINGS
    world.run(edit, "vélo")
    assert sound(world)
    # Nothing is in the way of the next rebuild, and nothing is left of the last one.
    world.run(call_command, "reindex", "--no-progress", "-v0")
    assert sound(world)
    assert (
        len([path for path in Path(world.engine["OPTIONS"]["PATH"]).iterdir() if path.is_dir()])
        == 1
    )


def slow_rebuild() -> None:
    def documents() -> Iterator[Any]:
        for number, document in enumerate(build_documents()):
            if number == LISTINGS // 2:
                say("half-way")
                wait()
            yield document

    outbox.rebuild_index(documents())


def test_changes_applied_during_a_rebuild_that_is_killed_stay_in_the_old_index(world):
    rebuild = world.start(slow_rebuild)
    assert rebuild.hears() == "half-way"
    world.run(edit, "vélo")
    world.run(outbox.drain)
    assert world.run(total, "vélo") == LISTINGS
    rebuild.kill()
    assert sound(world)


# Killed while searching


def search_for_ever() -> None:
    say("searching")
    while True:
        get_engine().search(Query(text="atelier"))


def test_a_process_killed_while_it_searches_holds_nothing_up(world):
    searching = world.start(search_for_ever)
    searching.hears()
    world.run(edit, "vélo")
    world.run(outbox.drain)
    world.run(call_command, "reindex", "--no-progress", "-v0")
    searching.kill()
    with pytest.raises(Killed):
        searching.end()
    assert sound(world)


# No room on the disk


def without_room(act: Callable[[], object]) -> list[str]:
    """Do ``act`` where no file of the index may grow; return what went wrong."""
    on_disk, (lifted, most) = store.Store._on_disk, resource.getrlimit(resource.RLIMIT_FSIZE)

    @contextlib.contextmanager
    def without(self: store.Store) -> Iterator[None]:
        # The database shares the disk with nobody here: its own files still grow.
        resource.setrlimit(resource.RLIMIT_FSIZE, (2048, most))
        try:
            with on_disk(self):
                yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (lifted, most))

    store.Store._on_disk = without
    told: list[str] = []
    try:
        act()
    except Exception as error:
        told.append(type(error).__name__)
    return [*told, *map(str, pages_answer())]


def edit_inline(word: str) -> None:
    edit(word, drain="inline")


@pytest.mark.parametrize("act", [outbox.drain, outbox.rebuild_index])
def test_a_full_disk_stops_the_index_and_nothing_else(world, act):
    world.run(edit, "vélo")
    assert world.run(without_room, act) == ["EngineUnavailable"]
    assert world.run(total) == LISTINGS
    assert "File too large" in world.run(last_error)
    assert sound(world)


def last_error() -> str:
    return EngineState.of("primary").error


def test_an_edit_on_a_full_disk_is_an_edit(world):
    assert world.run(without_room, partial(edit_inline, "vélo")) == []
    assert world.run(IndexTask.objects.count) > 0
    assert sound(world)
    assert world.run(total, "vélo") == LISTINGS


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


# What is left of an index


@pytest.mark.parametrize("damage", ["no pointer", "garbage", "no folder", "empty"])
def test_a_damaged_index_is_told_and_built_again(world, damage):
    folder = Path(world.engine["OPTIONS"]["PATH"])
    generation = folder / (folder / "current").read_text()
    match damage:
        case "no pointer":
            (folder / "current").unlink()
        case "garbage":
            (generation / "meta.json").write_text("{")
        case "no folder":
            generation.rename(folder.parent / "away")
        case "empty":
            (folder / "current").write_text("")
    assert world.run(pages_answer) == []
    world.run(edit, "vélo")
    world.run(call_command, "reindex", "--no-progress", "-v0")
    assert sound(world)
