"""The nomenclatures of the database, by code, for mappings and for writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bdis_cms.models import (
    Activity,
    AgreementKind,
    Family,
    LegalFamily,
    LegalStatus,
    PointPrecision,
    Visibility,
)

from .errors import InvalidMapping, MappingProblem
from .mapping import ListingMapping


@dataclass
class Vocabulary:
    """Primary keys by code, for each field that holds codes."""

    legal_family: dict[str, int] = field(default_factory=dict)
    legal_status: dict[str, int] = field(default_factory=dict)
    families: dict[str, int] = field(default_factory=dict)
    activities: dict[str, int] = field(default_factory=dict)
    #: Code of the legal family of each legal status that has one.
    family_of_status: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_database(cls) -> Vocabulary:
        """Return the nomenclatures as they are now."""
        statuses = LegalStatus.objects.values_list("code", "pk", "legal_family__code")
        return cls(
            legal_family=dict(LegalFamily.objects.values_list("code", "pk")),
            legal_status={code: pk for code, pk, _ in statuses},
            families=dict(Family.objects.values_list("code", "pk")),
            activities=dict(Activity.objects.values_list("code", "pk")),
            family_of_status={code: family for code, _, family in statuses if family},
        )

    @cached_property
    def _by_field(self) -> dict[str, Mapping[str, Any]]:
        return {
            "legal_family": self.legal_family,
            "legal_status": self.legal_status,
            "main_activity": self.activities,
            "families": self.families,
            "activities": self.activities,
            "agreement_kind": dict.fromkeys(AgreementKind.values),
            "point_precision": dict.fromkeys(PointPrecision.values),
            "contact_visibility": dict.fromkeys(Visibility.values),
        }

    def codes(self, field_name: str) -> Mapping[str, Any] | None:
        """Return the codes a field may hold; ``None`` when it holds free text."""
        return self._by_field.get(field_name)


def check_codes(mapping: ListingMapping, vocabulary: Vocabulary) -> None:
    """Raise ``InvalidMapping`` when the mapping gives a code that no nomenclature has."""
    problems = []
    for name in (*mapping.fields, *mapping.defaults):
        known = vocabulary.codes(name)
        if known is None:
            continue
        given: list[tuple[str, Any]] = [(f"defaults.{name}", mapping.defaults.get(name))]
        specs = mapping.fields.get(name, ())
        for index, spec in enumerate(specs):
            at = f"fields.{name}[{index}]" if len(specs) > 1 else f"fields.{name}"
            given.append((f"{at}.value", spec.value))
            given += [(f"{at}.table", code) for code in (spec.table or {}).values()]
            given += [(f"{at}.match", code) for _, codes in spec.match for code in codes]
        problems += [
            MappingProblem(
                where,
                f"no code “{code}” in the nomenclature.",
                "Correct it, or load the nomenclature with manage.py load_reference.",
            )
            for where, value in dict.fromkeys((w, tuple(as_codes(v))) for w, v in given)
            for code in value
            if code not in known
        ]
    if problems:
        raise InvalidMapping(mapping.path, problems)


def as_codes(value: Any) -> Iterable[str]:
    """Return the codes of a table's value: one, several, or none."""
    if value is None or value == "":
        return []
    return [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
