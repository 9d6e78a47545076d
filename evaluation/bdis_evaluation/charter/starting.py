"""The first text of the charter: a starting point for the steering committee."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from bdis_evaluation.models import CharterText, CharterVersion

_DATA = Path(__file__).resolve().parent.parent / "data"


@transaction.atomic
def ensure_charter() -> CharterVersion:
    """Write the first version, as a draft, where there is none; return the earliest version."""
    first = CharterVersion.objects.order_by("number").first()
    if first is not None:
        return first
    version = CharterVersion.objects.create(number=1)
    row: dict[str, Any] = yaml.safe_load((_DATA / "charter_fr.yaml").read_text("utf-8"))
    CharterText.objects.create(
        version=version,
        language="fr",
        title=row["title"],
        preamble=row["preamble"],
        articles=as_stream(row["articles"]),
    )
    return version


def as_stream(articles: list[dict[str, str]]) -> str:
    """Return articles, {"title", "body"} each, as their field takes them."""
    return json.dumps([{"type": "article", "value": article} for article in articles])
