"""The life of a version of a grid: drafted from the one in force, then in force in its place."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from bdis_evaluation.grids.checking import gaps, problems
from bdis_evaluation.grids.correspondence import correspondences, missing_correspondences
from bdis_evaluation.models.grids import (
    Grid,
    GridVersion,
    QuestionCorrespondence,
    VersionStatus,
)

LOG_IN_FORCE = "bdis_evaluation.grid_in_force"


@dataclass
class DraftExists(Exception):
    """A grid has one draft at a time."""

    draft: GridVersion

    def __str__(self) -> str:
        return _("%s is being written: finish it, or delete it first.") % self.draft


@dataclass
class NotADraftVersion(Exception):
    """Only a draft enters into force."""

    version: GridVersion

    def __str__(self) -> str:
        return _("%s is no longer a draft: begin a new version.") % self.version


@dataclass
class GridIncomplete(Exception):
    """A version lacks what it needs to enter into force; ``missing`` says what, in sentences."""

    missing: list[str]

    def __str__(self) -> str:
        return " ".join(self.missing)


@transaction.atomic
def new_draft(grid: Grid, *, user: Any, themes: list[dict[str, Any]] | None = None) -> GridVersion:
    """Begin the next version from the one in force, or from raw ``themes``.

    Raises ``DraftExists``.
    """
    Grid.objects.select_for_update().get(pk=grid.pk)
    if draft := grid.versions.filter(status=VersionStatus.DRAFT).first():
        raise DraftExists(draft)
    last = grid.versions.aggregate(last=Max("number"))["last"] or 0
    if themes is None:
        former = grid.version_in_force
        themes = former.raw_themes if former else []
    draft = GridVersion.objects.create(grid=grid, number=last + 1, themes=themes)
    log(instance=draft, action="wagtail.create", user=user)
    return draft


def missing_information(version: GridVersion) -> list[str]:
    """Say, in sentences, what a draft needs before it enters into force."""
    content = version.content
    found = [str(problem) for problem in (*problems(content), *gaps(content))]
    # Keys that are wrong make any correspondence wrong: first things first.
    return found or [str(one) for one in missing_correspondences(version)]


@transaction.atomic
def enter_into_force(
    version: GridVersion, *, user: Any, at: datetime.datetime | None = None
) -> None:
    """Freeze a draft and supersede the version in force.

    ``at``: since when, now by default. Raises ``NotADraftVersion`` and ``GridIncomplete``.
    """
    Grid.objects.select_for_update().get(pk=version.grid_id)
    row = GridVersion.objects.select_for_update().select_related("grid").get(pk=version.pk)
    if not row.is_draft:
        raise NotADraftVersion(row)
    if missing := missing_information(row):
        raise GridIncomplete(missing)
    _freeze_correspondences(row)
    row.grid.versions.filter(status=VersionStatus.IN_FORCE).update(status=VersionStatus.SUPERSEDED)
    row.content_hash = row.content.computed_hash()
    row.status, row.in_force_at = VersionStatus.IN_FORCE, at or timezone.now()
    row.in_force_by = user
    row.save()
    version.refresh_from_db()
    log(instance=version, action=LOG_IN_FORCE, user=user)


def _freeze_correspondences(version: GridVersion) -> None:
    rows = [
        QuestionCorrespondence(
            version=version,
            key=one.key,
            change=one.change,
            note=one.note,
            fingerprint=one.fingerprint,
            frozen=True,
        )
        for one in correspondences(version)
        if one.change is not None  # none is, past ``missing_correspondences``
    ]
    version.correspondences.all().delete()
    QuestionCorrespondence.objects.bulk_create(rows)
