"""Import listings from a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from bdis_cms.importing.errors import InvalidMapping, UnknownSource, UnreadableFile
from bdis_cms.importing.mapping import find_mapping
from bdis_cms.importing.runner import ImportOptions, run_import
from bdis_cms.models import Commune, ImportRun, RegionPage


class Command(BaseCommand):
    help = (
        "Import listings from a CSV, Excel, JSON or GeoJSON file. Listings are recognised by "
        "their source and their id at the source: run it again whenever the file changes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file to import")
        parser.add_argument("--source", required=True, help="key of the source (its mapping)")
        parser.add_argument("--mapping", type=Path, help="mapping file, when it is not installed")
        parser.add_argument("--dry-run", action="store_true", help="report, write nothing")
        parser.add_argument("--report", type=Path, metavar="FILE.json", help="write the report")
        parser.add_argument(
            "--publish",
            action="store_true",
            help="publish new listings, and drafts that were never published (grace period)",
        )
        parser.add_argument(
            "--restore-deleted",
            action="store_true",
            help="create again the listings that were deleted here",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not Commune.objects.exists() or not RegionPage.objects.exists():
            raise CommandError(
                "There are no communes or no region pages yet: run manage.py load_reference first."
            )
        try:
            mapping = find_mapping(options["source"], options["mapping"])
            with _Bars(quiet=options["verbosity"] == 0) as bars:
                report = run_import(
                    options["file"],
                    mapping,
                    ImportOptions(
                        publish=options["publish"],
                        dry_run=options["dry_run"],
                        restore_deleted=options["restore_deleted"],
                    ),
                    progress=bars.tell,
                )
        except (InvalidMapping, UnknownSource, UnreadableFile) as error:
            raise CommandError(f"{error}\n{_('Nothing was changed.')}") from error
        if options["report"]:
            text = json.dumps(report.as_json(), ensure_ascii=False, indent=2, default=str)
            try:
                options["report"].write_text(text + "\n", "utf-8")
            except OSError as error:
                raise CommandError(f"The report could not be written: {error}.") from error
        if not options["dry_run"]:
            ImportRun.objects.create(
                source=report.source,
                file_name=report.file[:255],
                publish=options["publish"],
                state=ImportRun.State.DONE,
                report=report.as_json(),
                finished_at=timezone.now(),
            )
        for line in report.summary():
            self.stdout.write(line)


class _Bars:
    """A progress bar per step, on the terminal only."""

    def __init__(self, *, quiet: bool) -> None:
        self.hidden = quiet or not sys.stderr.isatty()
        self.bars: dict[str, Any] = {}

    def __enter__(self) -> _Bars:
        return self

    def __exit__(self, *exc: object) -> None:
        for bar in self.bars.values():
            bar.close()

    def tell(self, step: str, done: int, total: int) -> None:
        if step not in self.bars:
            self.bars[step] = tqdm(total=total, desc=step, disable=self.hidden, leave=False)
        self.bars[step].update(done)
