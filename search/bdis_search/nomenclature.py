"""The classifications as the API gives them."""

from __future__ import annotations

from typing import Any

from bdis_cms.models import Activity, Family, LegalFamily, LegalStatus
from bdis_cms.models.nomenclature import Term


def nomenclature_payload() -> dict[str, Any]:
    """Return every classification; activities as a tree."""
    return {
        "legal_families": [_term(term) for term in LegalFamily.objects.all()],
        "legal_statuses": [_term(term) for term in LegalStatus.objects.all()],
        "families": [_term(term) for term in Family.objects.all()],
        "activities": _tree(),
    }


def _term(term: Term) -> dict[str, Any]:
    return {
        "code": term.code,
        "label": term.label,
        "label_fr": term.label_fr,
        "label_en": term.label_en,
    }


def _tree() -> list[dict[str, Any]]:
    roots: list[dict[str, Any]] = []
    nodes: dict[str, dict[str, Any]] = {}
    for activity in Activity.objects.order_by("path"):
        node = {**_term(activity), "children": []}
        nodes[activity.path] = node
        parent = nodes.get(activity.path[: -Activity.steplen])
        (parent["children"] if parent else roots).append(node)
    return roots
