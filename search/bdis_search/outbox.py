"""From the outbox to the engine: nothing lost, in order, one drainer at a time.

Changes write an ``IndexTask`` in their own transaction. After commit it is applied at once
(``BDIS_SEARCH_DRAIN = "inline"``, the default) or by ``manage.py drain_index --follow``
(``"worker"``). A task goes only when the engine has taken it.
"""

from __future__ import annotations

import contextlib
import datetime
import logging
import time
import uuid
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from bdis_cms.models import InitiativePage
from bdis_search.backends.base import IndexMissing, SearchEngineError
from bdis_search.building import BATCH, build_documents
from bdis_search.documents import InitiativeDocument
from bdis_search.engine import get_engine
from bdis_search.models import DrainLease, IndexRebuild, IndexTask

logger = logging.getLogger("bdis.search")

_LEASE = datetime.timedelta(seconds=60)
_INLINE_PATIENCE = 2.0  # seconds an edit waits for another process that is draining
_SIGN_OF_LIFE = 15.0  # seconds
_LONGEST_WAIT = 3600  # seconds between two attempts
#: A missing index of so few listings is built on the spot; beyond, somebody must run reindex.
_SMALL_DIRECTORY = 2_000


def enqueue(page_ids: Iterable[int]) -> None:
    """Ask for listings to be indexed anew once the current transaction commits."""
    tasks = [IndexTask(page_id=page_id) for page_id in dict.fromkeys(page_ids)]
    if not tasks:
        return
    IndexTask.objects.bulk_create(tasks, batch_size=1000)
    if getattr(settings, "BDIS_SEARCH_DRAIN", "inline") == "inline":
        transaction.on_commit(drain_quietly, robust=True)


def drain_quietly() -> None:
    """Drain the outbox; a failure is logged, the tasks stay, the caller's work stands."""
    try:
        drain(patience=_INLINE_PATIENCE)
    except Exception:
        logger.exception("The search index could not follow; the changes wait in the outbox.")


def drain(*, patience: float = 0.0) -> int:
    """Apply what is due and return how many tasks were; 0 at once when another process drains.

    ``patience`` is how long (s) to wait for that process. Raises ``SearchEngineError`` when the
    engine refuses: the tasks stay and count the attempt.
    """
    done = 0
    while _due():
        with _lease(patience) as owner:
            if not owner:
                return done
            while tasks := _due():
                _renew(owner)
                done += _apply(tasks)
        # Looked at again after the lease is given back: a task written meanwhile by a process
        # that could not get the lease must not wait for the next change.
    return done


def rebuild_index(documents: Iterable[InitiativeDocument] | None = None) -> int:
    """Build the index anew beside the one that serves; return the number of listings.

    Changes that happen meanwhile go to the index that serves, and again to the new one.
    """
    rebuild = IndexRebuild.objects.create()
    try:
        source = build_documents() if documents is None else documents
        count = get_engine().rebuild(_with_signs_of_life(source, rebuild))
    finally:
        rebuild.delete()
    drain(patience=60)
    return count


def _with_signs_of_life(
    documents: Iterable[InitiativeDocument], rebuild: IndexRebuild
) -> Iterator[InitiativeDocument]:
    last = time.monotonic()
    for document in documents:
        yield document
        if time.monotonic() - last > _SIGN_OF_LIFE:
            last = time.monotonic()
            IndexRebuild.objects.filter(pk=rebuild.pk).update(alive_at=timezone.now())
    # What changed since the beginning is read again before the new index serves; what was
    # removed goes right after, when the kept tasks are applied anew.
    changed = IndexTask.objects.values_list("page_id", flat=True).distinct()
    yield from build_documents(list(changed))


def _due() -> list[IndexTask]:
    tasks = list(IndexTask.objects.due()[:BATCH])
    kept = IndexTask.objects.filter(applied=True)
    if tasks or not kept.exists() or IndexRebuild.is_running():
        return tasks
    # The rebuild they were kept for is over, or was killed.
    kept.update(applied=False)
    return list(IndexTask.objects.due()[:BATCH])


def _apply(tasks: list[IndexTask]) -> int:
    """Apply ``tasks``; one that cannot be built does not hold up the others."""
    rebuilding = IndexRebuild.is_running()
    try:
        _write({task.page_id for task in tasks})
    except IndexMissing:
        if IndexRebuild.is_running() or InitiativePage.objects.public().count() > _SMALL_DIRECTORY:
            raise
        get_engine().rebuild(build_documents())
    except (SearchEngineError, DatabaseError) as error:
        _postpone(tasks, error, wait=False)
        raise
    except Exception as error:
        if len(tasks) == 1:
            logger.exception("Listing %s cannot be indexed; it will be tried again.", tasks[0])
            _postpone(tasks, error, wait=True)
            return 0
        return sum(_apply([task]) for task in tasks)
    applied = IndexTask.objects.filter(pk__in=[task.pk for task in tasks])
    # Asked before and after: a rebuild that began or ended in between has missed this write.
    if rebuilding or IndexRebuild.is_running():
        applied.update(applied=True)
    else:
        applied.delete()
    return len(tasks)


def _write(page_ids: set[int]) -> None:
    documents = list(build_documents(sorted(page_ids)))
    gone = page_ids - {document.id for document in documents}
    engine = get_engine()
    if documents:
        engine.index(documents)
    if gone:
        engine.remove(sorted(gone))


def _postpone(tasks: list[IndexTask], error: Exception, *, wait: bool) -> None:
    now = timezone.now()
    for task in tasks:
        task.attempts = min(task.attempts + 1, 32_000)
        task.error = f"{type(error).__name__}: {error}"[:2000]
        if wait:
            seconds = min(2 ** min(task.attempts, 12), _LONGEST_WAIT)
            task.not_before = now + datetime.timedelta(seconds=seconds)
    IndexTask.objects.bulk_update(tasks, ["attempts", "error", "not_before"])


@contextlib.contextmanager
def _lease(patience: float) -> Iterator[str]:
    """Give a name under which this process alone drains; "" when another one does."""
    owner = uuid.uuid4().hex
    deadline = time.monotonic() + patience
    while not _take(owner):
        if time.monotonic() >= deadline:
            yield ""
            return
        time.sleep(0.05)
    try:
        yield owner
    finally:
        DrainLease.objects.filter(owner=owner).update(owner="", until=timezone.now())


def _take(owner: str) -> bool:
    now = timezone.now()
    DrainLease.objects.get_or_create(name="outbox", defaults={"until": now})
    free = DrainLease.objects.filter(name="outbox", until__lte=now)
    return bool(free.update(owner=owner, until=now + _LEASE))


def _renew(owner: str) -> None:
    DrainLease.objects.filter(owner=owner).update(until=timezone.now() + _LEASE)


def start_empty_index(using: str) -> None:
    """Build the index of a site without listings, where there is none; a failure is no matter."""
    try:
        if using != "default" or InitiativePage.objects.exists():
            return
        engine = get_engine()
        try:
            engine.stats()
        except IndexMissing:
            engine.rebuild([])
    except Exception:
        logger.warning("No search index was started; “manage.py reindex” will do it.")
