"""Marking, in a summary, the words that were searched."""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from bdis_cms.text import fold

_WORD = re.compile(r"\w+", re.UNICODE)
# Below this length a common beginning says nothing.
SHORTEST_STEM = 4


@lru_cache(maxsize=20_000)  # summaries are made of the same words
def stem(word: str) -> str:
    """Return a rough French stem: accents, case and the marks of plural and gender taken off."""
    folded = fold(word).replace(" ", "")
    for ending in ("ères", "eres", "ere", "ers", "er", "aux", "al", "es", "e", "s", "x"):
        if folded.endswith(ending) and len(folded) - len(ending) >= SHORTEST_STEM - 1:
            return folded[: -len(ending)]
    return folded


def mark(text: str, searched: str) -> SafeString:
    """Return ``text`` as safe HTML with <mark> around the words of ``searched``."""
    stems = {stem(word) for word in _WORD.findall(searched) if len(word) > 2}
    if not stems:
        return mark_safe(escape(text))  # noqa: S308 - escaped
    pieces: list[str] = []
    last = 0
    for found in _WORD.finditer(text):
        pieces.append(escape(text[last : found.start()]))
        word = escape(found[0])
        pieces.append(f"<mark>{word}</mark>" if stem(found[0]) in stems else word)
        last = found.end()
    pieces.append(escape(text[last:]))
    return mark_safe("".join(pieces))  # noqa: S308 - every piece is escaped
