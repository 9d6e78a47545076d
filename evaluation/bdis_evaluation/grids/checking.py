"""What is wrong with the content of a grid: said the same way to editors, files and commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdis_evaluation.grids.content import GridContent, Question, SubTheme, Theme
from bdis_evaluation.grids.kinds import InvalidQuestion, question_kinds

#: Longest texts, in characters; ``LONGEST_OPTIONS`` is that of their JSON.
LONGEST = {
    "key": 60,
    "code": 60,
    "title": 200,
    "introduction": 2_000,
    "text": 500,
    "guidance": 2_000,
    "example": 500,
}
#: What editors call the fields.
FIELDS = {
    "key": gettext_lazy("reference"),
    "code": gettext_lazy("reference"),
    "title": gettext_lazy("title"),
    "introduction": gettext_lazy("introduction"),
    "text": gettext_lazy("question"),
    "guidance": gettext_lazy("guidance"),
    "examples": gettext_lazy("examples"),
    "weight": gettext_lazy("weight"),
    "kind": gettext_lazy("kind"),
    "levels": gettext_lazy("levels"),
    "unit": gettext_lazy("unit"),
    "period": gettext_lazy("period"),
}
LONGEST_OPTIONS = 20_000
WEIGHTS = range(1, 6)
MOST_THEMES = 30
MOST_QUESTIONS = 300
MOST_EXAMPLES = 20


@dataclass(frozen=True)
class Problem:
    """Something wrong: where (``field`` is "" for the whole), and why."""

    reason: str
    theme: Theme | None = None
    part: SubTheme | None = None
    question: Question | None = None
    field: str = ""

    def __str__(self) -> str:
        said = []
        if self.theme is not None:
            said.append(_("Theme “%s”") % (self.theme.title or self.theme.code))
        if self.part is not None and self.part.title:
            said.append(_("sub-theme “%s”") % self.part.title)
        if self.question is not None:
            said.append(_("question “%s”") % (self.question.text or self.question.key))
        if self.field:
            said.append(str(FIELDS.get(self.field, self.field)))
        place = ", ".join(said)
        return (
            _("%(place)s: %(reason)s") % {"place": place, "reason": self.reason}
            if place
            else (self.reason)
        )


def problems(content: GridContent) -> list[Problem]:
    """Return what is wrong in ``content``, in its order; a draft that lacks things is not wrong."""
    return list(_problems(content))


def gaps(content: GridContent) -> list[Problem]:
    """Return what ``content`` lacks before it can be answered."""
    if not content.themes:
        return [Problem(_("The grid has no theme: write one, with its questions."))]
    empty = _("It has no question: write one, or take it away.")
    found = []
    for theme in content:
        if not theme.questions:
            found.append(Problem(empty, theme))
            continue
        found += [Problem(empty, theme, part) for part in theme.subthemes if not part.questions]
    return found


def _problems(content: GridContent) -> Iterator[Problem]:
    if len(content.themes) > MOST_THEMES:
        yield Problem(_("There are more than %d themes.") % MOST_THEMES)
    total = sum(len(theme.questions) for theme in content)
    if total > MOST_QUESTIONS:
        yield Problem(_("There are more than %d questions.") % MOST_QUESTIONS)
    codes: dict[str, Theme] = {}
    keys: dict[str, Question] = {}
    for theme in content:
        yield from _texts(theme, ("title",), ("code", "introduction"), partial(_of_theme, theme))
        if theme.code and codes.setdefault(theme.code, theme) is not theme:
            yield Problem(
                _("The theme “%s” has the same reference.") % codes[theme.code].title,
                theme,
                field="code",
            )
        for part in theme.subthemes:
            yield from _texts(part, (), ("title", "introduction"), partial(_of_part, theme, part))
            for question in part.questions:
                yield from _question_problems(theme, part, question)
                if question.key and keys.setdefault(question.key, question) is not question:
                    yield Problem(
                        _("The question “%s” has the same reference.") % keys[question.key].text,
                        theme,
                        part,
                        question,
                        "key",
                    )


def _of_theme(theme: Theme, field: str, reason: str) -> Problem:
    return Problem(reason, theme, field=field)


def _of_part(theme: Theme, part: SubTheme, field: str, reason: str) -> Problem:
    return Problem(reason, theme, part, field=field)


def _question_problems(theme: Theme, part: SubTheme, question: Question) -> Iterator[Problem]:
    def problem(field: str, reason: str) -> Problem:
        return Problem(reason, theme, part, question, field)

    yield from _texts(question, ("text",), ("key", "guidance"), problem)
    if len(question.examples) > MOST_EXAMPLES:
        yield problem("examples", _("There are more than %d.") % MOST_EXAMPLES)
    for number, example in enumerate(question.examples):
        if len(example) > LONGEST["example"]:
            yield problem(f"examples[{number}]", _too_long("example"))
    if question.weight not in WEIGHTS:
        yield problem("weight", _("give a whole number from 1 to 5"))
    kind = question_kinds().get(question.kind)
    if kind is None:
        yield problem("kind", unknown_kind(question.kind))
        return
    try:
        options = kind.clean_options(question.options)
    except InvalidQuestion as error:
        yield problem(error.field, error.reason)
    else:
        if len(json.dumps(options, ensure_ascii=False)) > LONGEST_OPTIONS:
            yield problem("options", _("they are too long"))


def _texts(
    of: Any,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    problem: Callable[[str, str], Problem],
) -> Iterator[Problem]:
    for name in (*required, *optional):
        text = getattr(of, name)
        if not text.strip() and name in required:
            yield problem(name, _("it is missing"))
        elif len(text) > LONGEST[name]:
            yield problem(name, _too_long(name))
        elif "\x00" in text:
            yield problem(name, _("it holds a character that no text has"))
        elif text and name in ("key", "code"):
            try:
                validate_slug(text)
            except ValidationError:
                yield problem(name, _("write it with letters without accents, digits, - and _"))


def unknown_kind(code: str) -> str:
    """Say that no kind of question has this code."""
    return _("no kind of question is called “%s”: is its plug-in there?") % code


def _too_long(name: str) -> str:
    return _("shorten it: %d characters at most") % LONGEST[name]
