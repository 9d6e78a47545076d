"""What a query selects in an index as opened: its text, bent as needed, and its conditions."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import tantivy
from django.utils import timezone
from tantivy import Occur
from tantivy import Query as TantivyQuery

from bdis_search.backends.tantivy.filtering import condition_query, not_hidden, still_public
from bdis_search.backends.tantivy.matching import compiled, every, total_of
from bdis_search.backends.tantivy.store import Opened
from bdis_search.conditions import Condition, compile_conditions, facet_field
from bdis_search.query import Query
from bdis_search.reading import Reading

_ALL_VALUES = 65_000  # more than a facet has values: none is ever left out
# Documents from which several counts are worth the cost of threads.
_LARGE = 250_000


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
        self.reading = Reading(query, self._known)
        self._matches: TantivyQuery | None = None
        self._conditions = compile_conditions(query)
        self._queries: dict[int, TantivyQuery] = {}
        self._seen = [*still_public(today(), opened), *not_hidden(query.hidden)]

    def settle(self) -> None:
        """Bend the text until some document matches the whole query, or it bends no more."""
        while self.reading.match and not self.count(self.full()) and self.bend():
            pass

    def bend(self) -> bool:
        """Read the text more leniently if nothing at all matches it as it is read now."""
        if self.reading.settled:
            return False
        if self.count(every([*self._text(), *self._seen])):
            return False
        self._matches = None
        return self.reading.bend()

    def full(self, without: str | None = None) -> TantivyQuery:
        """Return the query that selects, for counting; ``without`` leaves one filter out."""
        return every([*self._text(), *self._filters(without)])

    def ranked(self) -> TantivyQuery:
        """Return the query that selects the same and scores by the text alone."""
        if self.reading.match is None:
            return self.full()
        ranks = compiled(self.reading.match.ranks)
        filters = [
            (Occur.Must, TantivyQuery.const_score_query(part, 0.0)) for part in self._filters()
        ]
        return TantivyQuery.boolean_query([(Occur.Must, ranks), *filters]) if filters else ranks

    def _text(self) -> list[TantivyQuery]:
        if self.reading.match is None:
            return []
        if self._matches is None:
            self._matches = compiled(self.reading.match.matches)
        return [self._matches]

    def _known(self, words: Iterable[str]) -> set[str]:
        searcher = self.opened.searcher
        return {word for word in words if searcher.doc_freq("any_exact", word)}

    def counts(self) -> dict[str, dict[str, int]]:
        """Count every value of the facets asked, each under every other filter."""
        selected = [name for name in self.query.facets if name in self._conditions.by_filter]
        others = tuple(name for name in self.query.facets if name not in selected)
        asked: list[tuple[tuple[str, ...], str | None]] = [((name,), name) for name in selected]
        if others:
            asked.append((others, None))
        if len(asked) > 1 and self.opened.searcher.num_docs >= _LARGE:
            # tantivy leaves the interpreter to others while it counts.
            counted = _pool(os.getpid()).map(lambda pair: self._aggregate(*pair), asked)
        else:
            counted = (self._aggregate(*pair) for pair in asked)
        return {name: counts for found in counted for name, counts in found.items()}

    def _aggregate(
        self, facets: tuple[str, ...], without: str | None = None
    ) -> dict[str, dict[str, int]]:
        fields = tuple((name, facet_field(name, self.query.geography)) for name in facets)
        if self.reading.match is None and not self._filters(without):
            everything = TantivyQuery.all_query()
            return self.opened.kept(
                ("everything", fields), lambda: aggregate(self.opened.searcher, everything, fields)
            )
        return aggregate(self.opened.searcher, self.full(without), fields)

    def _filters(self, without: str | None = None) -> list[TantivyQuery]:
        parts = [self._query_of(condition) for condition in self._conditions.without(without)]
        return [*parts, *self._seen]

    def _query_of(self, condition: Condition) -> TantivyQuery:
        key = id(condition)
        if key not in self._queries:
            self._queries[key] = condition_query(
                condition, self.opened, among_words=self.reading.match is not None
            )
        return self._queries[key]

    def count(self, query: TantivyQuery) -> int:
        """Return the number of documents of ``query``."""
        return total_of(self.opened.searcher.search(query, 1))


@lru_cache(maxsize=1)
def _pool(pid: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(min(4, os.cpu_count() or 1), thread_name_prefix="bdis-counts")


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
