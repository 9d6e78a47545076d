"""Compare the search index with the database."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from bdis_cms.models import InitiativePage
from bdis_search.backends.base import SearchEngineError
from bdis_search.building import build_documents
from bdis_search.engine import get_engine
from bdis_search.models import IndexTask


class Command(BaseCommand):
    help = (
        "Compare the search index with the public listings of the database. Prints what is "
        "missing, stale or should not be there, and exits 1 if anything is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--limit",
            type=int,
            default=20,
            metavar="N",
            help="Name at most N listings of each kind of drift (20 by default).",
        )

    def handle(self, *args: Any, limit: int = 20, **options: Any) -> None:
        try:
            indexed = dict(get_engine().fingerprints())
        except SearchEngineError as error:
            raise CommandError(str(error)) from error
        total = InitiativePage.objects.public().count()
        expected = {
            document.id: document.fingerprint
            for document in tqdm(
                build_documents(), total=total, unit=" listings", disable=not sys.stderr.isatty()
            )
        }
        drift = {
            "missing from the index": sorted(expected.keys() - indexed.keys()),
            "in the index but not public": self._not_public(indexed, expected),
            "stale in the index": sorted(
                key for key in expected.keys() & indexed.keys() if expected[key] != indexed[key]
            ),
        }
        waiting = IndexTask.objects.filter(applied=False).count()
        if waiting:
            self.stdout.write(f"{waiting} changes wait in the outbox (manage.py drain_index).")
        for kind, ids in drift.items():
            if ids:
                named = ", ".join(map(str, ids[:limit])) + (", …" if len(ids) > limit else "")
                self.stdout.write(f"{len(ids)} {kind}: {named}")
        if any(drift.values()):
            raise CommandError("The index and the database differ: run manage.py reindex.")
        self.stdout.write(
            self.style.SUCCESS(f"{len(expected)} listings: index and database agree.")
        )

    def _not_public(self, indexed: dict[int, str], expected: dict[int, str]) -> list[int]:
        """Return ids that should have left; those that merely lapsed are never shown."""
        extra = indexed.keys() - expected.keys()
        lapsed = (
            set(
                InitiativePage.objects.live()
                .filter(pk__in=extra, suspended_at__isnull=True, charter_valid_until__isnull=False)
                .exclude(pk__in=InitiativePage.objects.public().values("pk"))
                .filter(view_restrictions__isnull=True)
                .values_list("pk", flat=True)
            )
            if extra
            else set()
        )
        return sorted(extra - lapsed)
