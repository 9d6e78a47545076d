"""Turn the rows of a file into records of listings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Count, Max, Sum

from bdis_cms.models import Commune

from . import cleaning
from .evaluation import cell, evaluate
from .facts import Record, Rejected, RowReader
from .mapping import ListingMapping
from .places import Locator
from .readers import Row
from .report import Note
from .vocabulary import Vocabulary

#: Raised when rows that did not change must be read anew: the cleaning gives other results.
CLEANING_VERSION = 1


@dataclass
class RecordBuilder:
    """Builds records from the rows of one file; collects the notes of repairs in ``notes``."""

    mapping: ListingMapping
    vocabulary: Vocabulary
    locator: Locator = field(default_factory=Locator)
    notes: list[Note] = field(default_factory=list)
    #: Names of the territory of each commune, to spell them well inside names.
    spellings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: Changes when the territories do: rows are then located anew.
    territories: str = ""
    _seen: dict[str, int] = field(default_factory=dict)

    def external_id(self, row: Row) -> str:
        """Return the identifier of a row, "" when a part of it is missing."""
        parts = [" ".join(cell(row.values, column)) for column in self.mapping.id_columns]
        return "-".join(parts) if all(parts) else ""

    def row_hash(self, row: Row) -> str:
        """Return the fingerprint of a row and of the way it is read."""
        used = {column: row.values.get(column, "") for column in self.mapping.columns}
        if self.mapping.prepare is not None:
            used = row.values
        reading = [CLEANING_VERSION, self.mapping.fingerprint, self.territories]
        text = json.dumps([reading, used], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def identify(self, row: Row) -> str:
        """Return the identifier of a row that is whole and the first to bear it.

        Raises ``Rejected``.
        """
        external_id = self.external_id(row)
        name = " ".join(
            evaluate(self.mapping.fields["title"], row.values, self.mapping, many=False)
        )
        reject = self.rejection(row, external_id, cleaning.plain_text(name))
        if row.fault:
            raise reject("cut_row", "", row.fault)
        if not external_id:
            raise reject("no_id", "+".join(self.mapping.id_columns), "")
        if len(external_id) > 120:
            raise reject("long_id", "+".join(self.mapping.id_columns), external_id)
        if external_id in self._seen:
            raise reject(
                "duplicate_id", "+".join(self.mapping.id_columns), external_id,
                f"({self._seen[external_id]})",
            )  # fmt: skip
        self._seen[external_id] = row.number
        return external_id

    def build(self, row: Row, external_id: str) -> Record:
        """Return the record of an identified row; raises ``Rejected``."""
        return RowReader(self, row, external_id).read()

    def rejection(self, row: Row, external_id: str, name: str) -> Callable[..., Rejected]:
        """Return what makes the rejection of a row from its reason, field, value and detail."""

        def reject(reason: str, field_name: str, value: str, detail: str = "") -> Rejected:
            return Rejected(
                Note(row.number, external_id, name[:120], field_name, value[:200], reason, detail)
            )

        return reject


def territory_spellings() -> dict[str, tuple[str, ...]]:
    """Return, by commune code, the names to spell well in the names of its listings."""
    rows = Commune.objects.values_list(
        "code", "name", "department__name", "department__region__name"
    )
    return {code: tuple(names) for code, *names in rows}


def territories_fingerprint() -> str:
    """Return a text that changes when communes are loaded anew."""
    figures = Commune.objects.aggregate(Count("pk"), Max("code"), Sum("latitude"), Sum("longitude"))
    # Databases add floats in any order: the last digits are noise.
    return repr([round(v, 2) if isinstance(v, float) else v for v in figures.values()])
