"""What an evaluation still lacks, as things to do: it drives the progress shown."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from bdis_evaluation.evaluating.saving import open_conflicts
from bdis_evaluation.grids.content import GridContent, Question, Theme
from bdis_evaluation.models import Evaluation
from bdis_evaluation.models.evaluations import GivenAnswer


@dataclass(frozen=True)
class ToDo:
    """Something to do before the evaluation is complete."""

    theme: Theme
    question: Question
    reason: str


@dataclass(frozen=True)
class ThemeProgress:
    """How far a theme is: questions awaited, and those that are answered."""

    theme: Theme
    awaited: int
    answered: int
    to_do: tuple[ToDo, ...]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do in it."""
        return not self.to_do


def missing_answers(evaluation: Evaluation) -> list[ToDo]:
    """Return what is left to do, in the order of the grid; [] when the evaluation is complete."""
    return [to_do for one in progress_by_theme(evaluation) for to_do in one.to_do]


def progress_by_theme(evaluation: Evaluation) -> list[ThemeProgress]:
    """Return how far each theme is, in three queries whatever the grid."""
    answers = {answer.key: answer for answer in evaluation.answers.all()}
    supported = set(evaluation.evidence_files.values_list("key", flat=True))
    return progress_of(evaluation.version.content, answers, supported, open_conflicts(evaluation))


def progress_of(
    content: GridContent,
    answers: Mapping[str, GivenAnswer],
    supported: Collection[str],
    conflicts: Container[str],
) -> list[ThemeProgress]:
    """Return how far each theme is, from what was read before: answers by question, questions
    that have a file, questions in conflict."""
    found = []
    for theme in content:
        reasons = {
            question: _lacks(
                question, answers.get(question.key), supported, question.key in conflicts
            )
            for question in theme.questions
        }
        counted = [question for question in theme.questions if question.required]
        found.append(
            ThemeProgress(
                theme,
                awaited=len(counted),
                answered=sum(not reasons[question] for question in counted),
                to_do=tuple(
                    ToDo(theme, question, reason) for question, reason in reasons.items() if reason
                ),
            )
        )
    return found


def _lacks(
    question: Question, answer: GivenAnswer | None, supported: Collection[str], in_conflict: bool
) -> str:
    if in_conflict:
        return _("Two answers were given: choose the one that stands.")
    if answer is None or not answer.is_given:
        return _("Not answered yet.") if question.required else ""
    if answer.not_applicable:
        return "" if answer.reason else _("Say why it does not apply to you.")
    needs_evidence = question.options.get("evidence") and answer.value is True
    if needs_evidence and not answer.comment and question.key not in supported:
        return _("Add what supports this yes: a file, or a few words.")
    return ""
