"""Apply the changes that wait for the search index."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections

from bdis_search.backends.base import SearchEngineError
from bdis_search.models import IndexTask
from bdis_search.outbox import drain


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
        if not follow:
            try:
                done = drain(patience=30)
            except SearchEngineError as error:
                raise CommandError(f"{error} The changes stay in the outbox.") from error
            waiting = IndexTask.objects.filter(applied=False).count()
            self.stdout.write(f"{done} changes applied, {waiting} waiting.")
            if waiting:
                raise CommandError("Some changes could not be applied: see IndexTask.error.")
            return
        try:
            self._follow(max(0.05, interval))
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")

    def _follow(self, interval: float) -> None:
        pause = interval
        while True:
            try:
                done = drain(patience=interval)
                pause = interval
                if done:
                    self.stdout.write(f"{done} changes applied.")
            except (SearchEngineError, DatabaseError) as error:
                # The engine or the database is away: ask less and less often, up to a minute.
                pause = min(pause * 2, 60.0)
                self.stderr.write(f"{error} Trying again in {pause:g} s.")
            close_old_connections()
            time.sleep(pause)
