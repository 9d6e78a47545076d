"""From expressions to tantivy queries."""

from __future__ import annotations

from collections.abc import Iterable

import tantivy
from tantivy import Occur, Query

from bdis_search import expressions as asked
from bdis_search.backends.tantivy.schema import schema


def total_of(answer: tantivy.SearchResult) -> int:
    """Return the number of matches that an answer tells (its type hints leave it out)."""
    return int(answer.count or 0)  # type: ignore[attr-defined]


def term(field: str, value: str) -> Query:
    """Return the query for one token of a field."""
    return Query.term_query(schema(), field, value, "freq")


def every(queries: list[Query]) -> Query:
    """Return the conjunction of ``queries``; everything when there is none."""
    if not queries:
        return Query.all_query()
    return queries[0] if len(queries) == 1 else _bool((Occur.Must, query) for query in queries)


def some(queries: list[Query]) -> Query:
    """Return the disjunction of ``queries``."""
    return queries[0] if len(queries) == 1 else _bool((Occur.Should, query) for query in queries)


def compiled(expression: asked.Expression) -> Query:
    """Return the tantivy query of ``expression``."""
    match expression:
        case asked.Token(field, token):
            return term(field, token)
        case asked.Phrase(field, tokens):
            return Query.phrase_query(schema(), field, list(tokens))
        case asked.Typo(field, token):
            return Query.fuzzy_term_query(schema(), field, token, 1, True)
        case asked.Ids(ids):
            return Query.term_set_query(schema(), "id", list(ids))
        case asked.All(parts, wished):
            clauses = [(Occur.Must, compiled(part)) for part in parts]
            return _bool([*clauses, *((Occur.Should, compiled(part)) for part in wished)])
        case asked.Any(parts, at_least):
            return _bool(((Occur.Should, compiled(part)) for part in parts), at_least)
        case asked.Best(parts):
            return Query.disjunction_max_query([compiled(part) for part in parts], asked.TIE)
        case asked.Boost(part, factor):
            return Query.boost_query(compiled(part), factor)
        case asked.Fixed(part, score):
            return Query.const_score_query(compiled(part), score)


def _bool(clauses: Iterable[tuple[Occur, Query]], at_least: int = 1) -> Query:
    # One of several is what tantivy asks of alternatives unless told otherwise.
    needed = at_least if at_least > 1 else None
    return Query.boolean_query(list(clauses), minimum_number_should_match=needed)
