"""A directory in a database of its own, and processes of its own, to be killed.

A process is forked from that of the tests: it starts in a moment, on a database that every process
sees. On SQLite that is a file, on PostgreSQL another database of the server.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sqlite3
import traceback
import uuid
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, connections

_fork = multiprocessing.get_context("fork")
_kept: list[object] = []


class Killed(Exception):
    """The process ended without an answer."""


class Process:
    """A process of the directory: it can be heard, told to go on, and killed."""

    def __init__(self, world: World, act: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.line, theirs = _fork.Pipe()
        self._process = _fork.Process(target=_live, args=(world, act, args, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def hears(self, seconds: float = 180.0) -> Any:
        """Return what the process says with ``say``."""
        if not self.line.poll(seconds):
            raise TimeoutError(f"nothing was heard for {seconds} s")
        return self.line.recv()

    def go_on(self) -> None:
        """Let the process go on after ``wait``."""
        self.line.send(None)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal, SIGKILL unless told otherwise."""
        os.kill(self._process.pid or 0, number)

    def end(self, seconds: float = 180.0) -> Any:
        """Return what the act returned; raise what it raised, or ``Killed``."""
        said = None
        with contextlib.suppress(EOFError):
            while self.line.poll(seconds):
                said = self.line.recv()
        self._process.join(seconds)
        match said:
            case ("returned", value):
                return value
            case ("raised", told):
                raise AssertionError(told)
        raise Killed(f"exit code {self._process.exitcode}")


class World:
    """A database and an index folder, seen by every process of a test."""

    def __init__(self, folder: Path, database: str, engine: dict[str, Any]) -> None:
        self.folder = folder
        self.database = database
        self.engine = engine

    def start(self, act: Callable[..., Any], *args: Any) -> Process:
        """Begin ``act`` in a process of its own."""
        return Process(self, act, args)

    def run(self, act: Callable[..., Any], *args: Any, seconds: float = 180.0) -> Any:
        """Do ``act`` in a process of its own and return what it returned."""
        return self.start(act, *args).end(seconds)

    def copy(self, folder: Path, engine: dict[str, Any]) -> World:
        """Return another world that begins as this one is."""
        return World(folder, copied_database(self.database, folder), engine)

    def enter(self) -> None:
        """Make this process live in the world, and nowhere else."""
        from bdis_cms import remembering
        from bdis_search.engine import engines, get_engine

        # Not closed: the test's own process has it open.
        _kept.append(connections["default"])
        del connections["default"]
        config = connections.settings["default"]
        config["NAME"] = self.database
        if connection.vendor == "sqlite":
            config["OPTIONS"] = {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
            }
        settings.BDIS_SEARCH = self.engine
        for kept in (engines, get_engine):
            kept.cache_clear()
        remembering.forget_all()
        ContentType.objects.clear_cache()
        cache.clear()


_line: Connection | None = None


def say(word: Any) -> None:
    """Tell the test, from within a process."""
    assert _line is not None
    _line.send(word)


def wait() -> None:
    """Wait for the test to let this process go on."""
    assert _line is not None
    _line.recv()


def die(*args: Any, **kwargs: Any) -> None:
    """End this process at once, as SIGKILL or a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)


def _live(world: World, act: Callable[..., Any], args: tuple[Any, ...], line: Connection) -> None:
    global _line
    _line = line
    try:
        world.enter()
        line.send(("returned", act(*args)))
    except BaseException:
        line.send(("raised", traceback.format_exc()))
    finally:
        line.close()
        os._exit(0)


def copied_database(source: str, folder: Path) -> str:
    """Return the name of a copy of a database of the tests' own kind."""
    if connection.vendor == "sqlite":
        target = str(folder / f"{uuid.uuid4().hex[:8]}.sqlite3")
        with contextlib.closing(sqlite3.connect(target)) as copy:
            if source:
                with contextlib.closing(sqlite3.connect(source)) as original:
                    original.backup(copy)
            else:
                connection.ensure_connection()
                connection.connection.backup(copy)
        return target
    target = f"bdis_faults_{uuid.uuid4().hex[:8]}"
    source = source or connection.settings_dict["NAME"]
    connection.close()  # a database that is being used cannot be copied
    _on_the_server(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    return target


def drop_database(name: str) -> None:
    """Remove a copy."""
    if connection.vendor == "sqlite":
        for file in Path(name).parent.glob(Path(name).name + "*"):
            file.unlink()
    else:
        _on_the_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _on_the_server(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
