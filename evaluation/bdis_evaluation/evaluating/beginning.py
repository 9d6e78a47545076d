"""Beginning an evaluation, and what the listing says of the progress approach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from bdis_cms.models import InitiativePage
from bdis_cms.models.initiative_facts import ProgressState
from bdis_cms.services import record_progress
from bdis_evaluation.cycles.sharing import shows_nothing
from bdis_evaluation.models import (
    Evaluation,
    EvaluationKind,
    EvaluationState,
    GridVersion,
    VersionStatus,
)


@dataclass
class GridNotInForce(Exception):
    """The version is a draft, or was superseded."""

    version: GridVersion

    def __str__(self) -> str:
        return _("This version of the grid is not in force: begin with the one that is.")


@dataclass
class AlreadyBegun(Exception):
    """The initiative is answering that grid already."""

    evaluation: Evaluation

    def __str__(self) -> str:
        return _("An evaluation over this grid is under way: go on with it.")


@transaction.atomic
def begin(
    initiative: InitiativePage,
    version: GridVersion,
    *,
    user: Any,
    kind: EvaluationKind | str = EvaluationKind.SELF,
) -> Evaluation:
    """Begin an evaluation over ``version``; raises ``GridNotInForce`` and ``AlreadyBegun``."""
    if version.status != VersionStatus.IN_FORCE:
        raise GridNotInForce(version)
    InitiativePage.objects.select_for_update().get(pk=initiative.pk)
    evaluations = Evaluation.objects.filter(initiative=initiative)
    under_way = evaluations.open().filter(grid=version.grid_id).first()
    if under_way:
        raise AlreadyBegun(under_way)
    evaluation = Evaluation.objects.create(
        initiative=initiative,
        grid_id=version.grid_id,
        version=version,
        kind=kind,
        started_by=user,
    )
    say_progress(initiative, user=user)
    return evaluation


def say_progress(initiative: InitiativePage, *, user: Any) -> None:
    """Have the listing say where its progress approach is, from the evaluations there are.

    Under way while one is open, done once one was finished; engaged since the first of them.
    Nothing when the initiative keeps every theme to itself: badges, facets and the API follow.
    """
    kept = Evaluation.objects.filter(initiative=initiative).exclude(state=EvaluationState.ABANDONED)
    first = kept.aggregate(first=Min("started_at"))["first"]
    if first and shows_nothing(initiative):
        first = None
    state: ProgressState | str = ""
    if first:
        state = ProgressState.ONGOING if kept.open().exists() else ProgressState.DONE
    since = timezone.localdate(first) if first else None
    if (initiative.progress_state, initiative.progress_since) != (state, since):
        record_progress(initiative, state=state, since=since, user=user)
