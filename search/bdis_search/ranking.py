"""From a text to what it selects and how well: one plan, which every engine compiles."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import pairwise

from bdis_search.analysis import STOP_WORDS, Clause, TextQuery, Word
from bdis_search.expressions import (
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
    every,
    some,
)
from bdis_search.stemming import stem

# What a word brings where it is found: title > tags > keywords > summary > anywhere. Each place is
# worth more than all that follow it together, raised as much as freshness and completeness can
# (by a tenth): whatever the words, the better place wins. How often words come and how long texts
# are (BM25) settles the rest.
_PLACES = (
    ("title_stems", 120.0),
    ("tags_stems", 46.0),
    ("keywords_stems", 21.0),
    ("summary_stems", 10.0),
    ("any_stems", 5.0),
)
_TITLE_EXACT = 15.0
_ANY_EXACT = 6.0
_TITLE_BM25 = 1.0
_ANY_BM25 = 0.05
# A synonym is worth less than the word itself in the same place.
_SYNONYM = 0.4
# For each word, when together they are all of a title, of a tag, of a keyword: more than what the
# words bring in every other place, for a title.
_WHOLE_TITLE = 130.0
_WHOLE_TAG = 8.0
_WHOLE_KEYWORD = 4.0
_VERBATIM_TITLE = 30.0
_VERBATIM_TAG = 2.0
# A letter apart: less than the word as it is in the same place.
_FORGIVEN_TITLE = 60.0
_FORGIVEN_ANYWHERE = 2.0
_JOINED_TITLE = 60.0
_CUT_TITLE = 40.0
# Above any text; each next one well below, whatever freshness and completeness add.
_PROMOTED = 100_000.0
_PROMOTED_STEP = 1.25
# Too short for a typo to leave them recognisable.
_SHORTEST_FUZZY = 4
_OPTIONAL_LENGTH = 2


@dataclass(frozen=True, slots=True)
class Match:
    """A text as read: ``matches`` selects, ``ranks`` selects the same and scores."""

    matches: Expression
    ranks: Expression

    def promoting(self, ids: tuple[int, ...]) -> Match:
        """Return what selects ``ids`` besides, before all others and in that order."""
        if not ids:
            return self
        promoted = tuple(
            Fixed(Ids((identifier,)), _PROMOTED * _PROMOTED_STEP**rank)
            for rank, identifier in enumerate(reversed(ids))
        )
        return Match(some([self.matches, Ids(ids)]), some([self.ranks, *promoted]))


def strict_match(text: TextQuery) -> Match:
    """Every clause matches: its words' stems, or a synonym."""
    return Match(
        every([_clause_matches(clause) for clause in text.clauses]),
        All(tuple(map(_clause_ranks, text.clauses)), tuple(_whole_bonus(text))),
    )


def _whole_bonus(text: TextQuery) -> Iterator[Expression]:
    words = len(text.words)
    yield Fixed(Token("whole_title", text.whole), words * _WHOLE_TITLE)
    yield Fixed(Token("whole_tag", text.whole), words * _WHOLE_TAG)
    yield Fixed(Token("whole_keyword", text.whole), words * _WHOLE_KEYWORD)
    yield Fixed(Token("name", text.verbatim), words * _VERBATIM_TITLE)
    yield Fixed(Token("tag", text.verbatim), words * _VERBATIM_TAG)


def _phrase(stems: tuple[str, ...]) -> Expression:
    return Token("any_stems", stems[0]) if len(stems) == 1 else Phrase("any_stems", stems)


def _clause_matches(clause: Clause) -> Expression:
    words = every([Token("any_stems", word.stem) for word in clause.words])
    return some([words, *map(_phrase, clause.synonyms)])


def _clause_ranks(clause: Clause) -> Expression:
    words = All(tuple(map(_word_ranks, clause.words)))
    if not clause.synonyms:
        return words
    synonyms = [_synonym_ranks(stems, len(clause.words)) for stems in clause.synonyms]
    return Best((words, *(Boost(ranks, _SYNONYM) for ranks in synonyms)))


def _word_ranks(word: Word) -> Expression:
    return All(
        (Boost(Token("any_stems", word.stem), _ANY_BM25),),
        (
            *(Fixed(Token(field, word.stem), worth) for field, worth in _PLACES),
            Boost(Token("title_stems", word.stem), _TITLE_BM25),
            Fixed(Token("title_exact", word.exact), _TITLE_EXACT),
            Fixed(Token("any_exact", word.exact), _ANY_EXACT),
        ),
    )


