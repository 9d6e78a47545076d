"""Differences between two versions of the charter, article by article, words marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from bdis_cms.text import fold
from bdis_evaluation.charter.texts import plain_text
from bdis_evaluation.models import CharterText

#: A run of words and what happened to it: "same", "ins" or "del".
Piece = tuple[str, str]
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Article:
    """A numbered part of a text; number 0 is the preamble."""

    key: str
    number: int
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """What became of an article: ``kind`` is "same", "changed", "new" or "dropped"."""

    kind: str
    before: Article | None
    after: Article | None
    title: list[Piece]
    body: list[Piece]

    @property
    def moved(self) -> bool:
        """Whether the article is still there under another number."""
        return bool(self.before and self.after and self.before.number != self.after.number)

    @property
    def number(self) -> int:
        """Number in the later text, else in the earlier one."""
        article = self.after or self.before
        return article.number if article else 0


def compare_texts(before: CharterText, after: CharterText) -> list[ArticleChange]:
    """Return what became of each article, in the order of ``after``; dropped ones come last.

    Articles are the same one when they were copied from one another, else when they bear the same
    title.
    """
    former, current = _articles(before), _articles(after)
    left = list(former)
    changes = []
    for article in current:
        twin = next((old for old in left if old.key == article.key), None) or next(
            (old for old in left if old.number and fold(old.title) == fold(article.title)), None
        )
        if twin:
            left.remove(twin)
        changes.append(_change(twin, article))
    return changes + [_change(old, None) for old in left]


def _articles(text: CharterText) -> list[Article]:
    preamble = Article("preamble", 0, text.title, plain_text(text.preamble))
    return [
        preamble,
        *(
            Article(
                block.id or f"{number}", number, block.value["title"], plain_text(_source(block))
            )
            for number, block in enumerate(text.articles, start=1)
        ),
    ]


def _source(block: object) -> str:
    return str(block.value["body"].source)  # type: ignore[attr-defined]


def _change(before: Article | None, after: Article | None) -> ArticleChange:
    title = _pieces(before.title if before else "", after.title if after else "")
    body = _pieces(before.body if before else "", after.body if after else "")
    if before is None or after is None:
        kind = "new" if after else "dropped"
    else:
        kind = "same" if all(op == "same" for op, _text in (*title, *body)) else "changed"
    return ArticleChange(kind, before, after, title, body)


def _pieces(before: str, after: str) -> list[Piece]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Piece] = []
    for op, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            pieces.append(("same", "".join(old[i1:i2])))
            continue
        if i2 > i1:
            pieces.append(("del", "".join(old[i1:i2])))
        if j2 > j1:
            pieces.append(("ins", "".join(new[j1:j2])))
    return pieces
