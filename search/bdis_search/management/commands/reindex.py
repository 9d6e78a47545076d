"""Build the search index anew."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from bdis_cms.models import InitiativePage
from bdis_search.backends.base import SearchEngineError
from bdis_search.building import build_documents
from bdis_search.outbox import rebuild_index


class Command(BaseCommand):
    help = (
        "Build the search index from the database, beside the one that serves, then swap them. "
        "The site keeps answering and edits go on meanwhile; killed at any moment, the old "
        "index stays."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-progress", action="store_true", help="Draw no progress bar.")

    def handle(self, *args: Any, no_progress: bool = False, **options: Any) -> None:
        began = time.monotonic()
        total = InitiativePage.objects.public().count()
        hidden = no_progress or options["verbosity"] == 0 or not sys.stderr.isatty()
        bar = tqdm(build_documents(), total=total, unit=" listings", disable=hidden)
        try:
            count = rebuild_index(bar)
        except SearchEngineError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(
                self.style.SUCCESS(f"{count} listings indexed in {time.monotonic() - began:.1f} s.")
            )
