"""A grid as a YAML or JSON document, read whole or refused; ``writing`` writes it.

The format is in ``docs/reference/grid-format.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.validators import slug_re
from django.utils.translation import gettext as _

from bdis_evaluation.grids.checking import gaps, problems, unknown_kind
from bdis_evaluation.grids.content import GridContent, Question, SubTheme, Theme
from bdis_evaluation.grids.kinds import InvalidQuestion, question_kinds
from bdis_evaluation.grids.yaml_reading import FileError, GridRefused, ReadFile, read_values

FORMAT = 1
MOST_ERRORS = 50
LONGEST_PURPOSE = 2_000
#: What every question has: the rest are the options of its kind.
QUESTION_FIELDS = tuple(name for name in Question.__dataclass_fields__ if name != "options")


@dataclass(frozen=True)
class GridDocument:
    """A grid and one version of it, as a file holds them."""

    code: str
    title: str
    purpose: str = ""
    minutes: int = 60
    changes: str = ""
    content: GridContent = field(default_factory=GridContent)


def read_document(source: bytes | Path | Mapping[str, Any]) -> GridDocument:
    """Return the grid of a file, of its bytes, or of the plain values it would hold.

    Raises ``GridRefused`` with every error found: line, path and reason.
    """
    if isinstance(source, Mapping):
        read = ReadFile(value=source)
    else:
        read = read_values(source if isinstance(source, bytes) else source.read_bytes())
    return _Building(read).document()


class _Building:
    """Plain values into a document, gathering every error on the way."""

    def __init__(self, read: ReadFile) -> None:
        self.read = read
        self.errors = list(read.errors)
        self.paths: dict[int, str] = {}

    def document(self) -> GridDocument:
        built = self._document()
        if built is not None and not self.errors:
            for problem in (*problems(built.content), *gaps(built.content)):
                within = problem.question or problem.part or problem.theme
                path = self.paths.get(id(within), "") if within is not None else "themes"
                self._wrong(_joined(path, problem.field), problem.reason)
        if self.errors or built is None:
            ordered = sorted(self.errors, key=lambda error: error.line)
            raise GridRefused(ordered[:MOST_ERRORS])
        return built

    def _document(self) -> GridDocument | None:
        known = ("bdis_grid", "code", "title", "purpose", "minutes", "changes", "themes")
        values = self._mapping(self.read.value, "", known, ("bdis_grid", "code", "title", "themes"))
        if values is None:
            return None
        if values.get("bdis_grid", FORMAT) != FORMAT or values.get("bdis_grid") is True:
            self._wrong("bdis_grid", _("write “bdis_grid: %d”, the format that is read") % FORMAT)
        code = self._text(values, "code", "", 60)
        if code and not slug_re.match(code):
            self._wrong("code", _("write it with letters without accents, digits, - and _"))
        minutes = self._whole(values, "minutes", "", 60, range(1, 1_001))
        return GridDocument(
            code,
            self._text(values, "title", "", 200),
            self._text(values, "purpose", "", LONGEST_PURPOSE),
            minutes,
            self._text(values, "changes", "", LONGEST_PURPOSE),
            GridContent(tuple(self._list(values, "themes", "", self._theme))),
        )

    def _theme(self, value: Any, path: str) -> Theme | None:
        known = ("code", "title", "introduction", "questions", "subthemes")
        values = self._mapping(value, path, known, ("title",))
        if values is None:
            return None
        direct = tuple(self._list(values, "questions", path, self._question))
        parts = [SubTheme("", direct)] if direct else []
        parts += self._list(values, "subthemes", path, self._part)
        theme = Theme(
            self._text(values, "code", path),
            self._text(values, "title", path),
            self._text(values, "introduction", path),
            tuple(parts),
        )
        return self._placed(theme, path)

    def _part(self, value: Any, path: str) -> SubTheme | None:
        values = self._mapping(value, path, ("title", "introduction", "questions"), ("title",))
        if values is None:
            return None
        part = SubTheme(
            self._text(values, "title", path),
            tuple(self._list(values, "questions", path, self._question)),
            self._text(values, "introduction", path),
        )
        return self._placed(part, path)

    def _question(self, value: Any, path: str) -> Question | None:
        values = self._mapping(value, path, None, ("kind", "text"))
        if values is None:
            return None
        kind = self._text(values, "kind", path)
        options = {name: one for name, one in values.items() if name not in QUESTION_FIELDS}
        if kind in question_kinds():
            try:
                options = question_kinds()[kind].clean_options(options)
            except InvalidQuestion as error:
                self._wrong(_joined(path, error.field), error.reason)
        elif kind:
            self._wrong(f"{path}.kind", unknown_kind(kind))
        question = Question(
            key=self._text(values, "key", path),
            kind=kind,
            text=self._text(values, "text", path),
            guidance=self._text(values, "guidance", path),
            examples=tuple(self._list(values, "examples", path, self._example)),
            weight=self._whole(values, "weight", path, 1, range(1, 6)),
            required=self._flag(values, "required", path),
            may_be_not_applicable=self._flag(values, "may_be_not_applicable", path),
            options=options,
        )
        return self._placed(question, path)

    def _example(self, value: Any, path: str) -> str:
        return self._text({"": value}, "", path)

    def _placed(self, built: Any, path: str) -> Any:
        self.paths[id(built)] = path
        return built

    def _wrong(self, path: str, reason: str) -> None:
        self.errors.append(FileError(self.read.line_of(path), path, reason))

    def _mapping(
        self, value: Any, path: str, known: Iterable[str] | None, required: Iterable[str]
    ) -> Mapping[str, Any] | None:
        if not isinstance(value, Mapping):
            self._wrong(path, _("fields are expected here, such as “title: …”"))
            return None
        for name in value:
            if known is not None and name not in known:
                fields = ", ".join(known)
                self._wrong(
                    _joined(path, str(name)), _("there is no such field; there are: %s") % fields
                )
        for name in required:
            if value.get(name) in (None, "", []):
                self._wrong(path, _("“%s” is missing") % name)
        return value

    def _list(self, values: Mapping[str, Any], name: str, path: str, build: Any) -> list[Any]:
        path, value = _joined(path, name), values.get(name)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self._wrong(path, _("a list is expected here: one line that begins with “-” for each"))
            return []
        built = [build(one, f"{path}[{number}]") for number, one in enumerate(value)]
        return [one for one in built if one is not None]

    def _text(self, values: Mapping[str, Any], name: str, path: str, most: int = 0) -> str:
        value = values.get(name)
        if value is None:
            return ""
        if isinstance(value, bool | dict | list | tuple) or not isinstance(
            value, str | int | float
        ):
            self._wrong(_joined(path, name), _("text is expected here"))
            return ""
        text = str(value).strip()
        if most and len(text) > most:
            self._wrong(_joined(path, name), _("shorten it: %d characters at most") % most)
        if "\x00" in text:
            self._wrong(_joined(path, name), _("it holds a character that no text has"))
        return text

    def _whole(
        self, values: Mapping[str, Any], name: str, path: str, default: int, within: range
    ) -> int:
        value = values.get(name, default)
        if type(value) is not int or value not in within:
            self._wrong(
                _joined(path, name),
                _("a whole number from %(least)d to %(most)d is expected here")
                % {"least": within[0], "most": within[-1]},
            )
            return default
        return value

    def _flag(self, values: Mapping[str, Any], name: str, path: str) -> bool:
        value = values.get(name, True)
        if not isinstance(value, bool):
            self._wrong(_joined(path, name), _("write true or false"))
            return True
        return value


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path and name else path or name
