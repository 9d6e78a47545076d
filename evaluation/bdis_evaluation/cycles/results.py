"""Where an evaluation stands on each theme: for pictures and aggregates, never for a ranking."""

from __future__ import annotations

from collections.abc import Mapping

from bdis_evaluation.grids.content import Theme
from bdis_evaluation.grids.kinds import kind_of
from bdis_evaluation.models import Evaluation, ThemeResult
from bdis_evaluation.models.evaluations import GivenAnswer


def theme_result(theme: Theme, answers: Mapping[str, GivenAnswer]) -> ThemeResult:
    """Return the result of one theme, not saved: the weighted mean of the answers that are drawn.

    What does not apply is left out, and so is what is awaited of nobody it does not apply to.
    """
    total = weights = answered = awaited = 0.0
    for question in theme.questions:
        answer = answers.get(question.key)
        if answer is not None and answer.not_applicable:
            continue
        awaited += question.required
        if answer is None or answer.value is None:
            continue
        answered += question.required
        share = kind_of(question).share(question, answer.value)
        if share is not None:
            total += share * question.weight
            weights += question.weight
    return ThemeResult(
        theme=theme.code,
        share=total / weights if weights else None,
        answered=int(answered),
        awaited=int(awaited),
    )


def counted_answers(evaluation: Evaluation) -> dict[str, GivenAnswer]:
    """Return the answers that count, by key: what was agreed in a meeting, else its own."""
    answers: dict[str, GivenAnswer] = {one.key: one for one in evaluation.answers.all()}
    meeting = getattr(evaluation, "meeting", None)
    if meeting is not None:
        answers |= {one.key: one for one in meeting.agreed.all() if one.is_given}
    return answers


def record_results(evaluation: Evaluation) -> list[ThemeResult]:
    """Write the results of an evaluation that ends, theme by theme."""
    answers = counted_answers(evaluation)
    results = [theme_result(theme, answers) for theme in evaluation.version.content]
    for result in results:
        result.evaluation = evaluation
    evaluation.results.all().delete()
    return ThemeResult.objects.bulk_create(results)
