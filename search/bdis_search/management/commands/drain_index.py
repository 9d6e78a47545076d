"""Apply the changes that wait for the search index."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections

from bdis_search.backends.base import SearchEngineError
from bdis_search.models import IndexTask
from bdis_search.outbox import drain

_LONGEST_PAUSE = 60.0  # seconds between two looks while the engine or the database is away


class Command(BaseCommand):
    help = (
        "Apply to the search index the changes that wait in the outbox. With --follow, keep "
        "doing so: the process to run beside a site where BDIS_SEARCH_DRAIN is “worker”."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--follow", action="store_true", help="Go on until stopped (Ctrl-C or SIGTERM)."
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
            return
        try:
            done = drain(patience=30)
        except SearchEngineError as error:
            raise CommandError(f"{error} The changes stay in the outbox.") from error
        waiting = IndexTask.objects.waiting().count()
        aside = IndexTask.objects.set_aside().count()
        self.stdout.write(f"{done} changes applied, {waiting} waiting, {aside} set aside.")
        if waiting or aside:
            raise CommandError("Some changes could not be applied: see the admin, under Search.")

    def _follow(self, interval: float) -> None:
        stopped = threading.Event()
        before = {
            number: signal.signal(number, lambda *_: stopped.set())
            for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            pause = interval
            while not stopped.is_set():
                pause = self._look(pause, interval)
                close_old_connections()
                stopped.wait(pause)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        self.stdout.write("Stopped.")

    def _look(self, pause: float, interval: float) -> float:
        """Drain once; return how long to wait before the next time."""
        try:
            done = drain(patience=interval)
        except (SearchEngineError, DatabaseError) as error:
            # Away: ask less and less often.
            pause = min(pause * 2, _LONGEST_PAUSE)
            self.stderr.write(f"{error} Trying again in {pause:g} s.")
            return pause
        if done:
            self.stdout.write(f"{done} changes applied.")
        return interval
