"""« Pourquoi ce rang ? »: what the team of a site sees under each result, if it asks for it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bdis_cms.text import fold
from bdis_search.backends.base import SearchReader
from bdis_search.query import Explanation, Part, Query, Sort

#: The parameter that asks for it.
EXPLAIN = "explain"
_WORD = re.compile(r"[^\W_]+")
_PLACES: dict[str, str | Promise] = {
    "title": gettext_lazy("name"),
    "tag": gettext_lazy("tags"),
    "keyword": gettext_lazy("family, activity or status"),
    "summary": gettext_lazy("summary"),
    "any": gettext_lazy("anywhere in the listing"),
    "quality": gettext_lazy("listing fresh and complete"),
    "promoted": gettext_lazy("promoted for these words"),
}
_WAYS: dict[str, str | Promise] = {
    "verbatim": gettext_lazy("as a whole, as typed"),
    "whole": gettext_lazy("as a whole"),
    "exact": gettext_lazy("as typed"),
    "stem": pgettext_lazy("of a word", "whatever its ending"),
    "fuzzy": gettext_lazy("one letter apart"),
    "synonym": gettext_lazy("synonym"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What a word adds, as it is written: its points and its share of all, in percent."""

    word: str
    place: str
    how: str
    points: float
    percent: int


@dataclass(frozen=True, slots=True)
class Why:
    """The score of a result and the rows that add up to it."""

    score: float
    rows: tuple[Row, ...]


def is_explained(request: HttpRequest) -> bool:
    """Whether to say why each result is where it is: to the team, and only if asked."""
    if request.GET.get(EXPLAIN) != "1":
        return False
    user = getattr(request, "user", None)
    return bool(user and user.has_perm("wagtailadmin.access_admin"))


def why_of(engine: SearchReader, query: Query, ids: Collection[int]) -> dict[int, Why]:
    """Return why the results ``ids`` are where they are; {} if they are in another order."""
    if query.sort is not Sort.RELEVANCE:
        return {}
    typed = {fold(word): word for word in _WORD.findall(query.text)}
    return {
        identifier: Why(explanation.score, tuple(_rows(explanation, typed)))
        for identifier, explanation in engine.explain(query, ids).items()
    }


def _rows(explanation: Explanation, typed: dict[str, str]) -> Iterator[Row]:
    for part in explanation.parts:
        yield Row(
            word=_word(part, typed),
            place=str(_PLACES.get(part.field, part.field)),
            how=str(_WAYS.get(part.how, part.how)),
            points=part.score,
            percent=round(100 * part.score / explanation.score) if explanation.score else 0,
        )


def _word(part: Part, typed: dict[str, str]) -> str:
    written = " ".join(typed.get(word, word) for word in part.word.split())
    # Of a synonym only the stem is known.
    return _("%(stem)s…") % {"stem": written} if part.how == "synonym" else written
