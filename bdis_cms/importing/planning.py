"""Compare what a source says with what the directory holds; nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bdis_cms.models import ImportedListing, InitiativePage, RegionPage

from .current import changes, chunks, values_of_pages
from .facts import Record
from .report import Note


@dataclass
class Update:
    """A page to change: ``write`` holds the fields and their new values."""

    page: InitiativePage
    imported: ImportedListing
    record: Record
    write: dict[str, Any]
    region_page: RegionPage | None = None


@dataclass
class Plan:
    """Everything an import is going to do."""

    create: list[Record] = field(default_factory=list)
    update: list[Update] = field(default_factory=list)
    #: The source changed, the listing already says it, or keeps its own words.
    remember: list[Update] = field(default_factory=list)
    publish: list[InitiativePage] = field(default_factory=list)
    unchanged: int = 0
    kept: int = 0
    notes: list[Note] = field(default_factory=list)
    rejections: list[Note] = field(default_factory=list)
    missing: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class KnownListings:
    """What earlier imports of a source left in the database."""

    source: str
    imported: dict[str, ImportedListing]

    @classmethod
    def of(cls, source: str) -> KnownListings:
        """Return what is remembered of a source, pages that no import remembers included."""
        imported = {row.external_id: row for row in ImportedListing.objects.filter(source=source)}
        strangers = (
            InitiativePage.objects.filter(source=source)
            .exclude(external_id="")
            .filter(imported__isnull=True)
            .values_list("external_id", "pk")
        )
        for external_id, pk in strangers:
            row = imported.get(external_id)
            if row is None:
                row = ImportedListing(source=source, external_id=external_id)
                imported[external_id] = row
            row.page_id = pk
        return cls(source, imported)

    def is_unchanged(self, external_id: str, row_hash: str, *, restore_deleted: bool) -> bool:
        """Whether the row is the one last imported; not if its page is gone and is wanted back."""
        row = self.imported.get(external_id)
        if row is None or row.row_hash != row_hash:
            return False
        return row.page_id is not None or not restore_deleted


def plan_import(
    known: KnownListings,
    records: list[Record],
    unchanged: dict[str, tuple[int, str]],
    *,
    present: set[str],
    publish: bool,
    restore_deleted: bool = False,
    regions: set[str] | None = None,
) -> Plan:
    """Return the plan.

    ``unchanged`` are rows recognised by their fingerprint: id → (row number, name). ``present``
    are all the ids in the file, rejected rows included. ``regions`` restricts to region codes.
    """
    plan = Plan()
    region_pages = {page.region.code: page for page in RegionPage.objects.select_related("region")}
    to_compare: list[tuple[Record, ImportedListing]] = []
    for record in records:
        row = known.imported.get(record.external_id)
        if record.region not in region_pages:
            plan.rejections.append(_note(record, "commune", "no_region_page"))
        elif regions is not None and record.region not in regions:
            plan.rejections.append(_note(record, "commune", "not_your_region"))
        elif row is None or (row.page_id is None and restore_deleted):
            plan.create.append(record)
        elif row.page_id is None:
            plan.kept += 1
            plan.notes.append(_note(record, "", "deleted_here"))
        else:
            to_compare.append((record, row))
    for external_id, (number, name) in unchanged.items():
        if known.imported[external_id].page_id is None:
            plan.kept += 1
            plan.notes.append(Note(number, external_id, name, "", "", "deleted_here"))
        else:
            plan.unchanged += 1
    ours = tuple(
        page.path for code, page in region_pages.items() if regions is None or code in regions
    )
    for chunk in chunks(to_compare):
        _compare(chunk, plan, region_pages, ours)
    if publish:
        alive = {known.imported[key].page_id: key for key in unchanged}
        alive |= {row.page_id: record.external_id for record, row in to_compare}
        rows = {key: number for key, (number, _) in unchanged.items()}
        rows |= {record.external_id: record.row for record, _ in to_compare}
        _plan_publication({pk: key for pk, key in alive.items() if pk}, rows, plan, ours)
    plan.missing = _missing(known, present, ours)
    return plan


def _compare(
    chunk: Iterable[tuple[Record, ImportedListing]],
    plan: Plan,
    region_pages: dict[str, RegionPage],
    ours: tuple[str, ...],
) -> None:
    chunk = list(chunk)
    pages = InitiativePage.objects.filter(pk__in=[row.page_id for _, row in chunk]).select_related(
        "legal_family", "legal_status", "main_activity", "commune"
    )
    by_id = {page.pk: page for page in pages}
    current = values_of_pages(by_id.values())
    for record, row in chunk:
        page = by_id[row.page_id]
        if not page.path.startswith(ours):
            # It would be taken from a region where whoever imports has no rights.
            plan.rejections.append(_note(record, "commune", "not_your_region"))
            continue
        if page.locked:
            plan.kept += 1
            plan.notes.append(_note(record, "", "locked_here"))
            continue
        write, kept = changes(row.values, current[page.pk], record.values)
        for name in kept:
            here = str(current[page.pk][name])[:200]
            note = _note(record, name, "edited_here", str(record.values[name])[:200], f"→ {here}")
            plan.notes.append(note)
        update = Update(page, row, record, write)
        if "commune" in write:
            parent = region_pages[record.region]
            if page.path[: -page.steplen] != parent.path:
                update.region_page = parent
        if write or _is_confirmed_later(page, record):
            plan.update.append(update)
            continue
        plan.remember.append(update)
        if kept:
            plan.kept += 1
        else:
            plan.unchanged += 1


def _is_confirmed_later(page: InitiativePage, record: Record) -> bool:
    return bool(
        record.confirmed_on
        and (page.confirmed_on is None or page.confirmed_on.isoformat() < record.confirmed_on)
    )


def _plan_publication(
    alive: dict[int, str], rows: dict[str, int], plan: Plan, ours: tuple[str, ...]
) -> None:
    """Publish drafts that never were; what a person has unpublished stays so."""
    for chunk in chunks(list(alive)):
        for page in InitiativePage.objects.filter(pk__in=chunk, live=False, locked=False):
            if not page.path.startswith(ours):
                continue
            if page.first_published_at is None:
                plan.publish.append(page)
            else:
                key = alive[page.pk]
                plan.notes.append(Note(rows[key], key, page.title, "", "", "unpublished_here"))


def _missing(
    known: KnownListings, present: set[str], ours: tuple[str, ...]
) -> list[dict[str, Any]]:
    gone = {
        row.page_id: key
        for key, row in known.imported.items()
        if key not in present and row.page_id is not None
    }
    result = []
    for chunk in chunks(list(gone)):
        pages = InitiativePage.objects.filter(pk__in=chunk).order_by("pk")
        result += [
            {
                "external_id": gone[page.pk],
                "page_id": page.pk,
                "title": page.title,
                "url_path": page.url_path,
                "live": page.live,
            }
            for page in pages.only("title", "url_path", "live", "path")
            if page.path.startswith(ours)
        ]
    return result


def _note(record: Record, field_name: str, reason: str, value: str = "", detail: str = "") -> Note:
    if field_name == "commune" and not value:
        value = str(record.values["commune"])
    title = str(record.values["title"])[:120]
    return Note(record.row, record.external_id, title, field_name, value, reason, detail)
