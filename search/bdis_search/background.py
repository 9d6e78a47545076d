"""Work that outlasts the request that began it, in a thread of the process that serves."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connections
from django.db.models import Max, Min
from django.utils import timezone

from bdis_search.backends.base import SearchEngineError
from bdis_search.draining import drain
from bdis_search.engine import engines
from bdis_search.models import EngineState, IndexTask

logger = logging.getLogger("bdis.search")

_LONGEST_SLEEP_S = 60.0
#: What a thread is at, and whether it was asked for again meanwhile.
_running: dict[str, bool] = {}
_mutex = threading.Lock()


def allowed() -> bool:
    """Whether threads may be started: ``BDIS_SEARCH_BACKGROUND``, true by default."""
    return bool(getattr(settings, "BDIS_SEARCH_BACKGROUND", True))


def in_background(name: str, act: Callable[[], object], *, again: bool = False) -> bool:
    """Do ``act`` in a thread, unless one of that name is at it here; return whether it began.

    ``again``: the one that is at it does it once more when it is over, for it may have looked
    already at what there is to do. The thread ends with the process: what it does must bear to be
    cut short.
    """
    with _mutex:
        if name in _running:
            _running[name] = _running[name] or again
            return False
        _running[name] = False
    threading.Thread(target=_do, args=(name, act), name=f"bdis-{name}", daemon=True).start()
    return True


def _do(name: str, act: Callable[[], object]) -> None:
    is_asked = True
    while is_asked:
        try:
            act()
        except SearchEngineError as error:
            logger.error("%s: %s", name, error)
        except Exception as error:
            logger.error("%s was cut short by %s.", name, type(error).__name__)
        finally:
            connections.close_all()
        with _mutex:
            is_asked = _running.pop(name, False)
            if is_asked:
                _running[name] = False


def drain_in_background() -> bool:
    """Apply what waits, and go on until nothing does; return whether that began here."""
    return allowed() and in_background("drain", _drain_until_empty, again=True)


def _drain_until_empty() -> None:
    while (pause := _seconds_to_wait()) is not None:
        if pause > 0:
            connections.close_all()
            time.sleep(min(pause, _LONGEST_SLEEP_S))
        try:
            drain(insist=False)
        except SearchEngineError as error:
            logger.warning("The changes wait in the outbox: %s", error)


def _seconds_to_wait() -> float | None:
    """Return in how many seconds something will be due; ``None`` when nothing waits."""
    now = timezone.now()
    waits = []
    for role in engines():
        waiting = IndexTask.objects.waiting().filter(engine=role)
        if not waiting.exists():
            continue
        soonest = now if waiting.due().exists() else waiting.aggregate(at=Min("not_before"))["at"]
        rest = EngineState.objects.filter(engine=role).aggregate(at=Max("retry_at"))["at"]
        waits.append(max(0.0, *((at - now).total_seconds() for at in (soonest, rest) if at)))
    # At once, unless the lease is another's: then it applies these too, and is looked at again.
    return max(0.2, min(waits)) if waits else None
