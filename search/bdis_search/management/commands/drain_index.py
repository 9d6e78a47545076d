"""Apply the changes that wait for the search engines."""

from __future__ import annotations

import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections
from django.utils import timezone

from bdis_search.backends.base import SearchEngineError
from bdis_search.draining import drain
from bdis_search.engine import engines
from bdis_search.models import EngineState, IndexTask

_LONGEST_PAUSE_S = 60.0  # between two looks while the database is away
_SIGN_OF_LIFE_S = 15.0


class Command(BaseCommand):
    help = (
        "Apply to the search engines the changes that wait in the outbox. With --follow, keep "
        "doing so: the process to run beside a site where BDIS_SEARCH_DRAIN is “worker”. It ends "
        "between two batches on SIGTERM or Ctrl-C, and outlives an engine or a database that is "
        "away for a while."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument("--follow", action="store_true", help="Go on until stopped.")
        mode.add_argument(
            "--once", action="store_true", help="Apply what waits now, then end (the default)."
        )
        parser.add_argument(
            "--interval",
            type=float,
            default=1.0,
            metavar="SECONDS",
            help="With --follow, pause between two looks at the outbox (1 by default).",
        )

    def handle(
        self, *args: Any, follow: bool = False, interval: float = 1.0, **options: Any
    ) -> None:
        if follow:
            self._follow(max(0.05, interval))
        else:
            self._once()

    def _once(self) -> None:
        try:
            done = drain(patience=30)
        except SearchEngineError as error:
            raise CommandError(f"{error} The changes stay in the outbox.") from error
        waiting = IndexTask.objects.waiting().count()
        aside = IndexTask.objects.set_aside().count()
        self.stdout.write(f"{done} changes applied, {waiting} waiting, {aside} set aside.")
        if aside:
            self.stderr.write("What is set aside is in the admin, under Search.")
        if waiting:
            raise CommandError("Some changes could not be applied: see the admin, under Search.")

    def _follow(self, interval: float) -> None:
        self._stopped = threading.Event()
        self._seen = 0.0
        self._failures = 0
        self._told = ""
        before = {
            number: signal.signal(number, lambda *_: self._stopped.set())
            for number in (signal.SIGTERM, signal.SIGINT)
        }
        self.stdout.write("Following the outbox.")
        try:
            while not self._stopped.is_set():
                self._stopped.wait(self._look(interval))
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        self.stdout.write("Stopped.")

    def _look(self, interval: float) -> float:
        """Drain once; return how long to wait (s) before the next time."""
        try:
            self._give_sign_of_life()
            # An engine that is away is left alone for longer and longer, and the other goes on.
            done = drain(patience=interval, insist=False, stop=self._stopped.is_set)
        except SearchEngineError as error:
            self._tell(str(error))
            return interval
        except DatabaseError as error:
            # Its messages may quote rows: only its kind is told. The connection is of no use now.
            connections.close_all()
            self._failures += 1
            pause = min(interval * 2**self._failures, _LONGEST_PAUSE_S)
            self._tell(f"The database does not answer ({type(error).__name__}).")
            return pause
        self._failures = 0
        if done:
            self._told = ""
            self.stdout.write(f"{done} changes applied.")
        return interval

    def _tell(self, trouble: str) -> None:
        # Once, not at every attempt: logs must stay readable when an engine is away for a night.
        if trouble != self._told:
            self._told = trouble
            self.stderr.write(f"{trouble} The changes stay in the outbox; trying again.")

    def _give_sign_of_life(self) -> None:
        if not self._seen or time.monotonic() - self._seen > _SIGN_OF_LIFE_S:
            for role in engines():
                EngineState.objects.update_or_create(
                    engine=role, defaults={"followed_at": timezone.now()}
                )
            self._seen = time.monotonic()
