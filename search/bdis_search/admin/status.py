"""How each engine is, for the admin: what it holds, what it waits for, what went wrong."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from bdis_search.backends.base import IndexMissing, SearchEngineError
from bdis_search.engine import engines, get_engine
from bdis_search.models import (
    EngineRole,
    EngineState,
    IndexCheck,
    IndexRebuild,
    IndexTask,
    LongAct,
)
from bdis_search.outbox import MOST_ATTEMPTS, is_inline
from bdis_search.query import EngineStats
from bdis_search.standby import StandbyEngine

SHOWN = 50
#: A worker that was not seen for that long is not running.
_WORKER_SILENCE = datetime.timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """An engine as its panel shows it; ``stats`` is ``None`` and ``away`` says why it is away.

    ``waiting_since`` is when the oldest change that waits was made; ``differences`` are in words.
    """

    role: str
    label: str
    stats: EngineStats | None
    away: str
    answers: bool
    state: EngineState
    rebuild: IndexRebuild | None
    check: IndexCheck | None
    waiting: int
    waiting_since: datetime.datetime | None
    differences: list[str]
    fields: str

    @property
    def acts(self) -> list[tuple[str, LongAct]]:
        """What is being done to the index, in words, and how far it is."""
        named = (
            (_("The index is being rebuilt"), self.rebuild),
            (_("The index is being checked"), self.check),
        )
        return [(name, act) for name, act in named if act]


@dataclass(frozen=True, slots=True)
class Status:
    """The search as a whole; ``late`` when changes wait and nobody is there to apply them."""

    engines: list[EngineStatus]
    inline: bool
    worker_seen_at: datetime.datetime | None
    worker_runs: bool
    on_standby: bool

    @property
    def busy(self) -> bool:
        """Whether the page is worth asking again in a moment."""
        return any(engine.acts for engine in self.engines) or (
            any(engine.waiting for engine in self.engines) and (self.inline or self.worker_runs)
        )


def status() -> Status:
    """Return how every configured engine is."""
    engine = get_engine()
    guarded = isinstance(engine, StandbyEngine) and engine.breaker.is_open
    on_standby = guarded and "standby" in engines()
    answering = EngineRole.STANDBY if on_standby else EngineRole.PRIMARY
    found = [_status(role, answers=role == answering) for role in engines()]
    seen = max((one.state.followed_at for one in found if one.state.followed_at), default=None)
    return Status(
        engines=found,
        inline=is_inline(),
        worker_seen_at=seen,
        worker_runs=bool(seen and timezone.now() - seen < _WORKER_SILENCE),
        on_standby=on_standby,
    )


def why_away(error: SearchEngineError) -> str:
    """Return what a screen tells of ``error``: who reads it has a button, not a terminal."""
    return _("There is no index: rebuild it.") if isinstance(error, IndexMissing) else str(error)


def _status(role: str, *, answers: bool) -> EngineStatus:
    stats, away = None, ""
    try:
        stats = engines()[role].stats()
    except SearchEngineError as error:
        away = why_away(error)
    state = EngineState.of(role)
    waiting = IndexTask.objects.waiting().filter(engine=role)
    return EngineStatus(
        role=role,
        label=str(EngineRole(role).label),
        stats=stats,
        away=away,
        answers=answers and not away,
        state=state,
        rebuild=IndexRebuild.running(role),
        check=IndexCheck.running(role),
        waiting=waiting.count(),
        waiting_since=waiting.order_by("created_at").values_list("created_at", flat=True).first(),
        differences=_differences(state.drift),
        fields=", ".join(list(state.drift.get("fields", {}))[:6]),
    )


def _differences(drift: dict[str, Any]) -> list[str]:
    numbers = {kind: int(drift.get(kind, 0)) for kind in ("missing", "not_public", "stale")}
    words = {
        "missing": ngettext("%(n)s is missing", "%(n)s are missing", numbers["missing"]),
        "not_public": _("%(n)s too many"),
        "stale": ngettext("%(n)s is out of date", "%(n)s are out of date", numbers["stale"]),
    }
    return [words[kind] % {"n": n} for kind, n in numbers.items() if n]


def set_aside() -> list[dict[str, Any]]:
    """Return what failed too often, newest first, ``SHOWN`` at most: {"task", "title"}."""
    tasks = list(IndexTask.objects.set_aside().order_by("-set_aside_at")[:SHOWN])
    ids = [task.page_id for task in tasks]
    titles = dict(Page.objects.filter(pk__in=ids).values_list("pk", "draft_title"))
    return [{"task": task, "title": titles.get(task.page_id, "")} for task in tasks]


def try_again(task: int | None = None) -> int:
    """Have a task that was set aside, or all of them, tried again; return how many."""
    tasks = IndexTask.objects.set_aside()
    if task is not None:
        tasks = tasks.filter(pk=task)
    return tasks.update(set_aside_at=None, not_before=None, attempts=MOST_ATTEMPTS - 2)
