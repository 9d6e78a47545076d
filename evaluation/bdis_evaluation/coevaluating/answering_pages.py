"""Pages on which somebody answers a co-evaluation, whichever way they came in.

A guest comes by a secret link, a peer from its own space: the door differs, the pages are the same.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bdis_cms.models import InitiativePage
from bdis_cms.throttling import allowed
from bdis_evaluation.coevaluating import answering
from bdis_evaluation.coevaluating.asking import asked_themes, minutes_for
from bdis_evaluation.coevaluating.refusals import NothingSaid
from bdis_evaluation.coevaluating.side_by_side import FEWEST
from bdis_evaluation.evaluating.reading import field_name, kind_or_none, typed_in, typed_of
from bdis_evaluation.evaluating.saving import Given
from bdis_evaluation.grids.content import Question, Theme
from bdis_evaluation.models import GuestAnswer, Invitation

_HOUR = 3600
#: Forms sent in an hour through one invitation.
_MOST_FORMS = 120
#: Kinds whose fields are choices: not knowing is one of them; the others are left empty.
_CHOICES = ("level", "yes_no")


@dataclass(frozen=True)
class Door:
    """How somebody came in: where its pages are, and around what they are drawn."""

    invitation: Invitation
    urls: str
    arguments: tuple[Any, ...]
    base: str
    page: InitiativePage | None = None

    def url(self, name: str, *more: Any) -> str:
        """Return the address of one of the pages."""
        return reverse(f"{self.urls}:{name}", args=[*self.arguments, *more])

    @property
    def welcome_url(self) -> str:
        """Address of the first page."""
        return self.url("welcome")

    @property
    def done_url(self) -> str:
        """Address to which « I have finished » is sent."""
        return self.url("done")


@dataclass(frozen=True)
class AskedGuest:
    """A question as a guest is asked it."""

    question: Question
    number: int
    typed: Mapping[str, str]
    comment: str
    template: str
    error: str = ""

    @property
    def name(self) -> str:
        """Name of its field."""
        return field_name(self.question.key)

    @property
    def is_choice(self) -> bool:
        """Whether not knowing is one of the choices."""
        return self.question.kind in _CHOICES

    @property
    def is_known(self) -> bool:
        """Whether something is answered."""
        return any(self.typed.values())


@dataclass
class Typed:
    """What a form held that could not be saved whole."""

    data: Mapping[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def welcome(request: HttpRequest, door: Door, refused: NothingSaid | None = None) -> HttpResponse:
    """Say what is asked, for whom, and what becomes of it; where one was, when one comes back."""
    try:
        answering.require_open(door.invitation)
    except answering.AnsweringOver as over:
        return over_page(request, door, over)
    answers = {answer.key: answer for answer in door.invitation.answers.all()}
    asked = _asked_themes(door)
    themes = [_progress(door, theme, questions, answers) for theme, questions in asked]
    context = _context(door) | {
        "themes": themes,
        "begun": bool(answers),
        "next": next((one for one in themes if one["answered"] < one["asked"]), None),
        "saved_at": _last_saved(answers),
        "refused": str(refused or ""),
    }
    status = 422 if refused else 200
    return render(request, "bdis_evaluation/opinion/welcome.html", context, status=status)


def theme(request: HttpRequest, door: Door, code: str) -> HttpResponse:
    """Ask the questions of a theme, and save what the form holds."""
    try:
        answering.require_open(door.invitation)
        asked = {one.code: (one, questions) for one, questions in _asked_themes(door)}
        if code not in asked:
            raise Http404
        shown, questions = asked[code]
        typed = Typed(request.POST)
        if request.method == "POST":
            if not may_send(door):
                return too_many(request, door)
            typed.errors = answering.save_answers(door.invitation, questions, request.POST)
            if not typed.errors:
                return redirect(_after(door, shown))
    except answering.AnsweringOver as over:
        return over_page(request, door, over)
    context = _context(door) | _theme_context(door, shown, questions, typed)
    status = 422 if typed.errors else 200
    return render(request, "bdis_evaluation/opinion/theme.html", context, status=status)


def done(request: HttpRequest, door: Door) -> HttpResponse:
    """Finish: the answers count, and no longer change."""
    if not may_send(door):
        return too_many(request, door)
    try:
        answering.finish_answering(door.invitation)
    except answering.AnsweringOver as over:
        return over_page(request, door, over)
    except NothingSaid as refused:
        return welcome(request, door, refused)
    return render(request, "bdis_evaluation/opinion/done.html", _context(door))


def may_send(door: Door) -> bool:
    """Whether the invitation has not sent more forms than anybody would."""
    return allowed("opinion", str(door.invitation.pk), _MOST_FORMS, _HOUR)


def too_many(request: HttpRequest, door: Door) -> HttpResponse:
    """Say to wait."""
    return render(request, "bdis_evaluation/opinion/too_many.html", _context(door), status=429)


def over_page(request: HttpRequest, door: Door, over: answering.AnsweringOver) -> HttpResponse:
    """Say why nothing is read or written any more, and nothing else."""
    context = _context(door) | {"words": str(over), "thanks": over.why == answering.Over.FINISHED}
    return render(request, "bdis_evaluation/opinion/over.html", context, status=410)


def _asked_themes(door: Door) -> list[tuple[Theme, list[Question]]]:
    return asked_themes(door.invitation)


def _context(door: Door) -> dict[str, Any]:
    evaluation = door.invitation.evaluation
    return {
        "door": door,
        "base": door.base,
        "page": door.page,
        "invitation": door.invitation,
        "evaluation": evaluation,
        "title": evaluation.initiative.title,
        "minutes": minutes_for(door.invitation),
        "fewest": FEWEST,
    }


def _theme_context(
    door: Door, shown: Theme, questions: list[Question], typed: Typed
) -> dict[str, Any]:
    answers = {
        answer.key: answer
        for answer in door.invitation.answers.filter(
            key__in=[question.key for question in questions]
        )
    }
    asked = {
        question.key: _asked(question, number, answers.get(question.key), typed)
        for number, question in enumerate(questions, 1)
    }
    themes = [theme for theme, _questions in _asked_themes(door)]
    here = themes.index(shown)
    parts = [
        (part, [asked[question.key] for question in part.questions if question.key in asked])
        for part in shown.subthemes
    ]
    return {
        "theme": shown,
        "theme_url": door.url("theme", shown.code),
        "number": here + 1,
        "count": len(themes),
        "before": door.url("theme", themes[here - 1].code) if here else door.welcome_url,
        "is_last": here + 1 == len(themes),
        "parts": [(part, some) for part, some in parts if some],
        "errors": [one for one in asked.values() if one.error],
        "saved_at": _last_saved(answers),
    }


def _asked(question: Question, number: int, answer: GuestAnswer | None, typed: Typed) -> AskedGuest:
    kind, error = kind_or_none(question), typed.errors.get(question.key, "")
    words = typed_of(question, Given.of(answer))
    comment = answer.comment if answer else ""
    if error:
        words = typed_in(question, typed.data)
        comment = str(typed.data.get(f"{field_name(question.key)}-comment", ""))
    # What supports a yes is asked of the initiative alone.
    options = {name: value for name, value in question.options.items() if name != "evidence"}
    return AskedGuest(
        question=replace(question, options=options),
        number=number,
        typed=words,
        comment=comment,
        template=kind.template if kind else "",
        error=error,
    )


def _progress(
    door: Door, theme: Theme, questions: list[Question], answers: Mapping[str, GuestAnswer]
) -> dict[str, Any]:
    known = [key for key, answer in answers.items() if answer.value is not None]
    return {
        "theme": theme,
        "url": door.url("theme", theme.code),
        "asked": len(questions),
        "answered": sum(question.key in known for question in questions),
    }


def _after(door: Door, shown: Theme) -> str:
    themes = [theme for theme, _questions in _asked_themes(door)]
    here = themes.index(shown) + 1
    return door.url("theme", themes[here].code) if here < len(themes) else door.welcome_url


def _last_saved(answers: Mapping[str, GuestAnswer]) -> datetime.datetime | None:
    return max((answer.saved_at for answer in answers.values()), default=None)
