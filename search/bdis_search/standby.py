"""Searching goes on when an engine is away: a standby engine, and the breaker that switches."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from bdis_search.backends.base import EngineUnavailable, SearchEngine
from bdis_search.documents import InitiativeDocument
from bdis_search.query import Cluster, EngineStats, Query, Results, Suggestion

logger = logging.getLogger("bdis.search")

T = TypeVar("T")


class Breaker:
    """Leaves an engine alone after some failures in a row, and lets one call try it again later.

    ``failures`` in a row open the breaker for ``pause`` seconds; then one call at a time is let
    through, and the first that succeeds closes it. One per process, shared by its threads.
    """

    def __init__(self, failures: int = 3, pause: float = 30.0) -> None:
        self.failures = failures
        self.pause = pause
        self._lock = threading.Lock()
        self._failed = 0
        self._closed_at = 0.0  # by the monotonic clock: when the engine may be tried again

    @property
    def is_open(self) -> bool:
        """Whether the engine is being left alone."""
        return self._failed >= self.failures

    def allows(self) -> bool:
        """Whether to call the engine now."""
        with self._lock:
            if not self.is_open:
                return True
            now = time.monotonic()
            if now < self._closed_at:
                return False
            # This call tries; the others wait for what it finds.
            self._closed_at = now + self.pause
            return True

    def succeeded(self) -> None:
        """Tell that the engine answered."""
        with self._lock:
            if self.is_open:
                logger.warning("The search engine answers again.")
            self._failed = 0

    def failed(self) -> None:
        """Tell that the engine did not answer."""
        with self._lock:
            self._failed += 1
            self._closed_at = time.monotonic() + self.pause
            if self._failed == self.failures:
                logger.error("The search engine is away: the standby engine answers.")


class StandbyEngine(SearchEngine):
    """Answers with one engine, and with another one while the first is away.

    It only reads: both are written to by the outbox, each at its own pace, so what the second
    answers may be some minutes old (``Results.standby``).
    """

    def __init__(self, primary: SearchEngine, standby: SearchEngine, breaker: Breaker) -> None:
        super().__init__({})
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

    def fingerprints(self) -> Iterator[tuple[int, str]]:
        return self.primary.fingerprints()

    def stats(self) -> EngineStats:
        return self._ask(lambda engine: engine.stats())

    def index(self, documents: Iterable[InitiativeDocument]) -> int:
        raise NotImplementedError("Write to each of bdis_search.engine.engines().")

    def remove(self, ids: Iterable[int]) -> None:
        raise NotImplementedError("Write to each of bdis_search.engine.engines().")

    def rebuild(self, documents: Iterable[InitiativeDocument]) -> int:
        raise NotImplementedError("Write to each of bdis_search.engine.engines().")

    def _ask(
        self, ask: Callable[[SearchEngine], T], mark: Callable[[T], T] = lambda answer: answer
    ) -> T:
        if self.breaker.allows():
            try:
                answer = ask(self.primary)
            except EngineUnavailable as error:
                self.breaker.failed()
                try:
                    return mark(ask(self.standby))
                except EngineUnavailable:
                    raise error from None
            self.breaker.succeeded()
            return answer
        return mark(ask(self.standby))


def breaker_of(settings: Mapping[str, Any]) -> Breaker:
    """Return a breaker with the thresholds of ``BDIS_SEARCH["BREAKER"]``: FAILURES, PAUSE (s)."""
    return Breaker(int(settings.get("FAILURES", 3)), float(settings.get("PAUSE", 30)))
