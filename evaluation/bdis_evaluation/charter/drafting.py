"""A new version begins as a copy of the latest."""

from __future__ import annotations

from django.db import transaction

from bdis_evaluation.models import CharterText, CharterVersion


@transaction.atomic
def new_draft() -> CharterVersion:
    """Return a draft with the texts of the latest version; articles keep their identity."""
    latest = CharterVersion.objects.first()
    draft = CharterVersion.objects.create(
        number=latest.number + 1 if latest else 1, grace_days=latest.grace_days if latest else 90
    )
    for text in latest.texts.all() if latest else ():
        CharterText.objects.create(
            version=draft,
            sort_order=text.sort_order,
            language=text.language,
            title=text.title,
            preamble=text.preamble,
            articles=text.articles,
        )
    return draft
