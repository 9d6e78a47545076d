"""What changes ask of the engines: written in their transaction, applied afterwards.

Changes write an ``IndexTask`` for each engine in their own transaction. After commit it is applied
at once (``BDIS_SEARCH_DRAIN = "inline"``, the default) or by ``manage.py drain_index --follow``
(``"worker"``). A task goes only when its engine has taken it: see ``draining``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from itertools import islice

from asgiref.local import Local
from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.core.signals import request_finished, request_started
from django.db import connections, router, transaction
from django.db.models import QuerySet
from django.utils import timezone

from bdis_search import background
from bdis_search.backends.base import SearchEngineError
from bdis_search.documents import InitiativeDocument
from bdis_search.draining import MOST_ATTEMPTS, drain, drain_engine
from bdis_search.engine import engines
from bdis_search.models import EngineRole, IndexTask
from bdis_search.rebuilding import build_anew, start_empty_index

__all__ = [
    "MOST_ATTEMPTS",
    "drain",
    "enqueue",
    "enqueue_all",
    "is_inline",
    "rebuild_index",
    "start_empty_index",
]

logger = logging.getLogger("bdis.search")

_INLINE_PATIENCE_S = 2.0  # an edit waits that long for another process that is draining
_INLINE_SECONDS = 3.0  # and that long for its changes to be applied; the rest follows without it
_AT_ONCE = 1_000
_here = Local()


def enqueue(page_ids: Iterable[int]) -> None:
    """Ask for listings to be indexed anew, by every engine, once the transaction commits."""
    pages = iter(dict.fromkeys(page_ids))
    asked = False
    while some := list(islice(pages, _AT_ONCE)):
        asked = True
        IndexTask.objects.bulk_create(
            IndexTask(page_id=page, engine=role) for role in engines() for page in some
        )
    if asked:
        _drain_on_commit()


def enqueue_all(pages: QuerySet) -> None:
    """Ask it for every listing of a queryset: the database writes the tasks, none is read here."""
    connection = connections[router.db_for_write(IndexTask)]
    quoted = connection.ops.quote_name
    columns = ("engine", "page_id", "created_at", "attempts", "error", "applied")
    try:
        listed, params = pages.order_by().values_list("pk").distinct().query.sql_with_params()
    except EmptyResultSet:
        return
    statement = (
        f"INSERT INTO {quoted(IndexTask._meta.db_table)} ({', '.join(map(quoted, columns))}) "  # noqa: S608 - names of ours, a statement of the ORM
        f"SELECT %s, listed.*, %s, 0, '', %s FROM ({listed}) listed"
    )
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    written = 0
    with connection.cursor() as cursor:
        for role in engines():
            cursor.execute(statement, [str(role), now, False, *params])
            written += cursor.rowcount
    if written:
        _drain_on_commit()


def is_inline() -> bool:
    """Whether changes are applied by the process that makes them, rather than by a worker."""
    return bool(getattr(settings, "BDIS_SEARCH_DRAIN", "inline") == "inline")


def _drain_on_commit() -> None:
    if is_inline():
        transaction.on_commit(drain_quietly, robust=True)


def drain_quietly() -> None:
    """Drain the outbox; a failure is logged, the tasks stay, the caller's work stands.

    An engine that was found to be away is left alone for a while: edits do not wait for it. A
    request waits a few seconds at most: a thread goes on with what remains.
    """
    serving = getattr(_here, "serving", False) and background.allowed()
    try:
        drain(
            patience=_INLINE_PATIENCE_S,
            seconds=_INLINE_SECONDS if serving else None,
            insist=False,
        )
    except SearchEngineError as error:
        logger.error("The search index could not follow; the changes wait in the outbox. %s", error)
    except Exception as error:
        logger.error(
            "The search index could not follow; the changes wait in the outbox (%s).",
            type(error).__name__,
        )
    if serving and IndexTask.objects.waiting().exists():
        background.drain_in_background()


def rebuild_index(
    documents: Iterable[InitiativeDocument] | None = None, role: str = EngineRole.PRIMARY
) -> int:
    """Build the index of an engine anew, then apply what changed; return the number of listings.

    Raises ``UnderWay`` when some process is at it already.
    """
    count = build_anew(role, documents)
    drain_engine(role, patience=60)
    return count


def _now_serving(**kwargs: object) -> None:
    _here.serving = True


def _now_served(**kwargs: object) -> None:
    _here.serving = False


request_started.connect(_now_serving)
request_finished.connect(_now_served)
