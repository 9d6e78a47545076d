"""Ends of an evaluation: finished with commitments, or abandoned with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from bdis_evaluation.coevaluating.closing import NotReady, forget_guests, require_heard
from bdis_evaluation.cycles.results import record_results
from bdis_evaluation.cycles.rhythm import plan_next
from bdis_evaluation.evaluating.beginning import say_progress
from bdis_evaluation.evaluating.missing import ToDo, missing_answers
from bdis_evaluation.evaluating.saving import lock_open
from bdis_evaluation.models import (
    CommitmentAct,
    CommitmentEvent,
    Evaluation,
    EvaluationState,
)

LOG_FINISH = "bdis_evaluation.finish"
LOG_ABANDON = "bdis_evaluation.abandon"
LONGEST_REASON = 500  # characters


@dataclass
class EvaluationIncomplete(NotReady):
    """Questions wait for an answer."""

    missing: list[ToDo]

    def __str__(self) -> str:
        return ngettext(
            "One thing is left to do before the end: it is listed with its theme.",
            "%(count)s things are left to do before the end: they are listed with their themes.",
            len(self.missing),
        ) % {"count": len(self.missing)}


@dataclass
class NoCommitment(NotReady):
    """An evaluation ends with what will be improved."""

    evaluation: Evaluation

    def __str__(self) -> str:
        return _("Write one commitment at least: what you will improve, and until when.")


@dataclass
class NoReason(ValueError):
    """Why it stops, or changes, is kept for those who come after."""

    def __str__(self) -> str:
        return _("Say why, in a few words: those who come after will know.")


@transaction.atomic
def finish(evaluation: Evaluation, *, user: Any) -> Evaluation:
    """Close a complete evaluation: its commitments are made, its answers no longer change.

    Raises ``EvaluationNotOpen``, and ``NotReady``: ``EvaluationIncomplete``, ``NoCommitment``, or
    what ``require_heard`` says of others.
    """
    lock_open(evaluation)
    require_heard(Evaluation.objects.get(pk=evaluation.pk))
    if missing := missing_answers(evaluation):
        raise EvaluationIncomplete(missing)
    commitments = list(evaluation.commitments.all())
    if not commitments:
        raise NoCommitment(evaluation)
    now = timezone.now()
    CommitmentEvent.objects.bulk_create(
        CommitmentEvent(commitment=one, act=CommitmentAct.MADE, at=now, by=user, due_on=one.due_on)
        for one in commitments
    )
    evaluation.state, evaluation.closed_at = EvaluationState.CLOSED, now
    evaluation.save(update_fields=["state", "closed_at"])
    record_results(evaluation)
    plan_next(evaluation.initiative)
    forget_guests(evaluation)
    log(instance=evaluation, action=LOG_FINISH, user=user)
    say_progress(evaluation.initiative, user=user)
    return evaluation


@transaction.atomic
def abandon(evaluation: Evaluation, *, reason: str, user: Any) -> Evaluation:
    """Stop an evaluation without finishing it; its answers stay readable.

    Raises ``EvaluationNotOpen`` and ``NoReason``.
    """
    lock_open(evaluation)
    if not (reason := reason.strip()):
        raise NoReason
    evaluation.state = EvaluationState.ABANDONED
    evaluation.save(update_fields=["state"])
    forget_guests(evaluation)
    log(instance=evaluation, action=LOG_ABANDON, user=user, data={"reason": reason})
    say_progress(evaluation.initiative, user=user)
    return evaluation


def reason_of_abandon(evaluation: Evaluation) -> str:
    """Return why it was abandoned, "" when it was not."""
    if evaluation.state != EvaluationState.ABANDONED:
        return ""
    entries = ModelLogEntry.objects.for_instance(evaluation).filter(action=LOG_ABANDON)
    entry = entries.order_by("-timestamp").first()
    return str(entry.data.get("reason", "")) if entry else ""
