"""Opening an evaluation to others, and closing the gathering of what they say."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from bdis_evaluation.coevaluating.closing import forget_guests
from bdis_evaluation.coevaluating.refusals import (
    EndNotAhead,
    NotADraftEvaluation,
    NotGathering,
    SomebodyWasAsked,
)
from bdis_evaluation.models import Evaluation, EvaluationKind, EvaluationState

LOG_SHARE = "bdis_evaluation.share"
LOG_GATHER = "bdis_evaluation.gather"
LONGEST_GATHERING = datetime.timedelta(days=183)
USUAL_GATHERING = datetime.timedelta(days=30)


@transaction.atomic
def share(evaluation: Evaluation, *, until: datetime.date, user: Any) -> Evaluation:
    """Open an evaluation to others until that day: it becomes a joint one, unless it is external.

    Raises ``NotADraftEvaluation`` and ``EndNotAhead``.
    """
    row = Evaluation.objects.select_for_update().get(pk=evaluation.pk)
    if row.state != EvaluationState.DRAFT:
        raise NotADraftEvaluation
    _require_ahead(until)
    evaluation.state, evaluation.shared_at = EvaluationState.SHARED, timezone.now()
    evaluation.answers_until = until
    if row.kind != EvaluationKind.EXTERNAL:
        evaluation.kind = EvaluationKind.JOINT
    evaluation.save(update_fields=["state", "kind", "shared_at", "answers_until"])
    log(instance=evaluation, action=LOG_SHARE, user=user)
    return evaluation


@transaction.atomic
def unshare(evaluation: Evaluation) -> Evaluation:
    """Go back to answering alone, while nobody was asked; raises ``SomebodyWasAsked``."""
    lock_gathering(evaluation)
    if evaluation.invitations.exists():
        raise SomebodyWasAsked
    evaluation.state, evaluation.shared_at = EvaluationState.DRAFT, None
    evaluation.answers_until = None
    if evaluation.kind == EvaluationKind.JOINT:
        evaluation.kind = EvaluationKind.SELF
    evaluation.save(update_fields=["state", "kind", "shared_at", "answers_until"])
    return evaluation


@transaction.atomic
def postpone(evaluation: Evaluation, *, until: datetime.date) -> Evaluation:
    """Give another last day to answer; raises ``NotGathering`` and ``EndNotAhead``."""
    lock_gathering(evaluation)
    _require_ahead(until)
    evaluation.answers_until = until
    evaluation.save(update_fields=["answers_until"])
    return evaluation


@transaction.atomic
def gather(evaluation: Evaluation, *, user: Any) -> Evaluation:
    """Close the gathering: links open nothing any more, what guests finished can be read.

    Their addresses are forgotten, and so is what they had not finished. Raises ``NotGathering``.
    """
    lock_gathering(evaluation)
    evaluation.gathered_at = timezone.now()
    evaluation.save(update_fields=["gathered_at"])
    forget_guests(evaluation)
    log(instance=evaluation, action=LOG_GATHER, user=user)
    return evaluation


def lock_gathering(evaluation: Evaluation) -> None:
    """Hold the evaluation until the end of the transaction; raises ``NotGathering``."""
    row = Evaluation.objects.select_for_update().get(pk=evaluation.pk)
    if row.state != EvaluationState.SHARED or row.gathered_at is not None:
        raise NotGathering
    evaluation.kind, evaluation.state = row.kind, row.state
    evaluation.answers_until = row.answers_until


def is_gathering(evaluation: Evaluation) -> bool:
    """Whether others are being asked."""
    return evaluation.state == EvaluationState.SHARED and evaluation.gathered_at is None


def _require_ahead(until: datetime.date) -> None:
    today = timezone.localdate()
    if not today < until <= today + LONGEST_GATHERING:
        raise EndNotAhead(until)
