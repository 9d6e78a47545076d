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
from bdis_search.management.commands._engines import add_engine_option, roles_of
from bdis_search.models import UnderWay
from bdis_search.outbox import rebuild_index


class Command(BaseCommand):
    help = (
        "Build the search index from the database, beside the one that serves, then swap them. "
        "The site keeps answering and edits go on meanwhile; killed at any moment, the old "
        "index stays."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_engine_option(parser)
        parser.add_argument("--no-progress", action="store_true", help="Draw no progress bar.")

    def handle(
        self, *args: Any, engine: str = "all", no_progress: bool = False, **options: Any
    ) -> None:
        total = InitiativePage.objects.public().count()
        hidden = no_progress or options["verbosity"] == 0 or not sys.stderr.isatty()
        failed = []
        for role in roles_of(engine):
            began = time.monotonic()
            bar = tqdm(build_documents(), role, total=total, unit=" listings", disable=hidden)
            try:
                count = rebuild_index(bar, role)
            except (SearchEngineError, UnderWay) as error:
                # One engine that is away does not keep the other from being rebuilt.
                failed.append(f"{role}: {error}")
                continue
            if options["verbosity"]:
                seconds = time.monotonic() - began
                told = f"{count} listings indexed in {seconds:.1f} s ({role} engine)."
                self.stdout.write(self.style.SUCCESS(told))
        if failed:
            raise CommandError("\n".join(failed))
