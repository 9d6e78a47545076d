"""What is asked of somebody from outside, and how long it takes."""

from __future__ import annotations

from bdis_evaluation.grids.content import Question, Theme
from bdis_evaluation.models import Invitation

#: Kinds whose answers would be told by their author.
_PERSONAL = ("indicator", "text")


def asked_themes(invitation: Invitation) -> list[tuple[Theme, list[Question]]]:
    """Return what an invitation is asked, theme by theme.

    Figures and texts are asked of peers only: those of people are never shown, for each would be
    told by its author.
    """
    found = []
    for theme in invitation.evaluation.version.content:
        questions = [
            question
            for question in theme.questions
            if invitation.peer_id or question.kind not in _PERSONAL
        ]
        if questions:
            found.append((theme, questions))
    return found


def minutes_for(invitation: Invitation) -> int:
    """Return the minutes that answering takes: half a minute a question, by fives."""
    count = sum(len(questions) for _theme, questions in asked_themes(invitation))
    return max(5, -(-count // 10) * 5)
