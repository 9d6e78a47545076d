"""What a query selects: the body of one request, hits and facets together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.utils import timezone

from bdis_search.backends.elasticsearch.compiling import Body, compiled, every, filtering
from bdis_search.conditions import compile_conditions, facet_field
from bdis_search.query import Query, Sort
from bdis_search.reading import Reading

#: More than a facet has values: none is ever left out.
_ALL_VALUES = 65_000
_KEYS = {Sort.NAME: "by_name", Sort.RECENT: "by_recent"}
# Characters with a meaning in the regular expressions of Lucene.
_LUCENE = re.compile(r"([.?+*|{}\[\]()\"\\#@&<>~^$])")


def still_public() -> Body:
    """Return the query that leaves out lapsed listings."""
    return {"range": {"public_until": {"gte": timezone.localdate().toordinal()}}}


class Selection:
    """The documents of a query; ``known`` returns which of some words the index has."""

    def __init__(self, query: Query, known: Callable[[Iterable[str]], set[str]]) -> None:
        self.query = query
        self.reading = Reading(query, known)
        conditions = compile_conditions(query)
        self._always = [*map(filtering, conditions.always), still_public()]
        self._by_filter = {
            name: filtering(condition) for name, condition in conditions.by_filter.items()
        }

    def text(self) -> Body:
        """Return the query that selects by the text alone, whatever the filters."""
        return every([*self._text(), still_public()])

    def full(self) -> Body:
        """Return the query that selects, without a score."""
        return every([*self._text(), *self._always, *self._by_filter.values()])

    def body(self) -> Body:
        """Return the search: hits under every filter, each facet under every other one."""
        body: Body = {
            "query": self._ranked() if self._scores else every([*self._text(), *self._always]),
            "track_total_hits": True,
            "sort": self._sort(),
            "aggs": self._facets(),
        }
        if self._by_filter:
            body["post_filter"] = every(list(self._by_filter.values()))
        return body

    @property
    def _scores(self) -> bool:
        by_relevance = self.query.sort in (Sort.RELEVANCE, Sort.DISTANCE)
        return self.reading.match is not None and by_relevance and not self._by_distance

    @property
    def _by_distance(self) -> bool:
        # Nothing is near or far without a point: the order is then that of relevance.
        return self.query.sort is Sort.DISTANCE and self.query.near is not None

    def _text(self) -> list[Body]:
        match = self.reading.match
        return [compiled(match.matches)] if match else []

    def _ranked(self) -> Body:
        assert self.reading.match is not None  # noqa: S101 - as _scores says
        query = {"must": [compiled(self.reading.match.ranks)], "filter": self._always}
        factor = {"field": "factor", "missing": 1}
        return {
            "function_score": {
                "query": {"bool": query},
                "field_value_factor": factor,
                "boost_mode": "multiply",
            }
        }

    def _sort(self) -> list[Any]:
        if self.query.near and self._by_distance:
            point = {"lat": self.query.near.lat, "lon": self.query.near.lon}
            return [{"_geo_distance": {"seat": point, "order": "asc", "unit": "m"}}, "by_name"]
        if self._scores:
            return ["_score", "by_name"]
        return [_KEYS.get(self.query.sort, "by_quality")]

    def _facets(self) -> Body:
        return {
            name: {
                "filter": every([one for other, one in self._by_filter.items() if other != name]),
                "aggs": {"values": {"terms": self._terms(name)}},
            }
            for name in self.query.facets
        }

    def _terms(self, name: str) -> Body:
        field = facet_field(name, self.query.geography)
        if field.startswith("extra:"):
            begun = _LUCENE.sub(r"\\\1", f"{name}=") + ".*"
            return {"field": "extra", "size": _ALL_VALUES, "include": begun}
        return {"field": field, "size": _ALL_VALUES}