def _synonym_ranks(stems: tuple[str, ...], words: int) -> Expression:
    """Rank, by place, what is said instead of so many words.

    Only ``any_stems`` knows that words follow one another.
    """
    return All(
        (Boost(_phrase(stems), _ANY_BM25),),
        tuple(
            Fixed(every([Token(field, stem) for stem in stems]), worth * words)
            for field, worth in _PLACES
        ),
    )


def lenient_match(text: TextQuery, known: Container[str], *, relaxed: bool = False) -> Match | None:
    """Words match with one letter wrong, split or joined; or the whole name does.

    ``known`` tells which of ``possible_words`` the index has. Words of one or two letters, or of
    three that nothing has, are optional. With ``relaxed``, a third of the words (of three or
    more) may be missing. ``None`` when the text is too short to be bent that way.
    """
    words = text.words
    joined = _joined(text.tokens, known)
    needed: list[Expression] = []
    wished: list[Expression] = []
    for word in words:
        selected = some(_loose_options(word, joined.get(word.exact), known))
        (wished if _is_optional(word, joined, known) else needed).append(selected)
    needed = needed or wished
    missing = len(needed) // 3 if relaxed else 0
    if relaxed and not missing:
        return None
    matches = Any(tuple(needed), len(needed) - missing) if missing else every(needed)
    scored = [_loose_ranks(word, joined.get(word.exact)) for word in words]
    if len(text.verbatim) >= _SHORTEST_FUZZY:
        name = Typo("name", text.verbatim)
        matches = some([matches, name])
        scored.append(Fixed(name, len(words) * _WHOLE_TITLE))
    return Match(matches, All((Fixed(matches, 0.1),), tuple(scored)))


def possible_words(text: TextQuery) -> set[str]:
    """Return the words on which it depends how ``text`` is bent, if the index has them."""
    found = {first + second for first, second in pairwise(text.tokens)}
    for word in text.words:
        found.add(word.exact)
        if _is_fuzzy(word):
            found.update(part for parts in _cuts(word.exact) for part in parts)
    return found


def _is_optional(word: Word, joined: dict[str, str], known: Container[str]) -> bool:
    if word.exact in joined or len(word.exact) >= _SHORTEST_FUZZY:
        return False
    return len(word.exact) <= _OPTIONAL_LENGTH or word.exact not in known


def _loose_options(word: Word, joined: str | None, known: Container[str]) -> list[Expression]:
    options: list[Expression] = [Token("any_stems", word.stem)]
    if joined:
        options.append(Token("any_exact", joined))
    if _is_fuzzy(word):
        options.append(Typo("any_exact", word.exact))
        options += [
            every([Token("any_exact", part) for part in parts])
            for parts in _cuts(word.exact)
            if all(part in known for part in parts)
        ]
    elif len(word.exact) == _SHORTEST_FUZZY - 1 and word.exact.isalpha():
        options.append(Typo("title_exact", word.exact))
    return options


def _is_fuzzy(word: Word) -> bool:
    return len(word.exact) >= _SHORTEST_FUZZY and not word.exact.isdigit()


def _loose_ranks(word: Word, joined: str | None) -> Expression:
    options = [_word_ranks(word)]
    if _is_fuzzy(word):
        options.append(Fixed(Typo("title_exact", word.exact), _FORGIVEN_TITLE))
        options.append(Fixed(Typo("any_exact", word.exact), _FORGIVEN_ANYWHERE))
    if joined:
        options.append(Fixed(Token("title_exact", joined), _JOINED_TITLE))
    options += [
        Fixed(Token("title_stems", stem(word.exact[cut:])), _CUT_TITLE)
        for cut in range(2, len(word.exact) - 2)
        if word.exact[:cut] in STOP_WORDS
    ]
    return some(options)


def _cuts(word: str) -> Iterator[list[str]]:
    """Yield the ways to read a word as two.

    The space was forgotten ("dekerblouze"), or another letter typed for it ("climataenergie").
    """
    for cut in range(1, len(word)):
        for resume in (cut, cut + 1):
            parts = [
                part for part in (word[:cut], word[resume:]) if part and part not in STOP_WORDS
            ]
            if parts:
                yield parts


def _joined(tokens: tuple[str, ...], known: Container[str]) -> dict[str, str]:
    """Return, by word, the one it makes with its neighbour, when that exists."""
    found: dict[str, str] = {}
    for first, second in pairwise(tokens):
        if first + second in known:
            found[first] = found[second] = first + second
    return found
