"""What was talked about with others: where they see otherwise, and what was agreed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bdis_evaluation.coevaluating.side_by_side import side_by_side
from bdis_evaluation.cycles.comparing import in_words
from bdis_evaluation.grids.kinds import question_kinds
from bdis_evaluation.models import Evaluation
from bdis_evaluation.models.evaluations import GivenAnswer


@dataclass(frozen=True)
class Talked:
    """A question on which points of view differed; ``spread`` is of all stakeholders together.

    It is empty below the threshold of ``side_by_side``: what few people said is theirs. Peers
    answered to the initiative, in their name: a report does not repeat it.
    """

    question: str
    own: str
    count: int
    spread: tuple[tuple[str, int], ...]
    agreed: str


def talked_about(evaluation: Evaluation, counted: Mapping[str, GivenAnswer]) -> dict[str, Talked]:
    """Return the questions that were talked about, by key.

    Those where stakeholders see otherwise, and those where the meeting agreed on something else.
    """
    found = {}
    for _theme, rows in side_by_side(evaluation):
        for row in rows:
            if row.question.kind not in question_kinds():  # its plug-in is gone
                continue
            own = in_words(row.question, row.own)
            agreed = in_words(row.question, counted.get(row.question.key))
            changed = bool(agreed) and agreed != own
            spread = row.stakeholders.values if row.stakeholders else ()
            if changed or (spread and row.diverges):
                found[row.question.key] = Talked(
                    question=row.question.text,
                    own=own,
                    count=row.stakeholders.count if row.stakeholders and spread else 0,
                    spread=spread,
                    agreed=agreed if _was_agreed(evaluation) else "",
                )
    return found


def _was_agreed(evaluation: Evaluation) -> bool:
    return getattr(evaluation, "meeting", None) is not None
