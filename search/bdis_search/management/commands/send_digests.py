"""Send what is new in saved searches."""

from __future__ import annotations

import signal
import sys
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from bdis_search.saved.sending import Tally, due_count, send_digests


class Command(BaseCommand):
    help = (
        "Send by e-mail what is new in the searches that people follow. To run every day: each is "
        "told once a week or once a month, and only if something is new. Safe to run again and to "
        "be killed: a listing is told once to each. SIGTERM or Ctrl-C ends it between two e-mails."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Tell what would be sent; send nothing."
        )
        parser.add_argument("--no-progress", action="store_true", help="Draw no progress bar.")

    def handle(
        self, *args: Any, dry_run: bool = False, no_progress: bool = False, **options: Any
    ) -> None:
        hidden = no_progress or options["verbosity"] == 0 or not sys.stderr.isatty()
        asked_to_stop: list[int] = []
        own = threading.current_thread() is threading.main_thread()  # else signals are another's
        before = {
            number: signal.signal(number, lambda number, _frame: asked_to_stop.append(number))
            for number in ((signal.SIGTERM, signal.SIGINT) if own else ())
        }
        try:
            with tqdm(total=due_count(), unit=" searches", disable=hidden) as bar:
                tally = send_digests(
                    dry_run=dry_run, stop=lambda: bool(asked_to_stop), step=bar.update
                )
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        self._tell(tally, dry_run, options["verbosity"])
        if tally.error:
            raise CommandError(
                f"Ended early: {tally.error}. Who was not told yet is told by the next run."
            )

    def _tell(self, tally: Tally, dry_run: bool, verbosity: int) -> None:
        if verbosity > 1 or dry_run:
            for line in tally.lines:
                self.stdout.write(line)
        sent = "would be sent" if dry_run else "sent"
        if verbosity:
            self.stdout.write(
                f"{tally.sent} e-mails {sent} ({tally.listings} listings), "
                f"{tally.nothing_new} searches without news, {tally.purged} addresses erased."
            )
        for count, told in (
            (tally.refused, "e-mails were refused; they are tried again"),
            (tally.uncertain, "e-mails were cut short and may have gone; they are not sent again"),
            (tally.not_understood, "searches mean nothing any more; nothing was sent for them"),
        ):
            if count:
                self.stderr.write(f"{count} {told}.")
