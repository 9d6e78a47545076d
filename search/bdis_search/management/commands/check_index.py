"""Compare the search index with the database."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from tqdm import tqdm

from bdis_cms.models import InitiativePage
from bdis_search.backends.base import SearchEngineError
from bdis_search.documents import InitiativeDocument
from bdis_search.drift import Drift, find_drift
from bdis_search.management.commands._engines import add_engine_option, count, roles_of
from bdis_search.models import IndexTask, UnderWay
from bdis_search.outbox import drain, enqueue


class Command(BaseCommand):
    help = (
        "Compare the search index with the public listings of the database. Prints what is "
        "missing, stale (and in which fields) or should not be there. Exits 1 if anything is, "
        "and 2 if the engine does not answer. With --fix, indexes anew what differs, and exits 0 "
        "unless some of it could not be."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_engine_option(parser)
        parser.add_argument(
            "--limit",
            type=count,
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
        try:
            found = {role: find_drift(role, self._watch) for role in roles_of(engine)}
            if fix and any(found.values()):
                enqueue(sorted({one for drift in found.values() for one in drift.ids}))
                drain(patience=30)
        except (SearchEngineError, UnderWay) as error:
            raise CommandError(str(error), returncode=2) from error
        except DatabaseError as error:
            told = f"The database does not answer ({type(error).__name__})."
            raise CommandError(told, returncode=2) from error
        if json:
            self.stdout.write(_as_json(found, limit))
        else:
            self._tell(found, limit)
        if not any(found.values()):
            return
        if not fix:
            raise CommandError(
                "The index and the database differ: run check_index --fix, or reindex.",
                returncode=1,
            )
        left = sum(map(_left, found, found.values()))
        self.stderr.write(f"{sum(map(len, found.values())) - left} listings indexed anew.")
        if left:
            raise CommandError(
                f"{left} listings could not be indexed anew: their changes wait in the outbox, or "
                "are set aside (see the admin, under Search).",
                returncode=1,
            )

    def _watch(self, documents: Iterable[InitiativeDocument]) -> Iterable[InitiativeDocument]:
        total = InitiativePage.objects.public().count()
        hidden = not sys.stderr.isatty()
        watched: Iterable[InitiativeDocument] = tqdm(
            documents, total=total, unit=" listings", disable=hidden
        )
        return watched

    def _tell(self, found: dict[str, Drift], limit: int) -> None:
        for role, drift in found.items():
            tasks = IndexTask.objects.filter(engine=role)
            if waiting := tasks.waiting().count():
                self.stdout.write(f"{role}: {waiting} changes wait (manage.py drain_index).")
            if aside := tasks.set_aside().count():
                self.stdout.write(f"{role}: {aside} changes are set aside (see the admin).")
            for kind, ids in (
                ("missing from the index", drift.missing),
                ("in the index but not public", drift.not_public),
                ("stale in the index", drift.stale),
            ):
                if ids:
                    named = ", ".join(_named(one, drift) for one in ids[:limit])
                    more = ", …" if len(ids) > limit else ""
                    self.stdout.write(f"{role}: {len(ids)} {kind}: {named}{more}")
            if drift.fields:
                most = ", ".join(f"{name} {n}" for name, n in drift.fields.most_common())
                self.stdout.write(f"{role}: fields that differ: {most}")
            if not drift:
                told = f"{drift.checked} listings: index and database agree ({role} engine)."
                self.stdout.write(self.style.SUCCESS(told))


def _named(identifier: int, drift: Drift) -> str:
    fields = drift.named.get(identifier)
    return f"{identifier} ({', '.join(fields)})" if fields else str(identifier)


def _left(role: str, drift: Drift) -> int:
    """Return how many of the listings that differed were not indexed anew."""
    tasks = IndexTask.objects.filter(engine=role, applied=False)
    return len({*drift.ids}.intersection(tasks.values_list("page_id", flat=True)))


def _as_json(found: dict[str, Drift], limit: int) -> str:
    waiting = IndexTask.objects.waiting().filter(engine__in=found).count()
    aside = IndexTask.objects.set_aside().filter(engine__in=found).count()
    reports = {role: drift.as_json(limit) for role, drift in found.items()}
    return json.dumps({"waiting": waiting, "set_aside": aside, "engines": reports})
