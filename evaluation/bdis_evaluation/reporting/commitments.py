"""Commitments in a report: those of the cycle, and what became of the earlier ones."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from bdis_cms.templatetags.bdis import long_date
from bdis_evaluation.models import (
    Commitment,
    CommitmentAct,
    CommitmentState,
    Evaluation,
)

#: Earlier commitments that a report tells of, the latest cycle first.
_MOST_EARLIER = 40


@dataclass(frozen=True)
class ReportedCommitment:
    """A commitment, and what became of it in words; ``why`` is the reason that was given."""

    aim: str
    theme: str
    measure: str
    owner: str
    due_on: datetime.date
    state: str
    became: str
    why: str


def made_in(evaluation: Evaluation, themes: Sequence[str]) -> tuple[ReportedCommitment, ...]:
    """Return the commitments of an evaluation on ``themes``, and those on none."""
    rows = evaluation.commitments.prefetch_related("events")
    return tuple(_told(evaluation, one) for one in rows if not one.theme or one.theme in themes)


def made_before(evaluation: Evaluation) -> tuple[ReportedCommitment, ...]:
    """Return the commitments of the finished evaluations before this one, the latest first."""
    rows = (
        Commitment.objects.filter(
            evaluation__in=Evaluation.objects.closed()
            .filter(initiative=evaluation.initiative_id, closed_at__lt=evaluation.closed_at)
            .values("pk")
        )
        .select_related("evaluation__version")
        .prefetch_related("events")
        .order_by("-evaluation__closed_at", "due_on", "pk")
    )
    return tuple(_told(one.evaluation, one) for one in rows[:_MOST_EARLIER])


def _told(evaluation: Evaluation, one: Commitment) -> ReportedCommitment:
    theme = evaluation.version.content.theme(one.theme)
    after = [event for event in one.events.all() if event.act != CommitmentAct.MADE]
    last = after[-1] if after else None
    became = _("Under way, for %(day)s") % {"day": long_date(one.due_on)}
    if one.state == CommitmentState.KEPT:
        became = _("Kept")
    elif one.state == CommitmentState.DROPPED:
        became = _("Given up")
    elif last is not None:
        became = _("Moved to %(day)s") % {"day": long_date(one.due_on)}
    return ReportedCommitment(
        aim=one.aim,
        theme=theme.title if theme else "",
        measure=one.measure,
        owner=one.owner,
        due_on=one.due_on,
        state=one.state,
        became=became,
        why=last.reason if last else "",
    )
