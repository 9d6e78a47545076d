"""Questions with their answers, as pages show them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from bdis_evaluation.evaluating.missing import ThemeProgress
from bdis_evaluation.evaluating.reading import field_name, kind_or_none, said, typed_in, typed_of
from bdis_evaluation.evaluating.saving import Given, open_conflicts
from bdis_evaluation.grids.content import Question
from bdis_evaluation.models import Answer, AnswerRevision, Evaluation, EvidenceFile


@dataclass(frozen=True)
class Voice:
    """One of the answers given to a question: what it says, whose it is, and when."""

    number: int
    given: Given
    words: str
    by: str
    at: datetime.datetime
    stands: bool = False


@dataclass(frozen=True)
class AskedQuestion:
    """A question as a page asks it: its fields, who answered, what was given beside."""

    question: Question
    number: int
    base: int
    given: Given
    typed: Mapping[str, str]
    template: str = ""
    standing: Voice | None = None
    voices: tuple[Voice, ...] = ()
    files: tuple[EvidenceFile, ...] = ()
    error: str = ""

    @property
    def name(self) -> str:
        """Name of its field."""
        return field_name(self.question.key)

    @property
    def in_conflict(self) -> bool:
        """Whether several answers wait for somebody to choose."""
        return len(self.voices) > 1

    @property
    def last(self) -> int:
        """The last revision that is shown."""
        return max([self.base, *(voice.number for voice in self.voices)])

    @property
    def asks_evidence(self) -> bool:
        """Whether a yes is to be supported."""
        return bool(self.question.options.get("evidence"))

    @property
    def is_open(self) -> bool:
        """Whether its comment and files show at once."""
        return bool(self.asks_evidence or self.given.comment or self.files)


@dataclass(frozen=True)
class Contributor:
    """Somebody who answered, how many questions, and when last."""

    name: str
    questions: int
    at: datetime.datetime


@dataclass
class Errors:
    """What is wrong in a form, by question, with what was typed."""

    data: Mapping[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


def ask(
    evaluation: Evaluation, questions: Iterable[Question], errors: Errors | None = None
) -> list[AskedQuestion]:
    """Return the questions with their answers, in three queries whatever their number."""
    questions, errors = list(questions), errors or Errors()
    keys = [question.key for question in questions]
    answers = {
        answer.key: answer
        for answer in evaluation.answers.filter(key__in=keys).select_related("updated_by")
    }
    files: dict[str, list[EvidenceFile]] = {}
    for one in evaluation.evidence_files.filter(key__in=keys):
        files.setdefault(one.key, []).append(one)
    conflicts = open_conflicts(evaluation)
    return [
        _asked(
            question,
            number,
            answers.get(question.key),
            conflicts.get(question.key, []),
            files.get(question.key, []),
            errors,
        )
        for number, question in enumerate(questions, 1)
    ]


def ask_one(evaluation: Evaluation, key: str) -> AskedQuestion:
    """Return one question, numbered as in its theme; raises ``KeyError``."""
    content = evaluation.version.content
    question = content.questions[key]
    number = content.theme_of[key].questions.index(question) + 1
    (asked,) = ask(evaluation, [question])
    return AskedQuestion(**{**asked.__dict__, "number": number})


def person(user: Any) -> str:
    """Name somebody who answered; accounts come and go."""
    if user is None:
        return _("Somebody who left")
    return user.get_full_name() or user.get_username()


def clock(moment: Any = None) -> str:
    """Write a time of the day as it is said: « 14 h 32 »."""
    local = timezone.localtime(moment)
    return _("%(hour)s:%(minute)s") % {
        "hour": local.hour,
        "minute": f"{local.minute:02}",
    }


def contributors(evaluation: Evaluation) -> list[Contributor]:
    """Return who answered, last first; bounded by the people of the initiative."""
    rows = list(
        evaluation.revisions.values("author")
        .annotate(at=Max("saved_at"), questions=Count("key", distinct=True))
        .order_by("-at")[:50]
    )
    users = get_user_model().objects.in_bulk([row["author"] for row in rows if row["author"]])
    return [
        Contributor(person(users.get(row["author"])), row["questions"], row["at"]) for row in rows
    ]


def minutes_left(evaluation: Evaluation, progress: Iterable[ThemeProgress]) -> int:
    """Return the minutes that the rest should take, to the nearest five above; 0 at the end."""
    progress = list(progress)
    awaited = sum(one.awaited for one in progress)
    left = awaited - sum(one.answered for one in progress)
    if not left:
        return 0
    return -(-evaluation.grid.minutes * left // (awaited * 5)) * 5


def _asked(
    question: Question,
    number: int,
    answer: Answer | None,
    conflicts: list[AnswerRevision],
    files: list[EvidenceFile],
    errors: Errors,
) -> AskedQuestion:
    given, kind, reason = Given.of(answer), kind_or_none(question), errors.reasons.get(question.key)
    typed = typed_of(question, given)
    if reason:
        name = field_name(question.key)
        typed = typed_in(question, errors.data)
        given = Given(
            not_applicable=bool(errors.data.get(f"{name}-na")),
            reason=str(errors.data.get(f"{name}-reason", "")),
            comment=str(errors.data.get(f"{name}-comment", "")),
        )
    standing = None
    if answer:
        standing = _voice(question, answer.revision, answer, answer.updated_by, answer.updated_at)
    others = [_voice(question, one.number, one, one.author, one.saved_at) for one in conflicts]
    return AskedQuestion(
        question=question,
        number=number,
        base=answer.revision if answer else 0,
        given=given,
        typed=typed,
        template=kind.template if kind else "",
        standing=standing,
        voices=tuple(one for one in (standing, *others) if one) if others else (),
        files=tuple(files),
        error=reason or "",
    )


def _voice(
    question: Question, number: int, said_there: Any, by: Any, at: datetime.datetime
) -> Voice:
    given = Given.of(said_there)
    stands = isinstance(said_there, Answer)
    return Voice(number, given, said(question, given), person(by), at, stands)
