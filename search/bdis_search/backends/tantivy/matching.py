"""From a text to tantivy queries: which documents match, and how well."""

from __future__ import annotations

from dataclasses import dataclass

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
_WHOLE_TERM = 12.0
_FORGIVEN_TITLE = 8.0
# Too short for a typo to leave them recognisable.
_SHORTEST_FUZZY = 4
_OPTIONAL_LENGTH = 2


@dataclass(frozen=True)
class Match:
    """A text as tantivy queries: ``matches`` selects, ``ranks`` selects the same and scores."""

    matches: Query
    ranks: Query


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
        (Occur.Should, _fixed(term("whole_term", text.whole), _WHOLE_TERM)),
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
    """Words match with one letter wrong, split or joined; one or two letters are optional.

    With ``relaxed``, a third of the words (of three or more) may be missing. ``None`` when the
    text is too short to be bent that way.
    """
    words = text.words
    needed: list[Query] = []
    wished: list[Query] = []
    joined = _joined(words, searcher)
    for place, word in enumerate(words):
        selected = _loose_options(word, searcher)
        if place in joined:
            selected.append(term("any_exact", joined[place]))
        optional = len(word.exact) <= _OPTIONAL_LENGTH and place not in joined
        (wished if optional else needed).append(some(selected))
    if not needed:
        needed, wished = wished, []
    missing = len(needed) // 3 if relaxed else 0
    if relaxed and not missing:
        return None
    if missing:
        at_least = len(needed) - missing
        matches = _bool(((Occur.Should, query) for query in needed), at_least)
    else:
        matches = every(needed)
    scored = [(Occur.Should, _loose_ranks(word, joined.get(p))) for p, word in enumerate(words)]
    return Match(matches, _bool([(Occur.Must, _fixed(matches, 0.1)), *scored]))


def _loose_options(word: Word, searcher: tantivy.Searcher) -> list[Query]:
    options = [term("any_stems", word.stem)]
    if _is_fuzzy(word):
        options.append(Query.fuzzy_term_query(schema(), "any_exact", word.exact, 1, True))
        options += [every(parts) for parts in _splits(word, searcher)]
    elif len(word.exact) == _SHORTEST_FUZZY - 1 and word.exact.isalpha():
        options.append(Query.fuzzy_term_query(schema(), "title_exact", word.exact, 1, True))
    return options


def _is_fuzzy(word: Word) -> bool:
    return len(word.exact) >= _SHORTEST_FUZZY and not word.exact.isdigit()


def _loose_ranks(word: Word, joined: str | None) -> Query:
    options = [_word_ranks(word)]
    if _is_fuzzy(word):
        for field, score in (("title_exact", _FORGIVEN_TITLE), ("any_exact", 1.0)):
            fuzzy = Query.fuzzy_term_query(schema(), field, word.exact, 1, True)
            options.append(_fixed(fuzzy, score))
    if joined:
        options.append(_boost(term("title_exact", joined), 2.0))
    for cut in range(2, len(word.exact) - 2):
        right = word.exact[cut:]
        if word.exact[:cut] in STOP_WORDS:
            options.append(_boost(term("title_stems", stem(right)), 2.0))
    return some(options)


def _splits(word: Word, searcher: tantivy.Searcher) -> list[list[Query]]:
    """Return the ways to read a word as two that exist: "dekerblouze" as "de kerblouze"."""
    ways = []
    for cut in range(1, len(word.exact)):
        left, right = word.exact[:cut], word.exact[cut:]
        parts = [part for part in (left, right) if part not in STOP_WORDS]
        if parts and all(searcher.doc_freq("any_exact", part) for part in parts):
            ways.append([term("any_exact", part) for part in parts])
    return ways


def _joined(words: tuple[Word, ...], searcher: tantivy.Searcher) -> dict[int, str]:
    """Return, by place, the word that two neighbours make together, when it exists."""
    found: dict[int, str] = {}
    for place in range(len(words) - 1):
        together = words[place].exact + words[place + 1].exact
        if searcher.doc_freq("any_exact", together):
            found[place] = found[place + 1] = together
    return found
