"""The report of an import: what became of every row, and why."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: Reasons of rejections, by stable key.
REJECTIONS = {
    "cut_row": gettext_lazy("The row does not have as many values as there are columns."),
    "no_id": gettext_lazy("No identifier: the listing could not be recognised next time."),
    "duplicate_id": gettext_lazy("This identifier appears earlier in the file."),
    "long_id": gettext_lazy("The identifier is longer than 120 characters."),
    "empty_name": gettext_lazy("No name."),
    "out_of_france": gettext_lazy("Out of France: abroad or at sea."),
    "unknown_commune": gettext_lazy("No commune was recognised."),
    "ambiguous_commune": gettext_lazy("Several communes fit: add a postcode or a code."),
    "no_place": gettext_lazy("No commune and no point: the listing has no place."),
    "no_region_page": gettext_lazy("The region of the commune has no page on this site."),
    "not_your_region": gettext_lazy("You do not have the right to import into this region."),
    "unknown_value": gettext_lazy("The value is not in the table of the mapping."),
    "left_out": gettext_lazy("The importer leaves this row out."),
}
#: Reasons of repairs, by stable key.
REPAIRS = {
    "upper_case": gettext_lazy("Name in capitals: rewritten in lower case."),
    "html": gettext_lazy("Markup cleaned."),
    "too_long": gettext_lazy("Too long: shortened."),
    "decimal_comma": gettext_lazy("Decimal comma read as a point."),
    "swapped_coordinates": gettext_lazy("Latitude and longitude were swapped: put back."),
    "unreadable_coordinates": gettext_lazy("Coordinates not understood: centre of the commune."),
    "half_coordinates": gettext_lazy("Only one coordinate: centre of the commune."),
    "missing_coordinates": gettext_lazy("No coordinates: centre of the commune."),
    "coordinates_out_of_france": gettext_lazy("Point out of France: centre of the commune."),
    "coordinates_elsewhere": gettext_lazy("Point far from the commune: centre of the commune."),
    "lost_zero": gettext_lazy("Leading zero restored."),
    "cedex": gettext_lazy("CEDEX set aside."),
    "former_commune": gettext_lazy("Former commune: replaced by the one of today."),
    "misspelt": gettext_lazy("Misspelt commune recognised."),
    "code_disagrees": gettext_lazy("The name contradicts the code: the code won."),
    "postcode_disagrees": gettext_lazy("The postcode contradicts the name: the name won."),
    "from_point": gettext_lazy("Commune deduced from the point."),
    "bad_postcode": gettext_lazy("Not a postcode: dropped."),
    "bad_url": gettext_lazy("Not a web address: dropped."),
    "completed_url": gettext_lazy("Web address completed."),
    "bad_siret": gettext_lazy("Not a SIRET number: dropped."),
    "bad_rna": gettext_lazy("Not an RNA number: dropped."),
    "bad_email": gettext_lazy("Not an e-mail address: dropped."),
    "bad_number": gettext_lazy("Not a number: dropped."),
    "bad_date": gettext_lazy("Not a date: dropped."),
    "bad_year": gettext_lazy("Not a year: dropped."),
    "unknown_value": gettext_lazy("The value is not in the table of the mapping: dropped."),
}
#: Why a listing was left as it is here although the source says otherwise.
KEPT = {
    "edited_here": gettext_lazy("Edited here since the last import: kept."),
    "deleted_here": gettext_lazy("Deleted here: not brought back."),
    "unpublished_here": gettext_lazy("Unpublished here: left so."),
    "locked_here": gettext_lazy("Locked here: left as it is."),
}


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person may want to look at: a rejection, a repair, an edit kept."""

    row: int
    external_id: str
    name: str
    field: str
    value: str
    reason: str
    detail: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the note with the sentence of its reason, in the active language."""
        sentence = REJECTIONS.get(self.reason) or REPAIRS.get(self.reason) or KEPT[self.reason]
        message = f"{sentence} {self.detail}".strip()
        return {**asdict(self), "message": message}


@dataclass
class Report:
    """What an import did, or would do when it is a rehearsal."""

    source: str
    file: str
    mapping: str = ""
    dry_run: bool = False
    publish: bool = False
    file_sha256: str = ""
    read_as: dict[str, str] = field(default_factory=dict)
    started_at: datetime.datetime | None = None
    seconds: float = 0.0
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    kept: int = 0
    published: int = 0
    rejections: list[Note] = field(default_factory=list)
    repairs: list[Note] = field(default_factory=list)
    kept_here: list[Note] = field(default_factory=list)
    missing: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Rows by outcome: ``rows`` is the sum of the five that follow it."""
        return {
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "kept": self.kept,
            "published": self.published,
            "repaired": len({note.row for note in self.repairs}),
            "missing": len(self.missing),
        }

    def as_json(self) -> dict[str, Any]:
        """Return the report as it is written to ``--report`` and kept with the run."""
        return {
            "source": self.source,
            "file": self.file,
            "file_sha256": self.file_sha256,
            "mapping": self.mapping,
            "read_as": self.read_as,
            "dry_run": self.dry_run,
            "publish": self.publish,
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "seconds": round(self.seconds, 2),
            "counts": self.counts,
            "rejections": [note.as_json() for note in self.rejections],
            "repairs": [note.as_json() for note in self.repairs],
            "kept_here": [note.as_json() for note in self.kept_here],
            "missing": self.missing,
            "warnings": self.warnings,
        }

    def summary(self) -> list[str]:
        """Return the lines for the console: figures first, then reasons with their number."""
        lines = []
        if self.dry_run:
            lines.append(_("Rehearsal: nothing was written."))
        lines.append(
            _(
                "%(rows)d rows: %(created)d created, %(updated)d updated, %(unchanged)d unchanged, "
                "%(kept)d kept as they are here, %(rejected)d rejected; %(published)d published "
                "(%(seconds).1f s)."
            )
            % {**self.counts, "seconds": self.seconds}
        )
        for template, notes, sentences in (
            (_("Rejected × %(number)d: %(reason)s"), self.rejections, REJECTIONS),
            (_("Kept × %(number)d: %(reason)s"), self.kept_here, KEPT),
            (_("Repaired × %(number)d: %(reason)s"), self.repairs, REPAIRS),
        ):
            for reason, number in Counter(note.reason for note in notes).most_common():
                lines.append("  " + template % {"number": number, "reason": sentences[reason]})
        if self.missing:
            lines.append(
                "  "
                + _("%(number)d listings are no longer in the source; they were left in place.")
                % {"number": len(self.missing)}
            )
        return lines + [f"  {warning}" for warning in self.warnings]
