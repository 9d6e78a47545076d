"""The joint meeting: what was said together, and the answer agreed on for each question."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from bdis_evaluation.coevaluating.closing import GatheringNotOver
from bdis_evaluation.coevaluating.refusals import MeetingChanged, NotTodayYet
from bdis_evaluation.evaluating.saving import Given, clean, lock_open
from bdis_evaluation.models import AgreedAnswer, Evaluation, JointMeeting

LOG_MEET = "bdis_evaluation.meet"


@transaction.atomic
def record_meeting(
    evaluation: Evaluation,
    *,
    held_on: datetime.date,
    present: str,
    summary: str,
    agreed: Mapping[str, Given],
    user: Any,
    seen: str | None = None,
) -> JointMeeting:
    """Write, or write again, what the meeting agreed on; ``agreed`` holds answers by question.

    A question left out keeps what was agreed before, else the own answer of the initiative.
    ``seen`` is the stamp of what ``user`` was shown, ``None`` to write whatever stands. Raises
    ``EvaluationNotOpen``, ``GatheringNotOver``, ``NotTodayYet``, ``MeetingChanged`` and
    ``InvalidAnswer``.
    """
    lock_open(evaluation)
    row = Evaluation.objects.get(pk=evaluation.pk)
    if row.gathered_at is None:
        raise GatheringNotOver
    if held_on > timezone.localdate():
        raise NotTodayYet(held_on)
    if seen is not None and seen != stamp_of(meeting_of(evaluation)):
        raise MeetingChanged
    cleaned = {key: clean(evaluation, key, given) for key, given in agreed.items()}
    meeting, _created = JointMeeting.objects.update_or_create(
        evaluation=evaluation,
        defaults={"held_on": held_on, "present": present, "summary": summary},
    )
    standing = agreed_answers(evaluation, meeting) | cleaned
    meeting.agreed.all().delete()
    AgreedAnswer.objects.bulk_create(
        AgreedAnswer(
            meeting=meeting,
            key=key,
            value=given.value,
            not_applicable=given.not_applicable,
            reason=given.reason,
            comment=given.comment,
        )
        for key, given in standing.items()
        if given != Given()
    )
    log(instance=evaluation, action=LOG_MEET, user=user)
    return meeting


def agreed_answers(evaluation: Evaluation, meeting: JointMeeting | None) -> dict[str, Given]:
    """Return what was agreed on for each question, the own answers where nothing was yet."""
    given = {answer.key: Given.of(answer) for answer in evaluation.answers.all()}
    # The comment of the initiative on its own answer is not what the meeting said.
    own = {
        key: Given(one.value, one.not_applicable, one.reason)
        for key, one in given.items()
        if one.position != Given().position
    }
    if meeting is None:
        return own
    return own | {answer.key: Given.of(answer) for answer in meeting.agreed.all()}


def meeting_of(evaluation: Evaluation) -> JointMeeting | None:
    """Return the meeting of an evaluation, ``None`` before it was held."""
    return JointMeeting.objects.filter(evaluation=evaluation).first()


def stamp_of(meeting: JointMeeting | None) -> str:
    """Return what tells the meeting as it stands from what it was; "" before it was written."""
    if meeting is None:
        return ""
    fields = ("key", "value", "not_applicable", "reason", "comment")
    agreed = list(meeting.agreed.order_by("key").values_list(*fields))
    told = [meeting.held_on.isoformat(), meeting.present, meeting.summary, agreed]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]
