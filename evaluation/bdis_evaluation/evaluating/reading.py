"""Answers as forms and scripts send them: fields named after the key of the question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bdis_evaluation.evaluating.saving import Given
from bdis_evaluation.grids.content import Question
from bdis_evaluation.grids.kinds import QuestionKind, kind_of, question_kinds


def field_name(key: str) -> str:
    """Return the name of the field of a question; its other fields begin with it."""
    return f"q-{key}"


def read_given(question: Question, data: Mapping[str, Any]) -> Given:
    """Return what the fields of ``question`` say; raises ``InvalidAnswer``, and ``KeyError`` when
    the plug-in of its kind was removed."""
    name = field_name(question.key)
    comment = str(data.get(f"{name}-comment", ""))
    if data.get(f"{name}-na"):
        reason = str(data.get(f"{name}-reason", ""))
        return Given(not_applicable=True, reason=reason, comment=comment)
    return Given(value=kind_of(question).from_form(question, data, name), comment=comment)


def typed_of(question: Question, given: Given) -> dict[str, str]:
    """Return what to show in the fields of the question for an answer, part by part."""
    kind = question_kinds().get(question.kind)
    if kind is None:
        return {}
    if given.value is None:
        return kind.blank(question)
    return kind.to_form(question, given.value)


def typed_in(question: Question, data: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed, part by part, to show it again."""
    kind, name = question_kinds().get(question.kind), field_name(question.key)
    parts = kind.parts if kind else ()
    return {part: str(data.get(_part_name(name, part), "")) for part in parts}


def said(question: Question, given: Given) -> str:
    """Return an answer in words, "" when there is none."""
    if given.value is None:
        return ""
    kind = question_kinds().get(question.kind)
    return kind.display(question, given.value) if kind else str(given.value)


def kind_or_none(question: Question) -> QuestionKind | None:
    """Return the kind of the question, ``None`` when its plug-in was removed."""
    return question_kinds().get(question.kind)


def _part_name(name: str, part: str) -> str:
    return name if part == "value" else f"{name}-{part}"
