"""What is killed, filled up or damaged loses nothing, and no public page is a 500."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from bdis_search import draining, outbox
from bdis_search.backends.tantivy import store
from bdis_search.building import build_documents
from bdis_search.engine import engines, get_engine
from bdis_search.models import EngineState, IndexRebuild, IndexTask
from bdis_search.query import Query
from tests.search.faults import LISTINGS, edit, pages_answer, slow_rebuild, sound, total
from tests.search.processes import Killed, die, say

# Without it, there would be no database to copy.
pytestmark = pytest.mark.django_db


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
