"""From a text to tantivy queries: which documents match, and how well."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import tantivy
from tantivy import Occur, Query

from bdis_search.analysis import STOP_WORDS, Clause, TextQuery, Word
from bdis_search.backends.tantivy.schema import schema
from bdis_search.stemming import stem

# How much a word counts where it is found: title > tags > keywords > summary > anywhere.
_STEM_BOOSTS = (("title_stems", 4.0), ("tags_stems", 3.0), ("keywords_stems", 1.5))
_SUMMARY_BOOST = ("summary_stems", 0.6)
_TITLE_EXACT = 3.0
_ANY_EXACT = 0.5
_SYNONYM = 0.3
_WHOLE_TITLE = 20.0
_WHOLE_TAG = 12.0
_WHOLE_KEYWORD = 4.0
_VERBATIM = 3.0
_FORGIVEN_NAME = 25.0
_FORGIVEN_TITLE = 8.0
# Too short for a typo to leave them recognisable.
_SHORTEST_FUZZY = 4
_OPTIONAL_LENGTH = 2


@dataclass(frozen=True)
class Match:
    """A text as tantivy queries: ``matches`` selects, ``ranks`` selects the same and scores."""

    matches: Query
    ranks: Query


def total_of(answer: tantivy.SearchResult) -> int:
    """Return the number of matches that an answer tells (its type hints leave it out)."""
    return int(answer.count or 0)  # type: ignore[attr-defined]


def term(field: str, value: str, index_option: str = "freq") -> Query:
    """Return the query for one token of a field."""
    return Query.term_query(schema(), field, value, index_option)


def every(queries: list[Query]) -> Query:
    """Return the conjunction of ``queries``; everything when there is none."""
    if not queries:
        return Query.all_query()
    return queries[0] if len(queries) == 1 else _bool((Occur.Must, query) for query in queries)


def some(queries: list[Query]) -> Query:
    """Return the disjunction of ``queries``."""
    return queries[0] if len(queries) == 1 else _bool((Occur.Should, query) for query in queries)


def _bool(clauses, at_least: int | None = None) -> Query:  # type: ignore[no-untyped-def]
    return Query.boolean_query(list(clauses), minimum_number_should_match=at_least)


def _boost(query: Query, factor: float) -> Query:
    return Query.boost_query(query, factor)


def _fixed(query: Query, score: float) -> Query:
    return Query.const_score_query(query, score)


def _phrase(stems: tuple[str, ...]) -> Query:
    if len(stems) == 1:
        return term("any_stems", stems[0])
    return Query.phrase_query(schema(), "any_stems", list(stems))


def strict_match(text: TextQuery) -> Match:
    """Every clause matches: its words' stems, or a synonym."""
    selected = [_clause_matches(clause) for clause in text.clauses]
    scored = [(Occur.Must, _clause_ranks(clause)) for clause in text.clauses]
    return Match(every(selected), _bool([*scored, *_whole_bonus(text)]))


def _whole_bonus(text: TextQuery) -> list[tuple[Occur, Query]]:
    return [
        (Occur.Should, _fixed(term("whole_title", text.whole), _WHOLE_TITLE)),
        (Occur.Should, _fixed(term("whole_tag", text.whole), _WHOLE_TAG)),
        (Occur.Should, _fixed(term("whole_keyword", text.whole), _WHOLE_KEYWORD)),
        (Occur.Should, _fixed(term("name", text.verbatim), _VERBATIM)),
        (Occur.Should, _fixed(term("tag", text.verbatim), _VERBATIM)),
    ]


def _clause_matches(clause: Clause) -> Query:
    words = every([term("any_stems", word.stem) for word in clause.words])
    if not clause.synonyms:
        return words
    return some([words, *map(_phrase, clause.synonyms)])


def _clause_ranks(clause: Clause) -> Query:
    words = _bool((Occur.Must, _word_ranks(word)) for word in clause.words)
    if not clause.synonyms:
        return words
    synonyms = [_boost(_phrase(synonym), _SYNONYM) for synonym in clause.synonyms]
    return Query.disjunction_max_query([words, *synonyms], 0.1)


def _word_ranks(word: Word) -> Query:
    return _bool(
        [
            (Occur.Must, term("any_stems", word.stem)),
            *(
                (Occur.Should, _boost(term(field, word.stem), boost))
                for field, boost in (*_STEM_BOOSTS, _SUMMARY_BOOST)
            ),
            (Occur.Should, _boost(term("title_exact", word.exact), _TITLE_EXACT)),
            (Occur.Should, _boost(term("any_exact", word.exact), _ANY_EXACT)),
        ]
    )


