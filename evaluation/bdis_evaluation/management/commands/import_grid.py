"""``manage.py import_grid``: a progress grid from a YAML or JSON file, as a draft."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _


class Command(BaseCommand):
    help = (
        "Read a progress grid from a YAML or JSON file and make a draft of it, to be put in force "
        "in the admin. A grid with errors is refused whole, with the line and reason of each."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--check", action="store_true", help="read it, write nothing")
        parser.add_argument(
            "--replace-draft", action="store_true", help="take the place of the draft, if any"
        )

    def handle(
        self, *args: Any, file: Path, check: bool, replace_draft: bool, **options: Any
    ) -> None:
        from bdis_evaluation.grids.documents import read_document
        from bdis_evaluation.grids.importing import import_document
        from bdis_evaluation.grids.publishing import DraftExists
        from bdis_evaluation.grids.yaml_reading import GridRefused

        try:
            document = read_document(file)
            if check:
                count = len(document.content.questions)
                self.stdout.write(_("No error: %d questions.") % count)
                return
            draft = import_document(document, user=None, replace_draft=replace_draft)
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read: %(why)s.") % {"file": file, "why": error.strerror}
            ) from error
        except GridRefused as refused:
            raise CommandError(f"{file}\n{refused}") from refused
        except DraftExists as error:
            raise CommandError(f"{error} (--replace-draft)") from error
        self.stdout.write(self.style.SUCCESS(_("%s is written, as a draft.") % draft))
