"""The exact text of a charter: one function from what is edited to the bytes that are signed.

Canonical text (its SHA-256 is what a signature refers to):

- plain text, Unicode NFC, encoded in UTF-8, lines ended by LF, one LF at the end;
- the title, the paragraphs of the preamble, then of each article: « Article n. Title » and its
  paragraphs; each is one line, and an empty line parts it from the next;
- items of a list are lines that begin with « – » or with « 1. », « 2. »…, without empty lines
  between them;
- bold and italic are not kept; runs of white space are one space, except the no-break spaces of
  French typography (U+00A0, U+202F), which stay.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from html.parser import HTMLParser

_SPACES = re.compile(r"[ \t\n\r\f\v]+")
_BLOCKS = {"p", "h2", "h3", "h4", "div", "blockquote"}


def canonical_text(title: str, preamble: str, articles: Iterable[tuple[str, str]]) -> str:
    """Return the exact text of a charter; ``preamble`` and bodies of articles are HTML."""
    parts = [_line(title), *_paragraphs(preamble)]
    for number, (heading, body) in enumerate(articles, start=1):
        parts += [f"Article {number}. {_line(heading)}", *_paragraphs(body)]
    return unicodedata.normalize("NFC", "\n\n".join(part for part in parts if part) + "\n")


def plain_text(html: str) -> str:
    """Return the text of ``html`` as the exact text has it: paragraphs parted by an empty line."""
    return "\n\n".join(_paragraphs(html))


def digest(text: str) -> str:
    """Return the SHA-256 of ``text`` in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _line(text: str) -> str:
    return _SPACES.sub(" ", text).strip(" ")


def _paragraphs(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.paragraphs()


class _Reader(HTMLParser):
    """Read rich text as paragraphs and lists."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._text = ""
        self._items: list[str] = []
        self._lists: list[str] = []
        self._numbers: list[int] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("ul", "ol"):
            self._end_line()
            self._lists.append(tag)
            self._numbers.append(0)
        elif tag in _BLOCKS or tag == "li":
            self._end_line()
            if tag == "li" and self._numbers:
                self._numbers[-1] += 1
        elif tag == "br":
            self._text += " "

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS or tag == "li":
            self._end_line()
        elif tag in ("ul", "ol") and self._lists:
            self._end_line()
            self._lists.pop()
            self._numbers.pop()
            if not self._lists:
                self._parts.append("\n".join(self._items))
                self._items = []

    def handle_data(self, data: str) -> None:
        self._text += data

    def paragraphs(self) -> list[str]:
        """Return the paragraphs read, each list being one of several lines."""
        self._end_line()
        return [*self._parts, *(["\n".join(self._items)] if self._items else [])]

    def _end_line(self) -> None:
        line, self._text = _line(self._text), ""
        if not line:
            return
        if self._lists:
            mark = f"{self._numbers[-1]}." if self._lists[-1] == "ol" else "–"
            self._items.append(f"{mark} {line}")
        else:
            self._parts.append(line)
