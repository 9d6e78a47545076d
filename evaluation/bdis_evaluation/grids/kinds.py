"""Kinds of questions: how an answer is checked, said, and drawn.

A third party adds one with the Wagtail hook ``register_bdis_question_kind``, a function that
returns a ``QuestionKind``. A value is JSON: it is what the database, exports and files hold.
"""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks

from bdis_evaluation.grids.content import Question

HOOK = "register_bdis_question_kind"
LONGEST_TEXT = 4_000  # characters, as all that follow
LONGEST_LABEL = 80
LONGEST_DESCRIPTION = 600
LONGEST_UNIT = 40
FIRST_YEAR = 1900


@dataclass
class InvalidAnswer(ValueError):
    """The value given does not answer the question; ``reason`` says what to give."""

    key: str
    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass
class InvalidQuestion(ValueError):
    """The options of a question are not those of its kind; ``field`` names the wrong one."""

    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"


class QuestionKind(ABC):
    """A kind of question; subclasses are stateless."""

    code: str
    label: str | Promise
    #: Template that shows the field; variables: question, name, typed ({part: text}), describedby.
    template: str
    #: Fields of a form that an answer is typed in; all but "value" are named after their part.
    parts: tuple[str, ...] = ("value",)

    def clean_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options as they are kept; raises ``InvalidQuestion``."""
        for name in options:
            raise InvalidQuestion(name, _("questions of this kind have no such option"))
        return {}

    def may_be_same(self, before: Question, after: Question) -> bool:
        """Whether answers to both could be compared at all; people then say whether they are."""
        return True

    @abstractmethod
    def from_form(self, question: Question, data: Mapping[str, Any], name: str) -> Any:
        """Return the value typed under ``name`` in a form, ``None`` if nothing; may raise
        ``InvalidAnswer``."""

    def blank(self, question: Question) -> dict[str, str]:
        """Return, part by part, what the fields hold before anybody answers."""
        return {}

    def to_form(self, question: Question, value: Any) -> dict[str, str]:
        """Return, part by part, what ``from_form`` would read ``value`` from."""
        return {"value": str(value)}

    @abstractmethod
    def clean(self, question: Question, value: Any) -> Any:
        """Return the value as it is kept; raises ``InvalidAnswer``."""

    @abstractmethod
    def display(self, question: Question, value: Any) -> str:
        """Return the value in words, in the active language."""

    def share(self, question: Question, value: Any) -> float | None:
        """Return where the value stands from 0 to 1, for pictures; ``None``: it is not drawn."""
        return None


class LevelKind(QuestionKind):
    """Maturity, by levels that are described. Value: the position of the level, from 0."""

    code = "level"
    label = gettext_lazy("Maturity level")
    template = "bdis_evaluation/kinds/level.html"

    def clean_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        levels = options.get("levels")
        if not isinstance(levels, list) or not 2 <= len(levels) <= 10:
            raise InvalidQuestion("levels", _("give from two to ten levels, the first one first"))
        kept = []
        for number, level in enumerate(levels):
            place = f"levels[{number}]"
            if not isinstance(level, Mapping):
                raise InvalidQuestion(place, _("a level has a label and a description"))
            _refuse_others(level, {"label", "description"}, within=f"{place}.")
            label = _text_option(level, "label", LONGEST_LABEL, f"{place}.")
            if not label:
                raise InvalidQuestion(f"{place}.label", _("a level needs a label"))
            description = _text_option(level, "description", LONGEST_DESCRIPTION, f"{place}.")
            kept.append({"label": label, "description": description})
        _refuse_others(options, {"levels"})
        return {"levels": kept}

    def may_be_same(self, before: Question, after: Question) -> bool:
        # A value is a position: among other levels it says something else.
        return len(before.options.get("levels", ())) == len(after.options.get("levels", ()))

    def from_form(self, question: Question, data: Mapping[str, Any], name: str) -> Any:
        return _whole(question, data.get(name, ""))

    def clean(self, question: Question, value: Any) -> int:
        levels = question.options["levels"]
        if type(value) is not int or not 0 <= value < len(levels):
            raise InvalidAnswer(question.key, _("Choose one of the levels described."))
        return value

    def display(self, question: Question, value: Any) -> str:
        return str(question.options["levels"][value]["label"])

    def share(self, question: Question, value: Any) -> float:
        return float(value) / (len(question.options["levels"]) - 1)


class IndicatorKind(QuestionKind):
    """A figure with its unit and the year it is of. Value: {"number": "12.5", "year": 2025}."""

    code = "indicator"
    label = gettext_lazy("Indicator")
    template = "bdis_evaluation/kinds/indicator.html"
    parts = ("value", "year")

    def clean_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        kept = {
            "unit": _text_option(options, "unit", LONGEST_UNIT),
            "period": _text_option(options, "period", LONGEST_LABEL),
        }
        if not kept["unit"]:
            raise InvalidQuestion("unit", _("say what is counted: « % », « hours », « €»…"))
        _refuse_others(options, set(kept))
        return kept

    def from_form(self, question: Question, data: Mapping[str, Any], name: str) -> Any:
        number, year = (str(data.get(f"{name}{part}", "")).strip() for part in ("", "-year"))
        if not number:
            return None
        return {"number": _plain_number(number), "year": _whole(question, year)}

    def blank(self, question: Question) -> dict[str, str]:
        # The last whole year: what most figures are of.
        return {"year": str(datetime.date.today().year - 1)}

    def to_form(self, question: Question, value: Any) -> dict[str, str]:
        number = formats.number_format(Decimal(value["number"]), force_grouping=False)
        return {"value": number, "year": str(value["year"])}

    def clean(self, question: Question, value: Any) -> dict[str, Any]:
        number, year = (
            (value.get("number"), value.get("year")) if isinstance(value, dict) else ("", 0)
        )
        try:
            read = Decimal(str(number))
        except InvalidOperation:
            read = Decimal("NaN")
        # Its magnitude first: arithmetic on a monstrous exponent overflows.
        if not read.is_finite() or read.adjusted() >= 12 or -read.as_tuple().exponent > 6:  # type: ignore[operator]
            raise InvalidAnswer(question.key, _("Give a figure, such as 12 or 12.5."))
        if type(year) is not int or not FIRST_YEAR <= year <= datetime.date.today().year + 1:
            raise InvalidAnswer(question.key, _("Give the year of the figure, in four digits."))
        return {"number": f"{read.normalize() + 0:f}", "year": year}

    def display(self, question: Question, value: Any) -> str:
        number = formats.number_format(Decimal(value["number"]), force_grouping=True)
        return f"{number}\u202f{question.options['unit']} ({value['year']})"


class YesNoKind(QuestionKind):
    """Yes or no; a yes asks for evidence when the question does. Value: true or false."""

    code = "yes_no"
    label = gettext_lazy("Yes or no")
    template = "bdis_evaluation/kinds/yes_no.html"

    def clean_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        _refuse_others(options, {"evidence"})
        evidence = options.get("evidence", False)
        if not isinstance(evidence, bool):
            raise InvalidQuestion("evidence", _("write true or false"))
        return {"evidence": evidence}

    def from_form(self, question: Question, data: Mapping[str, Any], name: str) -> Any:
        return {"yes": True, "no": False}.get(str(data.get(name, "")))

    def to_form(self, question: Question, value: Any) -> dict[str, str]:
        return {"value": "yes" if value else "no"}

    def clean(self, question: Question, value: Any) -> bool:
        if not isinstance(value, bool):
            raise InvalidAnswer(question.key, _("Answer yes or no."))
        return value

    def display(self, question: Question, value: Any) -> str:
        return _("Yes") if value else _("No")

    def share(self, question: Question, value: Any) -> float:
        return float(value)


class TextKind(QuestionKind):
    """Free text. Value: the text."""

    code = "text"
    label = gettext_lazy("Free text")
    template = "bdis_evaluation/kinds/text.html"

    def from_form(self, question: Question, data: Mapping[str, Any], name: str) -> Any:
        return str(data.get(name, "")).strip() or None

    def clean(self, question: Question, value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            raise InvalidAnswer(question.key, _("Write a few words."))
        return clean_text(question.key, value, LONGEST_TEXT)

    def display(self, question: Question, value: Any) -> str:
        return str(value)


SHIPPED: tuple[QuestionKind, ...] = (LevelKind(), IndicatorKind(), YesNoKind(), TextKind())


def question_kinds() -> dict[str, QuestionKind]:
    """Return every kind by its code: the shipped ones, then those of third parties."""
    kinds = {kind.code: kind for kind in SHIPPED}
    for register in hooks.get_hooks(HOOK):
        kind = register()
        kinds.setdefault(kind.code, kind)
    return kinds


def kind_of(question: Question) -> QuestionKind:
    """Return the kind of a question; raises ``KeyError`` when its plug-in was removed."""
    return question_kinds()[question.kind]


def clean_text(key: str, text: str, most: int) -> str:
    """Return a text as it is kept, its lines ended the same way by every browser; raises
    ``InvalidAnswer`` on more than ``most`` characters, and on those that no database takes."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > most:
        raise InvalidAnswer(
            key,
            _("Shorten this text: %(count)s characters, %(most)s at most.")
            % {"count": len(text), "most": most},
        )
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidAnswer(key, _("This text holds a character that cannot be kept."))
    return text


def _refuse_others(options: Mapping[str, Any], known: set[str], within: str = "") -> None:
    for name in options.keys() - known:
        raise InvalidQuestion(f"{within}{name}", _("questions of this kind have no such option"))


def _text_option(options: Mapping[str, Any], name: str, most: int, within: str = "") -> str:
    value = options.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        raise InvalidQuestion(f"{within}{name}", _("text is expected here"))
    text = "" if value is None else str(value).strip()
    if len(text) > most:
        raise InvalidQuestion(f"{within}{name}", _("shorten it: %d characters at most") % most)
    if "\x00" in text:
        raise InvalidQuestion(f"{within}{name}", _("it holds a character that no text has"))
    return text


def _whole(question: Question, typed: Any) -> int | None:
    text = str(typed).strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise InvalidAnswer(question.key, _("Give a whole number."))
    return int(text)


def _plain_number(typed: str) -> str:
    """Read a number as the French type it: « 1 234,5 »."""
    return "".join(typed.split()).replace("\u202f", "").replace(",", ".")
