"""The changes of the outbox, applied to the engines: in order, each one until it is done.

One process at a time drains for an engine. What it writes of a listing is how the listing is then:
the tasks of a listing are applied together, and may be applied again without harm.
"""

from __future__ import annotations

import datetime
import logging
import time
import traceback
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.db.models import Max
from django.utils import timezone

from bdis_cms.models import InitiativePage
from bdis_search.backends.base import EngineUnavailable, IndexMissing, SearchEngineError
from bdis_search.building import BATCH, build_documents
from bdis_search.engine import engines
from bdis_search.lease import Lease, LeaseLost, leased
from bdis_search.models import EngineState, IndexRebuild, IndexTask, UnderWay, told
from bdis_search.rebuilding import build_anew

logger = logging.getLogger("bdis.search")

#: After so many attempts a change is set aside, for a person to look at.
MOST_ATTEMPTS = 10
_LONGEST_WAIT_S = 3600
#: A missing index of so few listings is built on the spot; beyond, somebody must run reindex.
_SMALL_DIRECTORY = 2_000
#: After so many failures in a row, some listings are tried alone: one may be the cause.
_SUSPICIOUS = 8
_TRIED_ALONE = 20
_AT_ONCE = 1_000
#: The change of an engine that is named no more is kept that long: a process that runs with the
#: settings of before must not undo what those of now have written.
_FORGOTTEN = datetime.timedelta(days=1)

Stop = Callable[[], bool]


def drain(
    *,
    patience: float = 0.0,
    seconds: float | None = None,
    insist: bool = True,
    stop: Stop = lambda: False,
) -> int:
    """Apply what is due to every engine; return how many tasks were.

    ``patience`` is how long (s) to wait for a process that is draining, ``seconds`` how long to go
    on at most; ``stop`` is asked between two batches. Unless ``insist``, an engine that was found
    to be away is left alone for a while. One engine does not wait for another: the
    ``SearchEngineError`` of the first that refuses is raised in the end.
    """
    _forget_retired()
    resting = set() if insist else EngineState.resting()
    done, refusal = 0, None
    for role in engines():
        if role in resting:
            continue
        try:
            done += drain_engine(role, patience=patience, seconds=seconds, stop=stop)
        except SearchEngineError as error:
            refusal = refusal or error
    if refusal:
        raise refusal
    return done


def drain_engine(
    role: str,
    *,
    patience: float = 0.0,
    seconds: float | None = None,
    stop: Stop = lambda: False,
) -> int:
    """Apply what is due to one engine; 0 at once when another process does.

    Raises ``SearchEngineError`` when the engine is away: the tasks stay.
    """
    deadline = time.monotonic() + seconds if seconds is not None else None
    done = 0
    while _due(role):
        with leased(role, patience) as lease:
            if lease is None:
                return done
            try:
                while pages := _due(role):
                    if stop() or (deadline is not None and time.monotonic() > deadline):
                        return done
                    lease.renew()
                    done += _apply(role, pages, lease)
            except LeaseLost:
                logger.warning("The outbox of the %s engine was taken over meanwhile.", role)
        # Looked at again after the lease is given back: a task written meanwhile by a process
        # that could not get the lease must not wait for the next change.
    return done


def _due(role: str) -> list[int]:
    """Return the listings of the oldest tasks to apply now, each once."""
    mine = IndexTask.objects.filter(engine=role)
    pages = mine.due().values_list("page_id", flat=True)[:BATCH]
    found = list(dict.fromkeys(pages))
    kept = mine.filter(applied=True)
    if found or not kept.exists() or IndexRebuild.running(role):
        return found
    # The rebuild they were kept for is over, or was killed.
    kept.update(applied=False)
    return list(dict.fromkeys(pages.all()))


def _apply(role: str, pages: list[int], lease: Lease) -> int:
    """Apply all the tasks of ``pages``; a listing that cannot be does not hold up the others."""
    # Read before the listings: a task written after that tells of a change not read here.
    tasks = list(
        IndexTask.objects.filter(engine=role, page_id__in=pages).values_list("pk", flat=True)
    )
    rebuilding = IndexRebuild.running(role)
    try:
        _write(role, pages, lease)
    except EngineUnavailable as error:
        if not isinstance(error, IndexMissing) or not _built_on_the_spot(role):
            if len(pages) > 1 and _refuses_for_long(role):
                return _one_by_one(role, pages, lease)
            # Nobody's fault: the tasks stay as they are, without repeating themselves.
            EngineState.note_failure(role, error)
            _merge(tasks)
            raise
    except (DatabaseError, LeaseLost):
        raise
    except Exception as error:
        if len(pages) == 1:
            _postpone(tasks, error)
            return 0
        # Some listing of these: look for it by halves.
        half = len(pages) // 2
        return sum(_apply(role, some, lease) for some in (pages[:half], pages[half:]))
    # Asked before and after: a rebuild that began or ended in between has missed this write.
    if rebuilding or IndexRebuild.running(role):
        _each(tasks, lambda rows: rows.update(applied=True, set_aside_at=None, not_before=None))
    else:
        _each(tasks, lambda rows: rows.delete())
    EngineState.note_success(role)
    return len(tasks)


