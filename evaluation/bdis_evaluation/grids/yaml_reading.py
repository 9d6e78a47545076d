"""YAML and JSON of strangers, read as plain values with the line of each.

JSON is read as the YAML it is. No alias, no tag, no date, no surprise: ``no`` is the word "no", and
a scalar is text unless it is written as JSON writes numbers, ``true``, ``false`` and ``null``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _
from yaml.composer import Composer
from yaml.constructor import BaseConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

LARGEST = 512 * 1024  # bytes
DEEPEST = 20
MOST_NODES = 30_000
_TAG = "tag:yaml.org,2002:"
_TEXT = f"{_TAG}str"


@dataclass(frozen=True)
class FileError:
    """What is wrong in a file, and where; ``line`` is 0 when there is none, ``path`` "" for all."""

    line: int
    path: str
    reason: str

    def __str__(self) -> str:
        place = ", ".join(
            [*([_("line %d") % self.line] if self.line else []), *filter(None, [self.path])]
        )
        return f"{place}: {self.reason}" if place else self.reason


@dataclass
class GridRefused(Exception):
    """A grid holds errors: none of it is kept."""

    errors: list[FileError]

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


@dataclass
class ReadFile:
    """Plain values, and the line (from 1) of each path such as ``themes[0].title``."""

    value: Any = None
    lines: dict[str, int] = field(default_factory=dict)
    errors: list[FileError] = field(default_factory=list)

    def line_of(self, path: str) -> int:
        """Return the line of a path, else of what holds it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 0)


class _Unwanted(Exception):
    def __init__(self, node_or_event: Any, reason: str) -> None:
        self.line = node_or_event.start_mark.line + 1
        self.reason = reason


class _Resolver(BaseResolver):
    pass


for _name, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", ["n", "~", ""]),
    ("int", r"-?(0|[1-9][0-9]{0,17})", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,15})([eE][-+]?[0-9]{1,2})?", "-0123456789"),
):
    _Resolver.add_implicit_resolver(_TAG + _name, re.compile(f"^(?:{_pattern})$"), list(_first))


class _Loader(Reader, Scanner, Parser, Composer, BaseConstructor, _Resolver):
    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseConstructor.__init__(self)
        _Resolver.__init__(self)
        self.depth = self.nodes = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        if self.check_event(yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Unwanted(event, _("anchors and aliases (& and *) are not read: write it out"))
        if getattr(event, "tag", None) not in (None, "!"):
            raise _Unwanted(event, _("tags (!) are not read: write the value alone"))
        self.depth += 1
        self.nodes += 1
        if self.depth > DEEPEST or self.nodes > MOST_NODES:
            raise _Unwanted(event, _("this is no grid: it is too deep or holds too many values"))
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def read_values(data: bytes) -> ReadFile:
    """Return the plain values of a file; raises ``GridRefused`` on what cannot be read at all."""
    if len(data) > LARGEST:
        raise _refused(_("the file is too large: a grid takes %d kB at most") % (LARGEST // 1024))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _refused(_("this is not UTF-8: save the file in that encoding"), line) from error
    if text.lstrip().startswith(("{", "[")):
        text = text.replace("\t", " ")  # JSON may be indented with them, YAML may not
    loader = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
    except _Unwanted as error:
        raise _refused(error.reason, error.line) from error
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise _refused(_("it holds a character that no text has"), line) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = _("this cannot be read: %s") % (error.problem or error.context)
        raise _refused(reason, mark.line + 1 if mark else 0) from error
    except (ValueError, OverflowError) as error:  # such as \UFFFFFFFF, or a version of YAML
        reason = _("a character or a number of this line is out of bounds")
        raise _refused(reason, loader.line + 1 if loader else 0) from error
    if node is None:
        raise _refused(_("the file is empty"))
    read = ReadFile()
    read.value = _plain(node, "", read)
    return read


def _refused(reason: str, line: int = 0) -> GridRefused:
    return GridRefused([FileError(line, "", reason)])


def _plain(node: Node, path: str, read: ReadFile) -> Any:
    read.lines[path] = node.start_mark.line + 1
    if isinstance(node, SequenceNode):
        return [_plain(one, f"{path}[{number}]", read) for number, one in enumerate(node.value)]
    if isinstance(node, MappingNode):
        return _mapping(node, path, read)
    assert isinstance(node, ScalarNode)  # noqa: S101 - there is no fourth kind
    return _scalar(node, path, read)


def _mapping(node: MappingNode, path: str, read: ReadFile) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            read.errors.append(
                FileError(key.start_mark.line + 1, path, _("the name of a field is a word"))
            )
            continue
        name = _text(key, path, read)
        if "\x00" in name:
            continue
        inner = f"{path}.{name}" if path else name
        line = key.start_mark.line + 1
        if name in found:
            read.errors.append(FileError(line, inner, _("it is there twice")))
            continue
        found[name] = _plain(value, inner, read)
        read.lines[inner] = line
    return found


_SCALARS: dict[str, Callable[[str], Any]] = {
    f"{_TAG}bool": lambda text: text == "true",
    f"{_TAG}null": lambda text: None,
    f"{_TAG}int": int,
    f"{_TAG}float": float,
}


def _scalar(node: ScalarNode, path: str, read: ReadFile) -> Any:
    if node.tag != _TEXT and node.style is None:
        text: str = node.value
        value = _SCALARS[node.tag](text)
        # A number that would not be written back as it was, such as 1.50, stays text.
        return text if isinstance(value, float) and repr(value) != text else value
    return _text(node, path, read)


def _text(node: ScalarNode, path: str, read: ReadFile) -> str:
    """Return a text; one that holds what no text does is an error, and holds a NUL."""
    text: str = node.value
    try:
        # JSON writes what is beyond 16 bits as two halves.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        reason = _("it holds a character that no text has")
        read.errors.append(FileError(node.start_mark.line + 1, path, reason))
    return text
