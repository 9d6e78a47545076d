"""``manage.py load_reference``: territories, nomenclatures and the tree of pages."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management import get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from tqdm import tqdm
from wagtail import hooks

from bdis_cms.gazetteer.loading import LoadReport, load_territories
from bdis_cms.gazetteer.tables import TableRefused


class Command(BaseCommand):
    help = (
        "Load or update the reference data: regions, départements, EPCI and communes, "
        "nomenclatures, and the pages and groups of each region. Safe to run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--communes",
            type=Path,
            metavar="FILE",
            help=(
                "official table of communes with their centres (CSV, gzipped or not, with the "
                "columns of bdis_cms/data/territories/communes.csv.gz): its points replace the "
                "approximations of the shipped table"
            ),
        )

    def handle(self, *args: Any, communes: Path | None, verbosity: int, **options: Any) -> None:
        # Imported late: the page models need every app ready, and --help needs none of them.
        from bdis_cms.nomenclature import load_nomenclature
        from bdis_cms.sitetree import ensure_site_tree

        def progress(batches: Iterable[Any], name: str) -> Iterable[Any]:
            # Shown to people only: None lets tqdm be silent when the output is not a terminal.
            return tqdm(batches, desc=name, disable=None if verbosity else True, file=self.stderr)

        try:
            with transaction.atomic():
                report = load_territories(communes, progress=progress)
                load_nomenclature()
                ensure_site_tree()
                for load in hooks.get_hooks("register_bdis_reference"):
                    load()
        except TableRefused as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self._tell(report)

    def _tell(self, report: LoadReport) -> None:
        from bdis_cms.models import InitiativePage

        for name in report.unchanged:
            self.stdout.write(
                _("%(name)s: %(created)d created, %(changed)d changed, %(unchanged)d unchanged")
                % {
                    "name": name,
                    "created": report.created[name],
                    "changed": report.changed[name],
                    "unchanged": report.unchanged[name],
                }
            )
        if report.approximate_points:
            self.stdout.write(
                _(
                    "%(count)d communes have an approximate point; give the official table with "
                    "--communes to replace them."
                )
                % {"count": report.approximate_points}
            )
        self.stdout.write(self.style.SUCCESS(_("The reference data are loaded.")))
        if report.has_written and InitiativePage.objects.exists() and "reindex" in get_commands():
            told = _("Territories changed: run “manage.py reindex” so that the search knows them.")
            self.stdout.write(self.style.WARNING(told))