def _refuses_for_long(role: str) -> bool:
    """Whether an engine has refused every write for minutes, and yet answers."""
    if EngineState.of(role).failures < _SUSPICIOUS:
        return False
    try:
        engines()[role].stats()
    except SearchEngineError:
        return False
    return True


def _one_by_one(role: str, pages: list[int], lease: Lease) -> int:
    """Look for a listing that the engine cannot bear, and takes for its own failure."""
    done = 0
    refused: list[tuple[int, EngineUnavailable]] = []
    for page in pages[:_TRIED_ALONE]:
        try:
            done += _apply(role, [page], lease)
        except EngineUnavailable as error:
            refused.append((page, error))
    if not done:
        raise refused[-1][1]
    for page, refusal in refused:
        tasks = IndexTask.objects.filter(engine=role, page_id=page).values_list("pk", flat=True)
        _postpone(list(tasks), refusal)
    return done


def _write(role: str, pages: Collection[int], lease: Lease) -> None:
    documents = list(build_documents(sorted(pages)))
    gone = set(pages) - {document.id for document in documents}
    engine = engines()[role]
    lease.renew()  # what was read before another process took over may be older than what it wrote
    try:
        if documents:
            engine.index(documents)
        if gone:
            engine.remove(sorted(gone))
    finally:
        try:
            lease.renew()
        except LeaseLost:
            # Taken over during the write itself: it may have undone a newer one. Once more, then.
            IndexTask.objects.bulk_create(IndexTask(engine=role, page_id=page) for page in pages)
            raise


def _built_on_the_spot(role: str) -> bool:
    """Build the index of a small directory that has none yet."""
    if InitiativePage.objects.public().count() > _SMALL_DIRECTORY:
        return False
    try:
        build_anew(role)
    except UnderWay:
        return False
    return True


def _postpone(tasks: list[int], error: Exception) -> None:
    """Try a listing again later, twice as late each time; in the end, set it aside."""
    [task] = _merge(tasks)
    now = timezone.now()
    task.attempts = min(task.attempts + 1, 32_000)
    task.error = told(error)
    wait = min(2 ** min(task.attempts, 12), _LONGEST_WAIT_S)
    task.not_before = now + datetime.timedelta(seconds=wait)
    task.set_aside_at = now if task.attempts >= MOST_ATTEMPTS else None
    task.applied = False
    task.save(force_update=True)
    # Neither the message nor the values of the listing: logs are read by more people.
    logger.error(
        "Listing %s cannot be indexed by the %s engine (%s in %s); attempt %s, %s.",
        *(task.page_id, task.engine, type(error).__name__, _where(error), task.attempts),
        "set aside" if task.set_aside_at else f"again in {wait} s",
    )


def _merge(tasks: list[int]) -> list[IndexTask]:
    """Keep one task of each listing among ``tasks``, the last one, as old as the first."""
    kept: dict[int, IndexTask] = {}
    doomed: list[int] = []
    changed: list[IndexTask] = []
    for task in IndexTask.objects.filter(pk__in=tasks).order_by("pk"):
        former = kept.get(task.page_id)
        kept[task.page_id] = task
        if former:
            doomed.append(former.pk)
            task.created_at = min(task.created_at, former.created_at)
            task.attempts = max(task.attempts, former.attempts)
            changed.append(task)
    if doomed:
        IndexTask.objects.bulk_update(changed, ["created_at", "attempts"], batch_size=100)
        _each(doomed, lambda rows: rows.delete())
    return list(kept.values())


def _each(tasks: list[int], act: Callable[[Any], Any]) -> None:
    for start in range(0, len(tasks), _AT_ONCE):
        act(IndexTask.objects.filter(pk__in=tasks[start : start + _AT_ONCE]))


def _forget_retired() -> None:
    """Drop what waits for an engine that the settings name no more."""
    retired = IndexTask.objects.exclude(engine__in=engines())
    newest = retired.aggregate(at=Max("created_at"))["at"]
    if newest and newest < timezone.now() - _FORGOTTEN:
        retired.delete()


def _where(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
