"""What a version of a grid holds, as plain values: the same for the admin, files and answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Question:
    """A question; ``key`` is its identity, the same in every version of the grid.

    ``options`` are those of its kind (levels, unit, period…); ``weight`` is for display only: it
    orders nothing and ranks nobody.
    """

    key: str
    kind: str
    text: str
    guidance: str = ""
    examples: tuple[str, ...] = ()
    weight: int = 1
    required: bool = True
    may_be_not_applicable: bool = True
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def asks(self) -> dict[str, Any]:
        """What makes two answers comparable: help, weight and place may change without harm."""
        return {"kind": self.kind, "text": self.text, "options": dict(self.options)}


@dataclass(frozen=True)
class SubTheme:
    """Questions under one heading; without a title, those that stand right under their theme."""

    title: str
    questions: tuple[Question, ...]
    introduction: str = ""


@dataclass(frozen=True)
class Theme:
    """A theme, answered on one screen; ``code`` is its identity in every version."""

    code: str
    title: str
    introduction: str = ""
    subthemes: tuple[SubTheme, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """Questions of the theme, in order."""
        return tuple(question for part in self.subthemes for question in part.questions)


@dataclass(frozen=True)
class GridContent:
    """The themes of a version, in order."""

    themes: tuple[Theme, ...] = ()

    def __iter__(self) -> Iterator[Theme]:
        return iter(self.themes)

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Every question by its key, in order."""
        return {question.key: question for theme in self.themes for question in theme.questions}

    @cached_property
    def theme_of(self) -> dict[str, Theme]:
        """The theme of each question, by the key of the question."""
        return {question.key: theme for theme in self.themes for question in theme.questions}

    def computed_hash(self) -> str:
        """Return the SHA-256 of the content, its JSON written with sorted keys (UTF-8).

        It depends on what is asked alone: a grid that was exported and imported keeps its hash.
        """
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def theme(self, code: str) -> Theme | None:
        """Return the theme of that code, ``None`` when the version has none."""
        return next((theme for theme in self.themes if theme.code == code), None)
