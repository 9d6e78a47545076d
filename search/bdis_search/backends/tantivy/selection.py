"""What a query selects in an index as opened: its text, bent as needed, and its conditions."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

import tantivy
from django.utils import timezone
from tantivy import Occur
from tantivy import Query as TantivyQuery

from bdis_search.analysis import parse_text
from bdis_search.backends.tantivy.filtering import condition_query, still_public
from bdis_search.backends.tantivy.matching import (
    Match,
    every,
    lenient_match,
    strict_match,
    total_of,
)
from bdis_search.backends.tantivy.store import Opened
from bdis_search.conditions import Condition, compile_conditions, facet_field
from bdis_search.query import Query

_ALL_VALUES = 65_000  # more than a facet has values: none is ever left out


class Leniency(IntEnum):
    """How far a text is bent until some document matches."""

    STRICT = 0
    FORGIVEN = 1
    RELAXED = 2


def today() -> int:
    """Return the ordinal of the current day."""
    return timezone.localdate().toordinal()


class Selection:
    """The documents of a query.

    How a text is read depends on the text and the index alone, never on the filters: that is
    what keeps the counts of facets equal to the totals they announce.
    """

    def __init__(self, opened: Opened, query: Query) -> None:
        self.opened = opened
        self.query = query
        self.text = parse_text(query.text)
        self.leniency = Leniency.STRICT
        self.match: Match | None = strict_match(self.text) if self.text else None
        self._conditions = compile_conditions(query)
        self._queries: dict[int, TantivyQuery] = {}
        self._public = still_public(today(), opened)

    def settle(self) -> None:
        """Bend the text until some document matches the whole query, or it bends no more."""
        while self.match is not None and not self.count(self.full()) and self.bend():
            pass

    def full(self, without: str | None = None) -> TantivyQuery:
        """Return the query that selects, for counting; ``without`` leaves one filter out."""
        parts = [self.match.matches] if self.match else []
        return every([*parts, *self._filters(without)])

    def ranked(self) -> TantivyQuery:
        """Return the query that selects the same and scores by the text alone."""
        if self.match is None:
            return self.full()
        filters = [
            (Occur.Must, TantivyQuery.const_score_query(part, 0.0)) for part in self._filters()
        ]
        if not filters:
            return self.match.ranks
        return TantivyQuery.boolean_query([(Occur.Must, self.match.ranks), *filters])

    def counts(self) -> dict[str, dict[str, int]]:
        """Count every value of the facets asked, each under every other filter."""
        selected = [name for name in self.query.facets if name in self._conditions.by_filter]
        others = tuple(name for name in self.query.facets if name not in selected)
        counts: dict[str, dict[str, int]] = {}
        if others:
            counts |= self._aggregate(others)
        for name in selected:
            counts |= self._aggregate((name,), without=name)
        return counts

    def _aggregate(
        self, facets: tuple[str, ...], without: str | None = None
    ) -> dict[str, dict[str, int]]:
        fields = tuple((name, facet_field(name, self.query.geography)) for name in facets)
        if self.match is None and not self._filters(without):
            return _counts_of_everything(self.opened, fields)
        return aggregate(self.opened.searcher, self.full(without), fields)

    def _filters(self, without: str | None = None) -> list[TantivyQuery]:
        parts = [self._query_of(condition) for condition in self._conditions.without(without)]
        return [*parts, self._public] if self._public else parts

    def _query_of(self, condition: Condition) -> TantivyQuery:
        key = id(condition)
        if key not in self._queries:
            self._queries[key] = condition_query(condition, self.opened)
        return self._queries[key]

    def bend(self) -> bool:
        """Read the text more leniently if nothing at all matches it as it is read now."""
        if self.match is None or self.leniency is Leniency.RELAXED:
            return False
        public = [self._public] if self._public else []
        if self.count(every([self.match.matches, *public])):
            return False
        searcher = self.opened.searcher
        forgiving = self.leniency is Leniency.STRICT
        match = lenient_match(self.text, searcher, relaxed=not forgiving)
        if match is None:
            return False
        self.leniency = Leniency.FORGIVEN if forgiving else Leniency.RELAXED
        self.match = match
        return True

    def count(self, query: TantivyQuery) -> int:
        """Return the number of documents of ``query``."""
        return total_of(self.opened.searcher.search(query, 1))


def aggregate(
    searcher: tantivy.Searcher, query: TantivyQuery, fields: tuple[tuple[str, str], ...]
) -> dict[str, dict[str, int]]:
    """Return ``{facet: {code: number of documents}}`` for ``fields``: pairs (facet, field)."""
    asked = {}
    for name, field in fields:
        terms: dict[str, object] = {"field": field, "size": _ALL_VALUES}
        if field.startswith("extra:"):
            terms |= {"field": "extra", "include": re.escape(f"{name}=") + ".*"}
        asked[name] = {"terms": terms}
    answer = searcher.aggregate(query, asked)
    counts: dict[str, dict[str, int]] = {}
    for name, field in fields:
        prefix = len(name) + 1 if field.startswith("extra:") else 0
        counts[name] = {
            bucket["key"][prefix:]: bucket["doc_count"] for bucket in answer[name]["buckets"]
        }
    return counts


@lru_cache(maxsize=16)
def _counts_of_everything(
    opened: Opened, fields: tuple[tuple[str, str], ...]
) -> dict[str, dict[str, int]]:
    return aggregate(opened.searcher, TantivyQuery.all_query(), fields)
