"""Answers of guests: each reads and writes its own, until it says to have finished."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bdis_evaluation.coevaluating.inviting import hash_of
from bdis_evaluation.coevaluating.refusals import NothingSaid
from bdis_evaluation.evaluating.reading import read_given
from bdis_evaluation.evaluating.saving import Given, clean
from bdis_evaluation.grids.content import Question
from bdis_evaluation.grids.kinds import InvalidAnswer
from bdis_evaluation.models import Evaluation, EvaluationState, GuestAnswer, Invitation


class Over(StrEnum):
    """Why somebody asked can no longer answer."""

    FINISHED = "finished"
    REVOKED = "revoked"
    ENDED = "ended"


@dataclass
class AnsweringOver(Exception):
    """Nothing is read or written through the invitation any more."""

    why: Over

    def __str__(self) -> str:
        return {
            Over.FINISHED: _("You said that you had finished: thank you, your answers are kept."),
            Over.REVOKED: _("The initiative took this request back: what you had written is gone."),
            Over.ENDED: _("The gathering of opinions is over: nothing can be added to it."),
        }[self.why]


def invitation_of(token: str) -> Invitation | None:
    """Return the invitation whose secret is ``token``; those of peers are opened by no link."""
    invitations = Invitation.objects.of_stakeholders().select_related(
        "evaluation__version", "evaluation__grid", "evaluation__initiative", "peer"
    )
    return invitations.filter(secret_hash=hash_of(token)).first()


def require_open(invitation: Invitation) -> None:
    """Check that an invitation is still answered; raises ``AnsweringOver``."""
    if invitation.revoked_at is not None:
        raise AnsweringOver(Over.REVOKED)
    if invitation.answered_at is not None:
        raise AnsweringOver(Over.FINISHED)
    evaluation = invitation.evaluation
    is_over = evaluation.state != EvaluationState.SHARED or evaluation.gathered_at is not None
    last = evaluation.answers_until
    if is_over or last is None or last < timezone.localdate():
        raise AnsweringOver(Over.ENDED)


@transaction.atomic
def save_answers(
    invitation: Invitation, questions: Iterable[Question], data: Mapping[str, Any]
) -> dict[str, str]:
    """Save what a form says to ``questions``; return what is wrong, by question.

    The rest is saved. A question left empty is not answered. Raises ``AnsweringOver``.
    """
    lock_open(invitation)
    errors = {}
    for question in questions:
        try:
            given = _read(invitation, question, data)
        except KeyError:  # the plug-in of its kind was removed: it was not asked
            continue
        except InvalidAnswer as invalid:
            errors[question.key] = str(invalid)
            continue
        _keep(invitation, question, given)
    return errors


@transaction.atomic
def finish_answering(invitation: Invitation) -> None:
    """Note that a guest has finished: its answers count, and no longer change.

    Raises ``AnsweringOver`` and ``NothingSaid``.
    """
    lock_open(invitation)
    if not invitation.answers.exclude(value=None).exists():
        raise NothingSaid
    invitation.answered_at = timezone.now()
    invitation.save(update_fields=["answered_at"])


def lock_open(invitation: Invitation) -> None:
    """Hold the evaluation and read the invitation again; raises ``AnsweringOver``."""
    row = Evaluation.objects.select_for_update().get(pk=invitation.evaluation_id)
    evaluation = invitation.evaluation
    evaluation.state, evaluation.gathered_at = row.state, row.gathered_at
    evaluation.answers_until = row.answers_until
    invitation.refresh_from_db(fields=["revoked_at", "answered_at"])
    require_open(invitation)


def _read(invitation: Invitation, question: Question, data: Mapping[str, Any]) -> Given:
    given = read_given(question, data)
    # What does not apply is for the initiative to say.
    given = Given(value=given.value, comment=given.comment)
    return clean(invitation.evaluation, question.key, given)


def _keep(invitation: Invitation, question: Question, given: Given) -> None:
    if given == Given():
        GuestAnswer.objects.filter(invitation=invitation, key=question.key).delete()
        return
    GuestAnswer.objects.update_or_create(
        invitation=invitation,
        key=question.key,
        defaults={"value": given.value, "comment": given.comment, "saved_at": timezone.now()},
    )
