"""The end of a gathering: what is kept of guests, and what an end requires of others."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from bdis_evaluation.models import (
    Evaluation,
    EvaluationKind,
    EvidenceFile,
    GuestAnswer,
    Invitation,
    JointMeeting,
)

#: Key of a file that supports the whole of an external evaluation: no question has it.
REPORT = ""
#: How long addresses stay when an initiative never closes its gathering.
KEPT_AFTER_THE_END = datetime.timedelta(days=90)


class NotReady(Exception):
    """Something is left to do before the end of an evaluation; its text says what."""


@dataclass
class GatheringNotOver(NotReady):
    """What others said is not read before the gathering is over."""

    def __str__(self) -> str:
        return _("Opinions are still being gathered: close the gathering first.")


@dataclass
class MeetingNotHeld(NotReady):
    """A joint evaluation ends with a meeting."""

    def __str__(self) -> str:
        return _("Write what the joint meeting agreed on: a joint evaluation ends with it.")


@dataclass
class EvaluatorUnknown(NotReady):
    """An external evaluation has an evaluator and their report."""

    def __str__(self) -> str:
        return _("Say who the outside evaluator is, and add their report.")


def forget_guests(evaluation: Evaluation) -> None:
    """Blank the addresses, and delete what its author never said to have finished."""
    invitations = Invitation.objects.filter(evaluation=evaluation)
    unfinished = invitations.exclude(pk__in=invitations.answered().values("pk"))
    GuestAnswer.objects.filter(invitation__in=unfinished).delete()
    invitations.exclude(email="").update(email="")


def forget_late_guests(now: datetime.datetime, *, dry_run: bool = False) -> int:
    """Blank the addresses of gatherings that nobody closed long after their last day.

    Called with the reminders; returns 0, for it sends none.
    """
    last = timezone.localdate(now) - KEPT_AFTER_THE_END
    late = Invitation.objects.filter(evaluation__answers_until__lt=last).exclude(email="")
    if not dry_run:
        late.update(email="")
    return 0


def require_gathered(evaluation: Evaluation) -> None:
    """Check that others have been heard, if they were asked; raises ``GatheringNotOver``."""
    if evaluation.shared_at is not None and evaluation.gathered_at is None:
        raise GatheringNotOver


def require_heard(evaluation: Evaluation) -> None:
    """Check what an end requires of others; raises ``NotReady``."""
    require_gathered(evaluation)
    is_joint = evaluation.kind == EvaluationKind.JOINT
    if is_joint and not JointMeeting.objects.filter(evaluation=evaluation).exists():
        raise MeetingNotHeld
    if evaluation.kind == EvaluationKind.EXTERNAL:
        reports = EvidenceFile.objects.filter(evaluation=evaluation, key=REPORT)
        if not (evaluation.evaluator and evaluation.evaluator_organisation and reports.exists()):
            raise EvaluatorUnknown
