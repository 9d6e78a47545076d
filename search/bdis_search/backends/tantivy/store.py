"""Where the index lives: generations in a folder, one current, one writer at a time.

``PATH/<generation>/`` holds an index, ``PATH/current`` the name of the one that serves. A rebuild
writes a new generation and then replaces the pointer: killed at any moment, it leaves the old one
serving. Locks are of the operating system: they go with the process that held them.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import tantivy

from bdis_search.backends.base import EngineUnavailable, IndexMissing
from bdis_search.backends.tantivy.schema import schema
from bdis_search.indexed import SCHEMA_VERSION

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: tantivy's own writer lock still holds
    fcntl = None  # type: ignore[assignment]

REMEDY = "Run “manage.py reindex” to build it."
_VERSION_FILE = "bdis.json"
_MOST_KEPT = 128  # circles above all
_NOTHING = object()
T = TypeVar("T")


class IndexLocked(EngineUnavailable):
    """Another process has been writing to the index for longer than we wait."""


@dataclass(eq=False)
class Opened:
    """An index opened for reading, and what was worked out from it, which goes with it."""

    generation: str
    index: tantivy.Index
    searcher: tantivy.Searcher
    stamp: tuple[int, int, int]
    _kept: dict[Hashable, Any] = field(default_factory=dict)

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what ``make`` returns, worked out once as long as nothing is written."""
        value = self._kept.get(key, _NOTHING)
        if value is _NOTHING:
            value = make()
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = value
        return cast(T, value)


class Writer:
    """What is written to an index until it is committed; failures of the disk are ours."""

    def __init__(
        self,
        writer: tantivy.IndexWriter,
        on_disk: Callable[[], contextlib.AbstractContextManager[None]],
    ) -> None:
        self._writer = writer
        self._on_disk = on_disk

    def add_document(self, document: tantivy.Document) -> None:
        """Add a document."""
        with self._on_disk():
            self._writer.add_document(document)

    def delete_documents_by_query(self, query: tantivy.Query) -> None:
        """Delete what ``query`` finds."""
        with self._on_disk():
            self._writer.delete_documents_by_query(query)


