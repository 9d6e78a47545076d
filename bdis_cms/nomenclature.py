"""Loading of the shipped nomenclatures: families, statuses and the tree of activities.

One rule keeps editors' work safe. A shipped row is found by its code. Missing, it is created.
Present, a field takes the shipped value only when nobody wrote in it since: when it is empty, or
when it still holds a text shipped earlier (listed under ``was`` in the YAML row). Anything else is
an editor's own wording and stays. Nothing is ever deleted, moved or reordered.

So whoever changes a shipped text moves the former one under ``was``::

    - code: agriculture.aquaculture
      label_fr: "Aquaculture et pêche"
      was: {label_fr: ["Aquaculture"]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import yaml
from django.db import transaction

from bdis_cms.models import Activity, Family, LegalFamily, LegalStatus
from bdis_cms.models.nomenclature import Term

Row = Mapping[str, Any]

TEXT_FIELDS = ("label_fr", "label_en", "definition")
FAMILY_FIELDS = (*TEXT_FIELDS, "plural_fr", "plural_en")


@dataclass
class LoadReport:
    """Counts of rows by kind of nomenclature; ``kept`` are rows with an editor's own wording."""

    created: dict[str, int] = field(default_factory=dict)
    updated: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)

    def count(self, outcome: str, kind: str) -> None:
        """Add one row of ``kind`` to the ``outcome`` column."""
        column: dict[str, int] = getattr(self, outcome)
        column[kind] = column.get(kind, 0) + 1

    @property
    def changed(self) -> int:
        """Rows created or updated."""
        return sum(self.created.values()) + sum(self.updated.values())


@cache
def shipped_rows(name: str) -> tuple[Row, ...]:
    """Return the rows of ``data/nomenclature/<name>.yaml`` as they are written."""
    source = resources.files("bdis_cms") / "data" / "nomenclature" / f"{name}.yaml"
    return tuple(yaml.safe_load(source.read_text(encoding="utf-8")))


def activity_rows() -> Iterator[tuple[Row, str | None]]:
    """Yield every shipped activity with the code of its parent, parents first."""

    def walk(rows: tuple[Row, ...] | list[Row], parent: str | None) -> Iterator[Any]:
        for row in rows:
            yield row, parent
            yield from walk(row.get("children", []), row["code"])

    yield from walk(shipped_rows("activities"), None)


@transaction.atomic
def load_nomenclature() -> LoadReport:
    """Create what is missing and refresh what no editor touched; safe to run again."""
    report = LoadReport()
    legal_families = _load_flat(
        LegalFamily,
        [
            {"position": position, "in_insee_perimeter": True, **row}
            for position, row in enumerate(shipped_rows("legal_families"), start=1)
        ],
        texts=TEXT_FIELDS,
        others=("position", "in_insee_perimeter"),
        report=report,
    )
    _load_flat(
        LegalStatus,
        [
            {
                **row,
                "legal_family": legal_families.get(row["legal_family"]),
                "synonyms": [row["acronym"]] if row.get("acronym") else [],
            }
            for row in shipped_rows("legal_statuses")
        ],
        texts=TEXT_FIELDS,
        others=("legal_family",),
        report=report,
    )
    _load_flat(
        Family,
        list(shipped_rows("families")),
        texts=FAMILY_FIELDS,
        others=("hue", "icon"),
        report=report,
    )
    _load_activities(report)
    return report


def _shipped_values(row: Row, texts: tuple[str, ...], others: tuple[str, ...]) -> dict[str, Any]:
    values = {name: row[name] for name in (*texts, *others) if name in row}
    values["synonyms"] = "\n".join(row.get("synonyms", ()))
    return values


def _load_flat(
    model: type[Term],
    rows: list[Row],
    *,
    texts: tuple[str, ...],
    others: tuple[str, ...],
    report: LoadReport,
) -> dict[str, Any]:
    """Load unordered rows; return every stored object of ``model`` by code.

    ``others`` (colour, icon, order, a foreign key) are choices that cannot be told from an
    editor's: they are set at creation only.
    """
    kind = model.__name__
    manager = model._default_manager
    stored: dict[str, Any] = {term.code: term for term in manager.all()}
    missing = []
    for row in rows:
        term = stored.get(row["code"])
        if term is None:
            missing.append(model(code=row["code"], **_shipped_values(row, texts, others)))
            report.count("created", kind)
        else:
            _refresh(term, row, _shipped_values(row, texts, ()), report)
    manager.bulk_create(missing)
    return {term.code: term for term in manager.all()}


def _load_activities(report: LoadReport) -> None:
    stored = {node.code: node for node in Activity.objects.all()}
    previous: dict[str | None, Activity] = {}
    for row, parent_code in activity_rows():
        values = _shipped_values(row, TEXT_FIELDS, ())
        node = stored.get(row["code"])
        if node is None:
            node = Activity(code=row["code"], **values)
            _insert(node, parent_code, previous.get(parent_code))
            stored[node.code] = node
            report.count("created", "Activity")
        else:
            _refresh(node, row, values, report)
        previous[parent_code] = node


def _insert(node: Activity, parent_code: str | None, before: Activity | None) -> None:
    """Put a shipped node after its shipped sibling, wherever an editor moved their parent."""
    if before is not None:
        before = Activity.objects.get(pk=before.pk)
        parent = before.get_parent()
        if (parent.code if parent else None) == parent_code:
            if before.get_next_sibling() is None and parent is not None:
                parent.add_child(instance=node)
            else:
                before.add_sibling("right", instance=node)
            return
    if parent_code is None:
        Activity.add_root(instance=node)
    else:
        Activity.objects.get(code=parent_code).add_child(instance=node)


def _refresh(term: Any, row: Row, values: dict[str, Any], report: LoadReport) -> None:
    """Write shipped texts where nobody wrote; tell what an editor worded otherwise."""
    kind = type(term).__name__
    changed = []
    for name, value in values.items():
        current = getattr(term, name)
        if current == value:
            continue
        if not current or current in row.get("was", {}).get(name, ()):
            setattr(term, name, value)
            changed.append(name)
        else:
            report.kept.append(f"{kind} {term.code}: {name}")
    if changed:
        term.save(update_fields=changed)
    report.count("updated" if changed else "unchanged", kind)