def lenient_match(
    text: TextQuery, searcher: tantivy.Searcher, *, relaxed: bool = False
) -> Match | None:
    """Words match with one letter wrong, split or joined; or the whole name does.

    Words of one or two letters, or of three that nothing has, are optional. With ``relaxed``, a
    third of the words (of three or more) may be missing. ``None`` when the text is too short to
    be bent that way.
    """
    words = text.words
    joined = _joined(text.tokens, searcher)
    needed: list[Query] = []
    wished: list[Query] = []
    for word in words:
        selected = some(_loose_options(word, joined.get(word.exact), searcher))
        (wished if _is_optional(word, joined, searcher) else needed).append(selected)
    if not needed:
        needed, wished = wished, []
    missing = len(needed) // 3 if relaxed else 0
    if relaxed and not missing:
        return None
    if missing:
        matches = _bool(((Occur.Should, query) for query in needed), len(needed) - missing)
    else:
        matches = every(needed)
    scored = [(Occur.Should, _loose_ranks(word, joined.get(word.exact))) for word in words]
    if len(text.verbatim) >= _SHORTEST_FUZZY:
        name = _fuzzy("name", text.verbatim)
        matches = some([matches, name])
        scored.append((Occur.Should, _fixed(name, _FORGIVEN_NAME)))
    return Match(matches, _bool([(Occur.Must, _fixed(matches, 0.1)), *scored]))


def _fuzzy(field: str, value: str) -> Query:
    return Query.fuzzy_term_query(schema(), field, value, 1, True)


def _is_optional(word: Word, joined: dict[str, str], searcher: tantivy.Searcher) -> bool:
    if word.exact in joined or len(word.exact) >= _SHORTEST_FUZZY:
        return False
    return len(word.exact) <= _OPTIONAL_LENGTH or not searcher.doc_freq("any_exact", word.exact)


def _loose_options(word: Word, joined: str | None, searcher: tantivy.Searcher) -> list[Query]:
    options = [term("any_stems", word.stem)]
    if joined:
        options.append(term("any_exact", joined))
    if _is_fuzzy(word):
        options.append(_fuzzy("any_exact", word.exact))
        options += [every(parts) for parts in _splits(word, searcher)]
    elif len(word.exact) == _SHORTEST_FUZZY - 1 and word.exact.isalpha():
        options.append(_fuzzy("title_exact", word.exact))
    return options


def _is_fuzzy(word: Word) -> bool:
    return len(word.exact) >= _SHORTEST_FUZZY and not word.exact.isdigit()


def _loose_ranks(word: Word, joined: str | None) -> Query:
    options = [_word_ranks(word)]
    if _is_fuzzy(word):
        for field, score in (("title_exact", _FORGIVEN_TITLE), ("any_exact", 1.0)):
            fuzzy = _fuzzy(field, word.exact)
            options.append(_fixed(fuzzy, score))
    if joined:
        options.append(_boost(term("title_exact", joined), 2.0))
    for cut in range(2, len(word.exact) - 2):
        right = word.exact[cut:]
        if word.exact[:cut] in STOP_WORDS:
            options.append(_boost(term("title_stems", stem(right)), 2.0))
    return some(options)


def _splits(word: Word, searcher: tantivy.Searcher) -> list[list[Query]]:
    """Return the ways to read a word as two that exist.

    The space was forgotten ("dekerblouze"), or another letter typed for it ("climataenergie").
    """
    ways = []
    for cut in range(1, len(word.exact)):
        for resume in (cut, cut + 1):
            parts = [
                part
                for part in (word.exact[:cut], word.exact[resume:])
                if part and part not in STOP_WORDS
            ]
            if parts and all(searcher.doc_freq("any_exact", part) for part in parts):
                ways.append([term("any_exact", part) for part in parts])
    return ways


def _joined(tokens: tuple[str, ...], searcher: tantivy.Searcher) -> dict[str, str]:
    """Return, by word, the one it makes with its neighbour, when that exists."""
    found: dict[str, str] = {}
    for first, second in pairwise(tokens):
        together = first + second
        if searcher.doc_freq("any_exact", together):
            found[first] = found[second] = together
    return found
