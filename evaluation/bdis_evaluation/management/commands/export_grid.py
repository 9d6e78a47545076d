"""``manage.py export_grid``: a version of a progress grid as a YAML or JSON file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _


class Command(BaseCommand):
    help = "Write a version of a progress grid (the one in force, else the last) as a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="code of the grid")
        parser.add_argument("--number", type=int, metavar="N", help="number of the version")
        parser.add_argument("--format", choices=("yaml", "json"), default="yaml")
        parser.add_argument("--output", type=Path, metavar="FILE", help="standard output if none")

    def handle(
        self, *args: Any, code: str, number: int | None, output: Path | None, **options: Any
    ) -> None:
        from bdis_evaluation.grids.importing import export_version
        from bdis_evaluation.grids.writing import to_json, to_yaml

        document = export_version(self._version(code, number))
        text = to_json(document) if options["format"] == "json" else to_yaml(document)
        if output is None:
            self.stdout.write(text, ending="")
            return
        try:
            output.write_text(text, "utf-8")
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be written: %(why)s.") % {"file": output, "why": error.strerror}
            ) from error

    def _version(self, code: str, number: int | None) -> Any:
        from bdis_evaluation.models import GridVersion, VersionStatus

        versions = GridVersion.objects.filter(grid__code=code).select_related("grid")
        if not versions:
            raise CommandError(_("There is no grid “%s”.") % code)
        if number is not None:
            version = versions.filter(number=number).first()
        else:
            in_force = versions.filter(status=VersionStatus.IN_FORCE).first()
            version = in_force or versions.order_by("-number").first()
        if version is None:
            raise CommandError(_("This grid has no version %d.") % number)
        return version
