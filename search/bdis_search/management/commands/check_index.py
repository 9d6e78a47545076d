"""Compare the search index with the database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from bdis_cms.models import InitiativePage
from bdis_search.backends.base import SearchEngineError
from bdis_search.documents import InitiativeDocument
from bdis_search.drift import Drift, find_drift
from bdis_search.management.commands._engines import add_engine_option, roles_of
from bdis_search.models import IndexTask
from bdis_search.outbox import drain, enqueue


class Command(BaseCommand):
    help = (
        "Compare the search index with the public listings of the database. Prints what is "
        "missing, stale (and in which fields) or should not be there. Exits 1 if anything is, "
        "and 2 if the engine does not answer. With --fix, indexes anew what differs, and exits 0."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_engine_option(parser)
        parser.add_argument(
            "--limit",
            type=int,
            default=20,
            metavar="N",
            help="Name at most N listings of each kind of drift (20 by default).",
        )
        parser.add_argument("--fix", action="store_true", help="Index anew what differs.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(
        self,
        *args: Any,
        engine: str = "all",
        limit: int = 20,
        fix: bool = False,
        json: bool = False,
        **options: Any,
    ) -> None:
        found = {}
        for role in roles_of(engine):
            try:
                found[role] = find_drift(role, self._watch)
            except SearchEngineError as error:
                raise CommandError(f"{role}: {error}", returncode=2) from error
        waiting = IndexTask.objects.waiting().count()
        if json:
            self.stdout.write(_as_json(found, waiting, limit))
        else:
            self._tell(found, waiting, limit)
        if not any(found.values()):
            return
        if not fix:
            raise CommandError(
                "The index and the database differ: run check_index --fix, or reindex.",
                returncode=1,
            )
        ids = {identifier for drift in found.values() for identifier in drift.ids}
        enqueue(sorted(ids))
        try:
            drain(patience=30)
        except SearchEngineError as error:
            raise CommandError(f"{error} The changes stay in the outbox.", returncode=2) from error
        self.stderr.write(f"{len(ids)} listings indexed anew.")

    def _watch(self, documents: Iterable[InitiativeDocument]) -> Iterable[InitiativeDocument]:
        total = InitiativePage.objects.public().count()
        hidden = not sys.stderr.isatty()
        watched: Iterable[InitiativeDocument] = tqdm(
            documents, total=total, unit=" listings", disable=hidden
        )
        return watched

    def _tell(self, found: dict[str, Drift], waiting: int, limit: int) -> None:
        if waiting:
            self.stdout.write(f"{waiting} changes wait in the outbox (manage.py drain_index).")
        for role, drift in found.items():
            for kind, ids in (
                ("missing from the index", drift.missing),
                ("in the index but not public", drift.not_public),
                ("stale in the index", sorted(drift.stale)),
            ):
                if ids:
                    named = ", ".join(_named(one, drift) for one in ids[:limit])
                    more = ", …" if len(ids) > limit else ""
                    self.stdout.write(f"{role}: {len(ids)} {kind}: {named}{more}")
            if not drift:
                told = f"{drift.checked} listings: index and database agree ({role} engine)."
                self.stdout.write(self.style.SUCCESS(told))


def _named(identifier: int, drift: Drift) -> str:
    fields = drift.stale.get(identifier)
    return f"{identifier} ({', '.join(fields)})" if fields else str(identifier)


def _as_json(found: dict[str, Drift], waiting: int, limit: int) -> str:
    engines = {
        role: {
            **drift.numbers,
            "ids": {
                "missing": drift.missing[:limit],
                "not_public": drift.not_public[:limit],
                "stale": {key: drift.stale[key] for key in sorted(drift.stale)[:limit]},
            },
        }
        for role, drift in found.items()
    }
    return json.dumps({"waiting": waiting, "engines": engines})
