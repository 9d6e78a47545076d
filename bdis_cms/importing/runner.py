"""Run an import from a file to a report."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bdis_cms.models import Commune, InitiativePage
from bdis_cms.signals import listings_changed

from .errors import UnreadableFile
from .facts import Record, Rejected
from .mapping import ListingMapping
from .planning import KnownListings, Plan, plan_import
from .readers import Row, Table, read_table
from .records import RecordBuilder, territories_fingerprint, territory_spellings
from .relations import RelationWriter
from .report import Report
from .updating import PageUpdater
from .vocabulary import Vocabulary, check_codes
from .writing import PageWriter

#: Called with the name of the step, the number of items done since, and how many there are.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ImportOptions:
    """How an import is run; ``regions`` restricts it to region codes, ``user`` signs it."""

    publish: bool = False
    dry_run: bool = False
    restore_deleted: bool = False
    regions: frozenset[str] | None = None
    user: Any = None


def run_import(
    path: Path,
    mapping: ListingMapping,
    options: ImportOptions | None = None,
    *,
    file_name: str = "",
    progress: Progress | None = None,
) -> Report:
    """Import the rows of a file and return the report.

    Everything is read and checked before the first write, and all writes are one transaction: an
    unreadable file, an invalid mapping or a kill changes nothing, and the import can be run again.
    Raises ``UnreadableFile`` and ``InvalidMapping``.
    """
    options = options or ImportOptions()
    tell = progress or (lambda step, done, total: None)
    started = time.monotonic()
    vocabulary = Vocabulary.from_database()
    check_codes(mapping, vocabulary)
    table = read_table(path, mapping.read)
    report = Report(
        source=mapping.source,
        file=file_name or path.name,
        mapping=mapping.path,
        dry_run=options.dry_run,
        publish=options.publish,
        file_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        read_as={
            name: value
            for name in ("format", "encoding", "separator")
            if (value := getattr(table, name))
        },
        started_at=timezone.now(),
        rows=len(table.rows),
    )
    report.warnings += _check_columns(path, table, mapping)
    builder = RecordBuilder(
        mapping,
        vocabulary,
        spellings=territory_spellings(),
        territories=territories_fingerprint(),
    )
    records, unchanged, present = _read_rows(table, builder, report, options, tell)
    if options.dry_run:
        plan = _plan(mapping, records, unchanged, present, options)
    else:
        with transaction.atomic():
            plan = _plan(mapping, records, unchanged, present, options)
            _write(plan, mapping, vocabulary, options, tell)
    _account(report, plan, builder)
    report.seconds = time.monotonic() - started
    return report


def _check_columns(path: Path, table: Table, mapping: ListingMapping) -> list[str]:
    """Raise when the file cannot be the one of the mapping; else warn of columns that lack."""
    absent = [column for column in mapping.columns if column not in table.columns]
    title_columns = {c for spec in mapping.fields["title"] for c in spec.columns}
    vital = set(mapping.id_columns) & set(absent) or (
        title_columns and title_columns <= set(absent)
    )
    if mapping.prepare is None and (vital or len(absent) > len(mapping.columns) / 2):
        raise UnreadableFile(
            path,
            _(
                "it does not have the columns of the mapping %(mapping)s: %(absent)s are missing; "
                "it has %(present)s. Check the source and the file."
            )
            % {
                "mapping": mapping.path,
                "absent": ", ".join(absent),
                "present": ", ".join(table.columns[:30]),
            },
        )
    if not absent or mapping.prepare is not None:
        return []
    return [
        _("Columns of the mapping that the file lacks: %(names)s.") % {"names": ", ".join(absent)}
    ]


def _read_rows(
    table: Table, builder: RecordBuilder, report: Report, options: ImportOptions, tell: Progress
) -> tuple[list[Record], dict[str, tuple[int, str]], set[str]]:
    """Return the records to compare, the rows already imported as they are, and all ids."""
    known = KnownListings.of(builder.mapping.source)
    records: list[Record] = []
    unchanged: dict[str, tuple[int, str]] = {}
    present: set[str] = set()
    for row in table.rows:
        present.add(builder.external_id(row))
        try:
            external_id = builder.identify(row)
            row_hash = builder.row_hash(row)
            if known.is_unchanged(external_id, row_hash, restore_deleted=options.restore_deleted):
                unchanged[external_id] = (row.number, _name(row, builder.mapping))
            else:
                records.append(builder.build(row, external_id))
        except Rejected as rejected:
            report.rejections.append(rejected.note)
        tell("read", 1, len(table.rows))
    return records, unchanged, present


def _name(row: Row, mapping: ListingMapping) -> str:
    columns = [column for spec in mapping.fields["title"] for column in spec.columns]
    return next((str(row.values[c]) for c in columns if row.values.get(c)), "")[:120]


def _plan(
    mapping: ListingMapping,
    records: list[Record],
    unchanged: dict[str, tuple[int, str]],
    present: set[str],
    options: ImportOptions,
) -> Plan:
    return plan_import(
        KnownListings.of(mapping.source),
        records,
        unchanged,
        present=present,
        publish=options.publish,
        restore_deleted=options.restore_deleted,
        regions=set(options.regions) if options.regions is not None else None,
    )


def _write(
    plan: Plan,
    mapping: ListingMapping,
    vocabulary: Vocabulary,
    options: ImportOptions,
    tell: Progress,
) -> None:
    if not (plan.create or plan.update or plan.remember or plan.publish):
        return
    total = len(plan.create) + len(plan.update) + len(plan.remember)
    touched = [*plan.create, *(update.record for update in plan.update)]
    relations = RelationWriter(vocabulary, (record.values for record in touched))
    writer = PageWriter(
        source=mapping.source,
        relations=relations,
        publish=options.publish,
        user=options.user,
        progress=lambda number: tell("write", number, total),
    )
    updater = PageUpdater(writer)
    changed: list[int] = []
    if plan.create:
        known = KnownListings.of(mapping.source).imported
        changed += writer.create(plan.create, _commune_names(plan.create), known)
    changed += updater.update(plan.update)
    updater.remember(plan.remember)
    changed += updater.publish(plan.publish)
    if changed:
        listings_changed.send(sender=InitiativePage, page_ids=list(dict.fromkeys(changed)))


def _commune_names(records: Iterable[Record]) -> dict[str, str]:
    codes = {record.values["commune"] for record in records}
    names = Commune.objects.values_list("code", "name")
    return {code: name for code, name in names if code in codes}


def _account(report: Report, plan: Plan, builder: RecordBuilder) -> None:
    report.rejections += plan.rejections
    report.rejections.sort(key=lambda note: note.row)
    lost = {note.row for note in report.rejections}
    # What was repaired in a row that is then rejected helps nobody.
    report.repairs = [note for note in builder.notes if note.row not in lost]
    report.kept_here = plan.notes
    report.missing = plan.missing
    report.created = len(plan.create)
    report.updated = len(plan.update)
    report.unchanged = plan.unchanged
    report.kept = plan.kept
    report.rejected = len(report.rejections)
    report.published = len(plan.publish) + (len(plan.create) if report.publish else 0)
