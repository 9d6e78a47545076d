"""How each engine is, for the admin: what it holds, what it waits for, what went wrong."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import Any

from django.db import close_old_connections, connection
from django.utils import timezone
from wagtail.models import Page

from bdis_search.backends.base import SearchEngineError
from bdis_search.engine import engines, get_engine
from bdis_search.models import EngineRole, EngineState, IndexRebuild, IndexTask
from bdis_search.outbox import MOST_ATTEMPTS, rebuild_index
from bdis_search.query import EngineStats
from bdis_search.standby import StandbyEngine

logger = logging.getLogger("bdis.search")

SHOWN = 50


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """An engine as its card shows it; ``stats`` is ``None`` and ``away`` says why it is away."""

    role: str
    label: str
    stats: EngineStats | None
    away: str
    state: EngineState
    rebuild: IndexRebuild | None
    waiting: int
    lag_s: float | None
    answers: bool
    drift: dict[str, int] = field(default_factory=dict)


def statuses() -> list[EngineStatus]:
    """Return how every configured engine is."""
    return [_status(role) for role in engines()]


def _status(role: str) -> EngineStatus:
    stats, away = None, ""
    try:
        stats = engines()[role].stats()
    except SearchEngineError as error:
        away = str(error)
    state = EngineState.of(role)
    waiting = IndexTask.objects.waiting().filter(engine=role)
    oldest = waiting.order_by("created_at").values_list("created_at", flat=True).first()
    return EngineStatus(
        role=role,
        label=str(EngineRole(role).label),
        stats=stats,
        away=away,
        state=state,
        rebuild=IndexRebuild.running(role),
        waiting=waiting.count(),
        lag_s=(timezone.now() - oldest).total_seconds() if oldest else None,
        answers=_answers(role),
        drift={kind: n for kind, n in state.drift.items() if kind != "checked" and n},
    )


def _answers(role: str) -> bool:
    engine = get_engine()
    switched = isinstance(engine, StandbyEngine) and engine.breaker.is_open
    return role == (EngineRole.STANDBY if switched else EngineRole.PRIMARY)


def set_aside() -> list[dict[str, Any]]:
    """Return what failed too often, newest first: {"task", "title"}; ``SHOWN`` at most."""
    tasks = list(IndexTask.objects.set_aside().order_by("-set_aside_at")[:SHOWN])
    ids = [task.page_id for task in tasks]
    titles = dict(Page.objects.filter(pk__in=ids).values_list("pk", "draft_title"))
    return [{"task": task, "title": titles.get(task.page_id, "")} for task in tasks]


def try_again() -> int:
    """Have every task that was set aside tried again; return how many."""
    return IndexTask.objects.set_aside().update(
        set_aside_at=None, not_before=None, attempts=MOST_ATTEMPTS - 2
    )


def rebuild_in_background(role: str) -> bool:
    """Begin to rebuild an index, unless some process is doing it; return whether it began.

    In a thread of this process: stopped with it, it leaves the old index serving.
    """
    if IndexRebuild.running(role):
        return False
    threading.Thread(target=_rebuild, args=(role,), name=f"rebuild-{role}", daemon=True).start()
    return True


def _rebuild(role: str) -> None:
    close_old_connections()
    try:
        rebuild_index(role=role)
    except Exception:
        logger.exception("The index of the %s engine could not be rebuilt.", role)
    finally:
        connection.close()
