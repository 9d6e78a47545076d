"""Searching goes on when an engine is away: a standby engine, and the breaker that switches."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from bdis_search.backends.base import (
    EngineUnavailable,
    IndexMissing,
    SearchEngineError,
    SearchReader,
)
from bdis_search.query import Cluster, Explanation, Query, Results, Suggestion

logger = logging.getLogger("bdis.search")

T = TypeVar("T")


class Breaker:
    """Leaves an engine alone after some failures, and lets one call try it again later.

    ``failures`` within ``window`` seconds open the breaker for ``pause`` seconds; then one call is
    let through while the others do without: the breaker closes if it succeeds, else it stays open
    for another pause. One per process, shared by its threads.
    """

    def __init__(self, failures: int = 3, window: float = 30.0, pause: float = 30.0) -> None:
        self.failures = max(1, failures)
        self.window = window
        self.pause = pause
        self._lock = threading.Lock()
        self._failed: deque[float] = deque(maxlen=self.failures)  # when, by the monotonic clock
        self._until: float | None = None  # open until then; closed without

    @property
    def is_open(self) -> bool:
        """Whether the engine is being left alone."""
        return self._until is not None

    def allows(self) -> bool:
        """Whether to call the engine now."""
        with self._lock:
            if self._until is None:
                return True
            now = time.monotonic()
            if now < self._until:
                return False
            # This call tries; the others wait for what it finds.
            self._until = now + self.pause
            return True

    def succeeded(self) -> None:
        """Tell that the engine answered."""
        if self._until is None:
            return  # the usual case takes no lock
        with self._lock:
            if self._until is not None:
                logger.warning("The search engine answers again.")
            self._until = None
            self._failed.clear()

    def failed(self) -> None:
        """Tell that the engine did not answer."""
        with self._lock:
            now = time.monotonic()
            self._failed.append(now)
            many = len(self._failed) == self.failures and now - self._failed[0] <= self.window
            if self._until is not None:
                self._until = now + self.pause
            elif many:
                logger.error("The search engine is away: it is left alone for a while.")
                self._until = now + self.pause


class StandbyEngine(SearchReader):
    """Answers with one engine, and with another one while the first is away.

    It only reads: both are written to by the outbox, each at its own pace, so what the second
    answers may be some minutes old (``Results.standby``). Without a second one, searches are
    refused at once while the first is left alone: a site whose engine does not answer has no
    process to spend on waiting for it.
    """

    def __init__(
        self, primary: SearchReader, standby: SearchReader | None, breaker: Breaker
    ) -> None:
        self.primary = primary
        self.standby = standby
        self.breaker = breaker

    def search(self, query: Query) -> Results:
        return self._ask(
            lambda engine: engine.search(query), lambda results: replace(results, standby=True)
        )

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        return self._ask(lambda engine: engine.suggest(text, limit))

    def clusters(self, query: Query, zoom: int) -> list[Cluster]:
        return self._ask(lambda engine: engine.clusters(query, zoom))

    def explain(self, query: Query, ids: Collection[int]) -> dict[int, Explanation]:
        return self._ask(lambda engine: engine.explain(query, ids))

    def _ask(
        self, ask: Callable[[SearchReader], T], mark: Callable[[T], T] = lambda answer: answer
    ) -> T:
        tried = self.breaker.allows()
        if tried:
            try:
                answer = ask(self.primary)
            except SearchEngineError as error:
                if self.standby or not isinstance(error, IndexMissing):
                    self.breaker.failed()
                return self._second(ask, mark, error)
            self.breaker.succeeded()
            return answer
        return self._second(ask, mark, None)

    def _second(
        self,
        ask: Callable[[SearchReader], T],
        mark: Callable[[T], T],
        refusal: SearchEngineError | None,
    ) -> T:
        if self.standby is None:
            raise refusal or EngineUnavailable("The engine did not answer: it is left alone.")
        try:
            return mark(ask(self.standby))
        except SearchEngineError:
            if refusal is not None:
                raise refusal from None
            # Both seem to be away: the first may be back before its time.
            answer = ask(self.primary)
            self.breaker.succeeded()
            return answer


def breaker_of(settings: Mapping[str, Any]) -> Breaker:
    """Return a breaker with the thresholds of ``BDIS_SEARCH["BREAKER"]``.

    FAILURES (3) within WINDOW seconds (30) open it for PAUSE seconds (30).
    """
    return Breaker(
        int(settings.get("FAILURES", 3)),
        float(settings.get("WINDOW", 30)),
        float(settings.get("PAUSE", 30)),
    )