class Store:
    """The folder of the index, shared by processes and threads."""

    def __init__(self, path: Path, lock_timeout: float, heap_bytes: int) -> None:
        self.path = path
        self.lock_timeout = lock_timeout
        self.heap_bytes = heap_bytes
        self._pointer = path / "current"
        self._pointed: tuple[tuple[int, int], str] = ((0, 0), "")
        self._opened: Opened | None = None
        self._mutex = threading.RLock()
        self._pid = os.getpid()

    # Reading

    def open(self) -> Opened:
        """Return the current index, reopened when another process replaced or changed it."""
        for _ in range(3):
            # A rebuild may swap generations, and remove the old one, between two reads.
            with contextlib.suppress(IndexMissing):
                return self._open(self._current())
        return self._open(self._current())

    def _open(self, generation: str) -> Opened:
        stamp = self._stamp(generation)
        opened = self._opened
        if opened and (opened.generation, opened.stamp) == (generation, stamp):
            return opened
        with self._mutex:
            try:
                if opened and opened.generation == generation and self._pid == os.getpid():
                    index = opened.index
                else:
                    index = self._open_index(generation)
                index.reload()
                self._opened = Opened(generation, index, index.searcher(), stamp)
            except (ValueError, OSError) as error:
                self._opened = None
                if generation != self._current():
                    raise IndexMissing("A rebuild removed the index being opened.") from error
                raise EngineUnavailable(
                    f"The search index in {self.path / generation} cannot be read ({error}). "
                    f"{REMEDY}"
                ) from error
            self._pid = os.getpid()
            return self._opened

    def size_bytes(self) -> int:
        """Return the size of the current generation."""
        folder = self.path / self._current()
        return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())

    def _current(self) -> str:
        """Return the generation that serves; the pointer is read again when it was replaced."""
        try:
            found = self._pointer.stat()
            stamp = (found.st_mtime_ns, found.st_ino)
            if stamp != self._pointed[0]:
                self._pointed = (stamp, self._pointer.read_text(encoding="ascii").strip())
            generation = self._pointed[1]
        except (OSError, UnicodeDecodeError):
            generation = ""
        if not generation:
            raise IndexMissing(f"There is no search index in {self.path}. {REMEDY}")
        return generation

    def _stamp(self, generation: str) -> tuple[int, int, int]:
        try:
            found = (self.path / generation / "meta.json").stat()
        except OSError as error:
            raise IndexMissing(
                f"The search index in {self.path / generation} is gone. {REMEDY}"
            ) from error
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _open_index(self, generation: str) -> tantivy.Index:
        folder = self.path / generation
        try:
            version = json.loads((folder / _VERSION_FILE).read_text(encoding="utf-8"))["schema"]
        except (OSError, ValueError, KeyError, TypeError):
            version = None
        if version != SCHEMA_VERSION:
            raise IndexMissing(
                f"The search index in {folder} is of another version of the site. {REMEDY}"
            )
        index = tantivy.Index(schema(), path=str(folder), reuse=True)
        index.config_reader("manual")
        return index

    # Writing

    @contextlib.contextmanager
    def writing(self) -> Iterator[Writer]:
        """Give the writer of the current index and commit on leaving; one at a time anywhere.

        Raises ``IndexLocked`` after ``lock_timeout`` seconds, ``EngineUnavailable`` when the disk
        is full: what was committed before stays.
        """
        self._current()  # without an index there is nothing to lock
        with self._lock("write.lock"):
            # Opened afresh: a writer must start from what the last one committed.
            index = self._open_index(self._current())
            with self._writer(index) as writer:
                yield writer
        self.open()

    @contextlib.contextmanager
    def rebuilding(self) -> Iterator[Writer]:
        """Give the writer of a new generation and make that one current on leaving."""
        with self._on_disk():
            self.path.mkdir(parents=True, exist_ok=True)
        with self._lock("rebuild.lock"):
            self._sweep()
            generation = f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:8]}"
            folder = self.path / generation
            try:
                with self._on_disk():
                    folder.mkdir()
                    (folder / _VERSION_FILE).write_text(
                        json.dumps({"schema": SCHEMA_VERSION}), encoding="utf-8"
                    )
                    index = self._open_index(generation)
                with self._writer(index, threads=2) as writer:
                    yield writer
                with self._lock("write.lock"), self._on_disk():
                    self._point_to(generation)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            self._sweep()
        self.open()

    @contextlib.contextmanager
    def _writer(self, index: tantivy.Index, threads: int = 1) -> Iterator[Writer]:
        try:
            writer = index.writer(self.heap_bytes, threads)
        except (ValueError, OSError) as error:
            raise IndexLocked(f"The search index cannot be written to: {error}") from error
        try:
            yield Writer(writer, self._on_disk)
            with self._on_disk():
                writer.commit()
        except BaseException:
            with contextlib.suppress(ValueError):
                writer.rollback()
            raise
        finally:
            with contextlib.suppress(ValueError):
                writer.wait_merging_threads()

    @contextlib.contextmanager
    def _on_disk(self) -> Iterator[None]:
        """Turn failures of tantivy and of the disk into ours; tantivy's are ``ValueError``."""
        try:
            yield
        except (ValueError, OSError) as error:
            raise EngineUnavailable(
                f"The search index in {self.path} cannot be written: {error}"
            ) from error

    def _point_to(self, generation: str) -> None:
        draft = self.path / f"current.{os.getpid()}"
        with draft.open("w", encoding="ascii") as file:
            file.write(generation)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / "current")
        self._sync_folder()

    def _sync_folder(self) -> None:
        # A rename outlives a power cut only once the folder itself is on the disk.
        with contextlib.suppress(OSError):
            number = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(number)
            finally:
                os.close(number)

    def _sweep(self) -> None:
        """Remove generations that serve no more; readers that have one open keep it."""
        try:
            current = self._current()
        except IndexMissing:
            current = ""
        for folder in self.path.iterdir():
            if folder.is_dir() and folder.name != current and (folder / _VERSION_FILE).exists():
                shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        with self._on_disk():
            file = (self.path / name).open("a")
        with file:
            deadline = time.monotonic() + self.lock_timeout
            while fcntl:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError:
                    if time.monotonic() >= deadline:
                        raise IndexLocked(
                            f"Another process has been writing to {self.path} for more than "
                            f"{self.lock_timeout:g} s. Wait for it to end, or stop it."
                        ) from None
                    time.sleep(0.02)
            yield
