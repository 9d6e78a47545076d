"""What becomes of a commitment: kept, moved to another day, or dropped, each with its line."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bdis_evaluation.evaluating.finishing import NoReason
from bdis_evaluation.models import (
    Commitment,
    CommitmentAct,
    CommitmentEvent,
    CommitmentState,
    EvaluationState,
)


@dataclass
class CommitmentNotOpen(Exception):
    """It is proposed only, or was kept or dropped before."""

    commitment: Commitment

    def __str__(self) -> str:
        if self.commitment.state == CommitmentState.OPEN:
            return _("This commitment is only proposed: it is made when the evaluation ends.")
        return _("This commitment is no longer under way: its history says what became of it.")


@dataclass
class DayNotAhead(ValueError):
    """A commitment is moved to a day to come."""

    on: datetime.date

    def __str__(self) -> str:
        return _("Choose another day, later than today.")


@transaction.atomic
def keep(commitment: Commitment, *, user: Any, note: str = "") -> Commitment:
    """Record that it was kept, and perhaps how; raises ``CommitmentNotOpen``."""
    _lock(commitment)
    commitment.state = CommitmentState.KEPT
    return _record(commitment, CommitmentAct.KEPT, user, note)


@transaction.atomic
def move(commitment: Commitment, *, due_on: datetime.date, reason: str, user: Any) -> Commitment:
    """Give it another day, with a reason.

    Raises ``CommitmentNotOpen``, ``DayNotAhead`` and ``NoReason``.
    """
    _lock(commitment)
    if due_on <= timezone.localdate() or due_on == commitment.due_on:
        raise DayNotAhead(due_on)
    _require(reason)
    commitment.due_on = due_on
    return _record(commitment, CommitmentAct.MOVED, user, reason)


@transaction.atomic
def drop(commitment: Commitment, *, reason: str, user: Any) -> Commitment:
    """Give it up, with a reason; raises ``CommitmentNotOpen`` and ``NoReason``."""
    _lock(commitment)
    _require(reason)
    commitment.state = CommitmentState.DROPPED
    return _record(commitment, CommitmentAct.DROPPED, user, reason)


def _lock(commitment: Commitment) -> None:
    row = Commitment.objects.select_for_update().get(pk=commitment.pk)
    commitment.state, commitment.due_on = row.state, row.due_on
    made = row.evaluation.state == EvaluationState.CLOSED
    if not made or row.state != CommitmentState.OPEN:
        raise CommitmentNotOpen(commitment)


def _require(reason: str) -> None:
    if not reason.strip():
        raise NoReason


def _record(commitment: Commitment, act: CommitmentAct, user: Any, reason: str) -> Commitment:
    commitment.save(update_fields=["state", "due_on"])
    CommitmentEvent.objects.create(
        commitment=commitment,
        act=act,
        by=user,
        due_on=commitment.due_on,
        reason=reason.strip(),
    )
    return commitment
