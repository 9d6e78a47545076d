"""How an initiative moved on each theme over its cycles, on the questions that stayed the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bdis_evaluation.cycles.results import counted_answers, theme_result
from bdis_evaluation.grids.content import SubTheme, Theme
from bdis_evaluation.grids.correspondence import relation
from bdis_evaluation.models import Evaluation, QuestionChange
from bdis_evaluation.models.evaluations import GivenAnswer


@dataclass(frozen=True)
class Point:
    """Where one cycle stood; ``share`` from 0 to 1, ``None`` when nothing there is drawn."""

    evaluation: Evaluation
    share: float | None


@dataclass(frozen=True)
class ThemeEvolution:
    """A theme of the latest cycle and its points, oldest first.

    All of them are on the ``compared`` questions, of the ``asked`` ones of today, that every cycle
    asked in the same way. With none, there is nothing to compare and no point.
    """

    theme: Theme
    points: tuple[Point, ...]
    compared: int
    asked: int

    @property
    def is_comparable(self) -> bool:
        """Whether at least one question was the same in every cycle."""
        return self.compared > 0


def evolution(evaluations: Sequence[Evaluation]) -> list[ThemeEvolution]:
    """Return the evolution of each theme of the last of ``evaluations``, cycles of one grid.

    They are in order, oldest first; [] without any. Raises ``NotOneGrid``.
    """
    if not evaluations:
        return []
    latest = evaluations[-1]
    same = set(latest.version.content.questions)
    for version in {one.version_id: one.version for one in evaluations[:-1]}.values():
        became = relation(version, latest.version)
        same &= {key for key, change in became.items() if change == QuestionChange.SAME}
    answers = {one.pk: counted_answers(one) for one in evaluations}
    return [_of_theme(theme, evaluations, answers, same) for theme in latest.version.content]


def _of_theme(
    theme: Theme,
    evaluations: Sequence[Evaluation],
    answers: Mapping[int, Mapping[str, GivenAnswer]],
    same: set[str],
) -> ThemeEvolution:
    kept = tuple(question for question in theme.questions if question.key in same)
    part = Theme(theme.code, theme.title, subthemes=(SubTheme("", kept),))
    points = tuple(Point(one, theme_result(part, answers[one.pk]).share) for one in evaluations)
    return ThemeEvolution(theme, points if kept else (), len(kept), len(theme.questions))
