"""From the outbox to the engines: nothing lost, in order, one drainer of each at a time.

Changes write an ``IndexTask`` for each engine in their own transaction. After commit it is applied
at once (``BDIS_SEARCH_DRAIN = "inline"``, the default) or by ``manage.py drain_index --follow``
(``"worker"``). A task goes only when its engine has taken it.
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
from bdis_search.backends.base import EngineUnavailable, IndexMissing, SearchEngineError
from bdis_search.building import BATCH, build_documents
from bdis_search.documents import InitiativeDocument
from bdis_search.engine import engines
from bdis_search.models import DrainLease, EngineRole, EngineState, IndexRebuild, IndexTask

logger = logging.getLogger("bdis.search")

_LEASE = datetime.timedelta(seconds=60)
_INLINE_PATIENCE = 2.0  # seconds an edit waits for another process that is draining
_SIGN_OF_LIFE = 5.0  # seconds
_LONGEST_WAIT = 3600  # seconds between two attempts
_LONGEST_REST = 60  # seconds during which edits do not wait for an engine that is away
#: After so many attempts that is for a person to look at.
MOST_ATTEMPTS = 8
#: A missing index of so few listings is built on the spot; beyond, somebody must run reindex.
_SMALL_DIRECTORY = 2_000


def enqueue(page_ids: Iterable[int]) -> None:
    """Ask for listings to be indexed anew, by every engine, once the transaction commits."""
    tasks = [
        IndexTask(page_id=page_id, engine=role)
        for page_id in dict.fromkeys(page_ids)
        for role in engines()
    ]
    if not tasks:
        return
    IndexTask.objects.bulk_create(tasks, batch_size=1000)
    if getattr(settings, "BDIS_SEARCH_DRAIN", "inline") == "inline":
        transaction.on_commit(drain_quietly, robust=True)


def drain_quietly() -> None:
    """Drain the outbox; a failure is logged, the tasks stay, the caller's work stands.

    An engine that was found to be away is left alone for a while: edits do not wait for it.
    """
    now = timezone.now()
    resting = EngineState.objects.filter(retry_at__gt=now).values_list("engine", flat=True)
    for role in set(engines()) - set(resting):
        try:
            drain_engine(role, patience=_INLINE_PATIENCE)
        except Exception:
            logger.exception("The search index could not follow; the changes wait in the outbox.")


def drain(*, patience: float = 0.0) -> int:
    """Apply what is due to every engine; return how many tasks were.

    ``patience`` is how long (s) to wait for a process that is draining. One engine does not wait
    for another: the ``SearchEngineError`` of the first that refuses is raised in the end.
    """
    IndexTask.objects.exclude(engine__in=engines()).delete()  # of an engine that is used no more
    done, refusal = 0, None
    for role in engines():
        try:
            done += drain_engine(role, patience=patience)
        except SearchEngineError as error:
            refusal = refusal or error
    if refusal:
        raise refusal
    return done


def drain_engine(role: str, *, patience: float = 0.0) -> int:
    """Apply what is due to one engine; 0 at once when another process does.

    Raises ``SearchEngineError`` when the engine is away: the tasks stay and count the attempt.
    """
    done = 0
    while _due(role):
        with _lease(role, patience) as owner:
            if not owner:
                return done
            while tasks := _due(role):
                _renew(owner)
                done += _apply(role, tasks)
        # Looked at again after the lease is given back: a task written meanwhile by a process
        # that could not get the lease must not wait for the next change.
    return done


def rebuild_index(
    documents: Iterable[InitiativeDocument] | None = None, role: str = EngineRole.PRIMARY
) -> int:
    """Build the index anew beside the one that serves; return the number of listings.

    Changes that happen meanwhile go to the index that serves, and again to the new one.
    """
    began = time.monotonic()
    total = InitiativePage.objects.public().count()
    rebuild = IndexRebuild.objects.create(engine=role, total=total)
    try:
        source = build_documents() if documents is None else documents
        count = engines()[role].rebuild(_with_signs_of_life(source, rebuild))
    except SearchEngineError as error:
        _failed(role, error)
        raise
    finally:
        rebuild.delete()
    EngineState.objects.update_or_create(
        engine=role,
        defaults={
            "rebuilt_at": timezone.now(),
            "rebuilt_count": count,
            "rebuilt_seconds": time.monotonic() - began,
        },
    )
    drain_engine(role, patience=60)
    return count


def _with_signs_of_life(
    documents: Iterable[InitiativeDocument], rebuild: IndexRebuild
) -> Iterator[InitiativeDocument]:
    last = time.monotonic()
    for done, document in enumerate(documents, 1):
        yield document
        if time.monotonic() - last > _SIGN_OF_LIFE:
            last = time.monotonic()
            row = IndexRebuild.objects.filter(pk=rebuild.pk)
            row.update(alive_at=timezone.now(), done=done)
    # What changed since the beginning is read again before the new index serves; what was
    # removed goes right after, when the kept tasks are applied anew.
    changed = IndexTask.objects.filter(engine=rebuild.engine).values_list("page_id", flat=True)
    yield from build_documents(list(changed.distinct()))


def _due(role: str) -> list[IndexTask]:
    mine = IndexTask.objects.filter(engine=role)
    tasks = list(mine.due()[:BATCH])
    kept = mine.filter(applied=True)
    if tasks or not kept.exists() or IndexRebuild.running(role):
        return tasks
    # The rebuild they were kept for is over, or was killed.
    kept.update(applied=False)
    return list(mine.due()[:BATCH])


def _apply(role: str, tasks: list[IndexTask]) -> int:
    """Apply ``tasks``; one that cannot be does not hold up the others."""
    rebuilding = IndexRebuild.running(role)
    try:
        _write(role, {task.page_id for task in tasks})
    except (EngineUnavailable, DatabaseError) as error:
        if not isinstance(error, IndexMissing) or not _built_on_the_spot(role):
            _postpone(tasks, error, wait=False)
            _failed(role, error)
            raise
    except Exception as error:
        if len(tasks) == 1:
            logger.exception("Listing %s cannot be indexed; it will be tried again.", tasks[0])
            _postpone(tasks, error, wait=True)
            return 0
        return sum(_apply(role, [task]) for task in tasks)
    applied = IndexTask.objects.filter(pk__in=[task.pk for task in tasks])
    # Asked before and after: a rebuild that began or ended in between has missed this write.
    if rebuilding or IndexRebuild.running(role):
        applied.update(applied=True)
    else:
        applied.delete()
    _succeeded(role)
    return len(tasks)


def _built_on_the_spot(role: str) -> bool:
    """Build the index of a small directory that has none yet."""
    if IndexRebuild.running(role) or InitiativePage.objects.public().count() > _SMALL_DIRECTORY:
        return False
    engines()[role].rebuild(build_documents())
    return True


def _write(role: str, page_ids: set[int]) -> None:
    documents = list(build_documents(sorted(page_ids)))
    gone = page_ids - {document.id for document in documents}
    engine = engines()[role]
    if documents:
        engine.index(documents)
    if gone:
        engine.remove(sorted(gone))


def _postpone(tasks: list[IndexTask], error: Exception, *, wait: bool) -> None:
    now = timezone.now()
    for task in tasks:
        task.attempts = min(task.attempts + 1, 32_000)
        task.error = _told(error)
        if wait:
            seconds = min(2 ** min(task.attempts, 12), _LONGEST_WAIT)
            task.not_before = now + datetime.timedelta(seconds=seconds)
            # Only what fails by itself: an engine that is away is nobody's fault.
            if task.attempts >= MOST_ATTEMPTS:
                task.set_aside_at = now
    IndexTask.objects.bulk_update(tasks, ["attempts", "error", "not_before", "set_aside_at"])


def _failed(role: str, error: Exception) -> None:
    state, now = EngineState.of(role), timezone.now()
    state.failures = min(state.failures + 1, 32_000)
    state.error, state.error_at = _told(error), now
    rest = min(2 ** min(state.failures, 10), _LONGEST_REST)
    state.retry_at = now + datetime.timedelta(seconds=rest)
    state.save(update_fields=["failures", "error", "error_at", "retry_at"])


def _succeeded(role: str) -> None:
    EngineState.objects.update_or_create(
        engine=role, defaults={"drained_at": timezone.now(), "failures": 0, "retry_at": None}
    )


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000]


@contextlib.contextmanager
def _lease(role: str, patience: float) -> Iterator[str]:
    """Give a name under which this process alone drains; "" when another one does."""
    owner = uuid.uuid4().hex
    deadline = time.monotonic() + patience
    while not _take(role, owner):
        if time.monotonic() >= deadline:
            yield ""
            return
        time.sleep(0.05)
    try:
        yield owner
    finally:
        DrainLease.objects.filter(owner=owner).update(owner="", until=timezone.now())


def _take(role: str, owner: str) -> bool:
    now = timezone.now()
    DrainLease.objects.get_or_create(name=role, defaults={"until": now})
    free = DrainLease.objects.filter(name=role, until__lte=now)
    return bool(free.update(owner=owner, until=now + _LEASE))


def _renew(owner: str) -> None:
    DrainLease.objects.filter(owner=owner).update(until=timezone.now() + _LEASE)


def start_empty_index(using: str) -> None:
    """Build the indexes of a site without listings, where there are none; failing is no matter."""
    try:
        if using != "default" or InitiativePage.objects.exists():
            return
        for engine in engines().values():
            try:
                engine.stats()
            except IndexMissing:
                engine.rebuild([])
    except Exception:
        logger.warning("No search index was started; “manage.py reindex” will do it.")
