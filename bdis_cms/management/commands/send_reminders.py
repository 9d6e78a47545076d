"""``manage.py send_reminders``: e-mails that are due today, each once."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm


class Command(BaseCommand):
    help = (
        "Send by e-mail the reminders that are due: charter to sign again, evaluations to begin or "
        "to finish. To run every day; safe to run again: each goes once. Exits 1 when some were "
        "refused, which the next run tries again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Count what would be sent; send nothing."
        )
        parser.add_argument("--no-progress", action="store_true", help="Draw no progress bar.")

    def handle(
        self, *args: Any, dry_run: bool = False, no_progress: bool = False, **options: Any
    ) -> None:
        from bdis_cms.reminders import send_reminders

        hidden = no_progress or options["verbosity"] == 0 or not sys.stderr.isatty()
        with tqdm(unit=" e-mails", disable=hidden) as bar:
            outcome = send_reminders(dry_run=dry_run, step=bar.update)
        if options["verbosity"]:
            self.stdout.write(f"{outcome.sent} e-mails {'would be sent' if dry_run else 'sent'}.")
        for name in outcome.left_out:
            self.stderr.write(f"{name} cannot tell what it would send.")
        if outcome.failures:
            raise CommandError("\n".join(outcome.failures))
