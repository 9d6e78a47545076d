"""Directories of their own, for processes that are killed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.urls import get_resolver

from tests.search.faults import furnish, tantivy
from tests.search.processes import World, copied_database, drop_database


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
