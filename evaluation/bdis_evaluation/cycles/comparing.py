"""Two cycles compared, question by question, across versions of a grid."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from bdis_evaluation.cycles.results import counted_answers
from bdis_evaluation.grids.content import Question
from bdis_evaluation.grids.correspondence import relation
from bdis_evaluation.grids.kinds import kind_of
from bdis_evaluation.models import (
    Evaluation,
    GridVersion,
    QuestionChange,
    QuestionCorrespondence,
)
from bdis_evaluation.models.evaluations import GivenAnswer


@dataclass(frozen=True)
class Compared:
    """A question in two cycles; ``change`` says what became of it between them.

    Only the same question is compared: ``moved`` is the difference of the two shares (-1 to 1),
    ``None`` when the two answers cannot be compared, whatever the reason.
    """

    question: Question
    theme: str
    change: QuestionChange
    earlier: str  # in words; "" when there was no answer
    later: str
    moved: float | None
    earlier_share: float | None = None
    later_share: float | None = None

    @property
    def is_comparable(self) -> bool:
        """Whether the two cycles asked the same thing."""
        return self.change == QuestionChange.SAME


def compare(earlier: Evaluation, later: Evaluation) -> list[Compared]:
    """Return every question of either cycle: those of the later grid in order, then the dropped.

    The answers are those that count: what was agreed in a meeting, else its own. Raises
    ``NotOneGrid``.
    """
    became = relation(earlier.version, later.version)
    before, after = earlier.version.content, later.version.content
    answers_before, answers_after = counted_answers(earlier), counted_answers(later)
    rows = [
        _row(
            question,
            after.theme_of[key].title,
            became[key],
            (before.questions.get(key), answers_before.get(key)),
            answers_after.get(key),
        )
        for key, question in after.questions.items()
    ]
    rows += [
        _row(
            question,
            before.theme_of[key].title,
            QuestionChange.DROPPED,
            (question, answers_before.get(key)),
            None,
        )
        for key, question in before.questions.items()
        if key not in after.questions
    ]
    return rows


def _row(
    question: Question,
    theme: str,
    change: QuestionChange,
    earlier: tuple[Question | None, GivenAnswer | None],
    later: GivenAnswer | None,
) -> Compared:
    asked_before, said_before = earlier
    shares = _share(asked_before, said_before), _share(question, later)
    moved = None
    if change == QuestionChange.SAME and shares[0] is not None and shares[1] is not None:
        moved = shares[1] - shares[0]
    return Compared(
        question,
        theme,
        change,
        earlier=in_words(asked_before, said_before),
        later=in_words(question, later),
        moved=moved,
        earlier_share=shares[0],
        later_share=shares[1],
    )


def in_words(question: Question | None, answer: GivenAnswer | None) -> str:
    """Return an answer as it reads; "" when there is none."""
    if question is None or answer is None or not answer.is_given:
        return ""
    if answer.not_applicable:
        return _("Not applicable: %(reason)s") % {"reason": answer.reason}
    return kind_of(question).display(question, answer.value)


def _share(question: Question | None, answer: GivenAnswer | None) -> float | None:
    if question is None or answer is None or answer.value is None:
        return None
    return kind_of(question).share(question, answer.value)


def reasons(earlier: GridVersion, later: GridVersion) -> dict[str, str]:
    """Return why questions changed or were dropped between two versions, by key; one query."""
    rows = QuestionCorrespondence.objects.filter(
        version__grid=later.grid_id,
        version__number__gt=earlier.number,
        version__number__lte=later.number,
        change__in=(QuestionChange.CHANGED, QuestionChange.DROPPED),
    )
    return dict(rows.exclude(note="").order_by("version__number").values_list("key", "note"))
