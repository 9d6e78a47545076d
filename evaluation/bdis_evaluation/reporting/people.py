"""Who took part in an evaluation, in numbers: a report names nobody."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from bdis_evaluation.coevaluating.tallying import tally
from bdis_evaluation.models import Evaluation, EvaluationKind


@dataclass(frozen=True)
class TookPart:
    """People who answered for the initiative, others who said how they see it.

    ``stakeholders`` is ``None`` while they are too few to be counted without telling who; so is
    each group, which is then left out.
    """

    contributors: int
    asked: int
    stakeholders: int | None
    groups: tuple[tuple[str, int], ...]
    peers: int
    met_on: datetime.date | None
    evaluated_by: str


def took_part(evaluation: Evaluation) -> TookPart:
    """Count who took part, in three queries."""
    authors = evaluation.revisions.exclude(author=None).values("author").distinct().count()
    told = tally(evaluation)
    meeting = getattr(evaluation, "meeting", None)
    external = evaluation.kind == EvaluationKind.EXTERNAL
    return TookPart(
        contributors=authors,
        asked=told.asked,
        stakeholders=told.finished,
        groups=tuple((one.label, one.finished) for one in told.groups if one.finished),
        peers=len([one for one in told.peers if one.answered_at is not None]),
        met_on=meeting.held_on if meeting else None,
        evaluated_by=evaluation.evaluator_organisation if external else "",
    )
