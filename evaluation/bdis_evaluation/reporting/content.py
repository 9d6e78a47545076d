"""What a report says, read once: the page and the PDF show the same."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bdis_cms.models import InitiativePage
from bdis_evaluation.cycles.comparing import in_words
from bdis_evaluation.cycles.results import counted_answers, theme_result
from bdis_evaluation.cycles.sharing import closed_cycles
from bdis_evaluation.cycles.showing import ShownEvolution, cycle_names, show_evolution
from bdis_evaluation.grids.content import Question, Theme
from bdis_evaluation.grids.kinds import question_kinds
from bdis_evaluation.models import Evaluation
from bdis_evaluation.models.evaluations import GivenAnswer
from bdis_evaluation.pictures.bars import Bar, Line, bar
from bdis_evaluation.pictures.words import way_words
from bdis_evaluation.reporting.choosing import Choice
from bdis_evaluation.reporting.commitments import ReportedCommitment, made_before, made_in
from bdis_evaluation.reporting.others import Talked, talked_about
from bdis_evaluation.reporting.people import TookPart, took_part

#: Cycles that a picture of the report shows.
MOST_CYCLES = 6


@dataclass(frozen=True)
class SaidAnswer:
    """A question with its answer in words; "" when there is none."""

    question: str
    said: str
    comment: str


@dataclass(frozen=True)
class ReportedTheme:
    """A theme: the way gone in words and as a bar, how much of it was answered."""

    code: str
    title: str
    words: str
    bar: Bar | None
    answered: int
    awaited: int
    talked: tuple[Talked, ...]
    answers: tuple[SaidAnswer, ...]


@dataclass(frozen=True)
class Way:
    """A theme over the cycles, on the questions that stayed the same: (cycle, words) each.

    ``line`` is ``None`` when nothing in two cycles can be compared.
    """

    title: str
    line: Line | None
    cycles: tuple[tuple[str, str], ...]
    compared: int
    asked: int


@dataclass(frozen=True)
class Report:
    """A report; parts that the initiative left out are empty."""

    evaluation: Evaluation
    title: str
    place: str
    charter_since: datetime.date | None
    charter_version: int | None
    people: TookPart
    themes: tuple[ReportedTheme, ...]
    left_out: int
    ways: tuple[Way, ...]
    cycles: tuple[str, ...]
    shows_others: bool
    summary: str
    commitments: tuple[ReportedCommitment, ...]
    earlier: tuple[ReportedCommitment, ...]

    @property
    def has_talked(self) -> bool:
        """Whether something that was talked about is shown."""
        return any(theme.talked for theme in self.themes)


def report_of(evaluation: Evaluation, choice: Choice) -> Report:
    """Return the report of a finished evaluation, in a number of queries that no grid changes."""
    page = evaluation.initiative
    content, answers = evaluation.version.content, counted_answers(evaluation)
    chosen = [theme for theme in content if theme.code in choice.themes]
    others = "others" in choice.parts and evaluation.shared_at is not None
    talked = talked_about(evaluation, answers) if others else {}
    cycles = _cycles(evaluation) if "evolution" in choice.parts else []
    evolution = show_evolution(cycles) if len(cycles) > 1 else []
    with_commitments = "commitments" in choice.parts
    meeting = getattr(evaluation, "meeting", None)
    return Report(
        evaluation=evaluation,
        title=page.title,
        place=_place(page),
        charter_since=page.charter_signed_on,
        charter_version=_signed_version(page),
        people=took_part(evaluation),
        themes=tuple(_theme(one, answers, talked, choice) for one in chosen),
        left_out=len(content.themes) - len(chosen),
        ways=tuple(_way(one) for one in evolution if one.code in choice.themes),
        cycles=tuple(cycle_names(cycles)) if evolution else (),
        shows_others=others,
        summary=meeting.summary if others and meeting else "",
        commitments=made_in(evaluation, choice.themes) if with_commitments else (),
        earlier=made_before(evaluation) if with_commitments else (),
    )


def _theme(
    theme: Theme,
    answers: Mapping[str, GivenAnswer],
    talked: Mapping[str, Talked],
    choice: Choice,
) -> ReportedTheme:
    result = theme_result(theme, answers)
    full, comments = "answers" in choice.parts, "comments" in choice.parts
    return ReportedTheme(
        code=theme.code,
        title=theme.title,
        words=way_words(result.share),
        bar=None if result.share is None else bar(result.share),
        answered=result.answered,
        awaited=result.awaited,
        talked=tuple(talked[one.key] for one in theme.questions if one.key in talked),
        answers=tuple(_said(one, answers.get(one.key), comments) for one in theme.questions)
        if full
        else (),
    )


def _said(question: Question, answer: GivenAnswer | None, comments: bool) -> SaidAnswer:
    known = question.kind in question_kinds()
    comment = answer.comment if comments and answer else ""
    return SaidAnswer(question.text, in_words(question, answer) if known else "", comment)


def _cycles(evaluation: Evaluation) -> Sequence[Evaluation]:
    """Return the cycles up to this one: what came after is the business of another report."""
    closed = list(closed_cycles(evaluation))
    position = next(n for n, one in enumerate(closed) if one.pk == evaluation.pk)
    return closed[: position + 1][-MOST_CYCLES:]


def _way(one: ShownEvolution) -> Way:
    words = tuple((cycle.name, way_words(cycle.share)) for cycle in one.cycles)
    return Way(one.title, one.line, words, one.compared, one.asked)


def _place(page: InitiativePage) -> str:
    if page.commune is None:
        return ""
    return f"{page.commune.name} ({page.commune.department.name})"


def _signed_version(page: InitiativePage) -> int | None:
    if not page.charter_signed_on:
        return None
    lines = page.charter_adhesions.order_by("-pk")
    return lines.values_list("version__number", flat=True).first()
