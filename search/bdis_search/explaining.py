"""Why a listing is where it is: the score of each word in each place, whatever the engine.

An engine only says how each token scores by itself; what they add up to follows the plan of
``bdis_search.ranking``, as the engine itself does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bdis_search.expressions import (
    TIE,
    All,
    Any,
    Best,
    Boost,
    Expression,
    Fixed,
    Ids,
    Phrase,
    Token,
    Typo,
)
from bdis_search.query import Explanation, Part
from bdis_search.reading import Reading

#: A token, some tokens or some pages: what an engine is asked to score by itself.
Leaf = Token | Phrase | Typo | Ids
#: {page id: score}, without the pages that do not match.
Scores = Mapping[int, float]
#: Where a field of the index comes from, and how it holds words.
_FIELDS = {
    "title_exact": ("title", "exact"),
    "title_stems": ("title", "stem"),
    "whole_title": ("title", "whole"),
    "name": ("title", "verbatim"),
    "tags_stems": ("tag", "stem"),
    "whole_tag": ("tag", "whole"),
    "tag": ("tag", "verbatim"),
    "keywords_stems": ("keyword", "stem"),
    "whole_keyword": ("keyword", "whole"),
    "summary_stems": ("summary", "stem"),
    "any_exact": ("any", "exact"),
    "any_stems": ("any", "stem"),
}
_Signal = tuple[str, str, str]  # word, field, how
_PROMOTED: _Signal = ("", "promoted", "")
_Scored = list[tuple[_Signal, float]]


@dataclass(frozen=True, slots=True)
class _Page:
    """How the leaves score one page."""

    id: int
    scores: Mapping[Leaf, Scores]
    words: Mapping[str, str]  # stem -> word as typed

    def read(self, expression: Expression, how: str = "") -> _Scored | None:
        """Return what makes the score of ``expression``; ``None`` when the page is not in it."""
        match expression:
            case Token() | Phrase() | Typo() | Ids():
                score = self.scores[expression].get(self.id)
                return None if score is None else [(self._signal(expression, how), score)]
            case Boost(part, factor):
                return _times(self.read(part, how), factor)
            case Fixed(part, score):
                if self.read(part) is None:
                    return None
                leaf = isinstance(part, Leaf)
                return [(self._signal(part, how) if leaf else ("", "any", "fuzzy"), score)]
            case All(parts, wished):
                needed = [self.read(part, how) for part in parts]
                if None in needed:
                    return None
                return _joined([*needed, *(self.read(part, how) for part in wished)])
            case Any(parts, at_least):
                found = [self.read(part, how) for part in parts]
                return None if sum(map(_matches, found)) < at_least else _joined(found)
            case Best(parts):
                # The words come first, then what is said instead of them.
                ways = [
                    self.read(part, "synonym" if rank else "") for rank, part in enumerate(parts)
                ]
                return self._best([way for way in ways if way is not None])

    @staticmethod
    def _best(ways: list[_Scored]) -> _Scored | None:
        if not ways:
            return None
        best = max(range(len(ways)), key=lambda rank: _sum(ways[rank]))
        return _joined([way if rank == best else _times(way, TIE) for rank, way in enumerate(ways)])

    def _signal(self, leaf: Expression, how: str) -> _Signal:
        match leaf:
            case Token(field, token):
                place, usual = _FIELDS[field]
                return self.words.get(token, token.replace("_", " ")), place, how or usual
            case Typo(field, token):
                return token.replace("_", " "), _FIELDS[field][0], "fuzzy"
            case Phrase(field, tokens):
                return " ".join(tokens), _FIELDS[field][0], how or "stem"
            case _:
                return _PROMOTED


def explained(
    reading: Reading,
    ids: Collection[int],
    score: Callable[[list[Leaf]], list[Scores]],
    factors: Mapping[int, float],
) -> dict[int, Explanation]:
    """Return why each of the pages ``ids`` that the text selects scores what it does.

    ``score`` returns the score of each leaf by itself, and ``factors`` says by how much being
    fresh and complete raises that of a page.
    """
    if reading.match is None:
        return {}
    ranks = reading.match.ranks
    leaves = list(dict.fromkeys(_leaves(ranks)))
    scores = dict(zip(leaves, score(leaves), strict=True))
    # In reverse, for the first word of a stem to be the one shown.
    words = {word.stem: word.exact for word in reversed(reading.text.words)}
    found = {}
    for identifier in ids:
        read = _Page(identifier, scores, words).read(ranks)
        if read is not None:
            found[identifier] = _explanation(read, factors.get(identifier, 1.0))
    return found


def _explanation(read: _Scored, factor: float) -> Explanation:
    by_signal: dict[_Signal, float] = defaultdict(float)
    for signal, score in read:
        by_signal[signal] += score
    promoted = by_signal.pop(_PROMOTED, 0.0)
    by_signal["", "quality", ""] = (_sum(read) - promoted) * (factor - 1)
    by_signal[_PROMOTED] = promoted * factor  # what lifts it is no quality of the listing
    parts = [Part(score, *signal) for signal, score in by_signal.items() if score > 0]
    return Explanation(_sum(read) * factor, tuple(sorted(parts, key=lambda part: -part.score)))


def _leaves(expression: Expression) -> Iterator[Leaf]:
    match expression:
        case Token() | Phrase() | Typo() | Ids():
            yield expression
        case Boost(part) | Fixed(part):
            yield from _leaves(part)
        case All(parts, wished):
            for part in (*parts, *wished):
                yield from _leaves(part)
        case Any(parts) | Best(parts):
            for part in parts:
                yield from _leaves(part)


def _matches(scored: _Scored | None) -> bool:
    return scored is not None


def _times(scored: _Scored | None, factor: float) -> _Scored | None:
    return None if scored is None else [(signal, score * factor) for signal, score in scored]


def _joined(scored: Iterable[_Scored | None]) -> _Scored:
    return [one for some in scored if some is not None for one in some]


def _sum(scored: _Scored) -> float:
    return sum(score for _signal, score in scored)
