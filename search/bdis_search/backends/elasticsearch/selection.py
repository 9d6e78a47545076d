"""What a query selects: one request, hits and facets together."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import timezone
from elasticsearch.dsl import A, Q, Search

from bdis_search.backends.elasticsearch.compiling import Body, any_id, compiled, every, filtering
from bdis_search.backends.elasticsearch.store import Answer, Store
from bdis_search.conditions import compile_conditions, facet_field
from bdis_search.query import Query, Sort
from bdis_search.reading import Reading

#: Buckets of one answer; Elasticsearch refuses to make more than 65,536.
_MOST_BUCKETS = 60_000
_MOST_VALUES = 10_000
_WORDS_AT_ONCE = 500
#: Facets that no filter holds.
_FREE = "free"
_KEYS = {Sort.NAME: "by_name", Sort.RECENT: "by_recent"}
# Characters with a meaning in the regular expressions of Lucene.
_LUCENE = re.compile(r"([.?+*|{}\[\]()\"\\#@&<>~^$])")


def still_public() -> Body:
    """Return the query that leaves out lapsed listings."""
    return {"range": {"public_until": {"gte": timezone.localdate().toordinal()}}}


def not_hidden(ids: frozenset[int]) -> list[Body]:
    """Return the condition that leaves out the listings ``ids``; none when there are none."""
    return [{"bool": {"must_not": any_id(sorted(ids))}}] if ids else []


def total(answer: Answer) -> int:
    """Return the number of listings of an answer."""
    return int(answer["hits"]["total"]["value"])


class Selection:
    """The documents of a query.

    How a text is read depends on the text and the index alone, never on the filters: that is
    what keeps the counts of facets equal to the totals they announce.
    """

    def __init__(self, store: Store, query: Query) -> None:
        self.store = store
        self.query = query
        self.reading = Reading(query, self._known)
        self._seen = [still_public(), *not_hidden(query.hidden)]
        conditions = compile_conditions(query)
        filters = {name: filtering(one) for name, one in conditions.by_filter.items()}
        # A filter whose facet is not counted restricts all that is: it need not wait.
        self._by_facet = {name: one for name, one in filters.items() if name in query.facets}
        self._always = [
            *map(filtering, conditions.always),
            *(one for name, one in filters.items() if name not in query.facets),
        ]

    # Reading the text

    def bend(self) -> bool:
        """Read the text more leniently if nothing at all matches it as it is read now."""
        if self.reading.settled or (
            self._is_filtered and self._exist(every([*self._text(), *self._seen]))
        ):
            return False
        return self.reading.bend()

    @property
    def _is_filtered(self) -> bool:
        return bool(self._by_facet or self._always)

    def settle(self) -> None:
        """Bend the text until some document matches the whole query, or it bends no more."""
        while self.reading.match and not self._exist(self.full()) and self.bend():
            pass

    def _exist(self, query: Body) -> bool:
        asked = {"query": query, "size": 0, "track_total_hits": 1}
        return bool(total(self.store.search(asked)))

    def _known(self, words: Iterable[str]) -> set[str]:
        listed, found = sorted(words), set()
        for start in range(0, len(listed), _WORDS_AT_ONCE):
            some = listed[start : start + _WORDS_AT_ONCE]
            filters = {word: {"term": {"any_exact": word}} for word in some}
            asked = {"size": 0, "aggs": {"words": {"filters": {"filters": filters}}}}
            buckets = self.store.search(asked)["aggregations"]["words"]["buckets"]
            found |= {word for word in some if buckets[word]["doc_count"]}
        return found

    # Selecting

    def full(self, without: str | None = None) -> Body:
        """Return the query that selects, without a score; ``without`` leaves one facet out."""
        return every([*self._text(), *self._always, *self._seen, *self._facets_but(without)])

    def body(self) -> Body:
        """Return the search: hits under every filter, each facet under every other one."""
        body: Body = {
            "query": self._ranked() if self.scores else self._unfiltered(),
            "track_total_hits": True,
            "sort": self._sort(),
        }
        if self._by_facet:
            body["post_filter"] = every(self._facets_but())
        if self.query.facets:
            body["aggs"] = self._counted()
        return body

    @property
    def parameters(self) -> dict[str, str]:
        """How a scored search is asked, for the order to be the same from page to page.

        Words weigh the same in every shard, and one text always asks the same copies: those of
        another node may still count listings that are gone.
        """
        if not self.scores:
            return {}
        text = zlib.crc32(self.query.text.encode("utf-8", "replace"))
        return {"search_type": "dfs_query_then_fetch", "preference": f"text-{text:x}"}

    @property
    def scores(self) -> bool:
        """Whether the order is that of relevance to a text."""
        by_relevance = self.query.sort in (Sort.RELEVANCE, Sort.DISTANCE)
        return self.reading.match is not None and by_relevance and not self._by_distance

    @property
    def _by_distance(self) -> bool:
        # Nothing is near or far without a point: the order is then that of relevance.
        return self.query.sort is Sort.DISTANCE and self.query.near is not None

    def _text(self) -> list[Body]:
        match = self.reading.match
        return [compiled(match.matches)] if match else []

    def _unfiltered(self) -> Body:
        return every([*self._text(), *self._always, *self._seen])

    def _ranked(self) -> Body:
        assert self.reading.match is not None  # noqa: S101 - as ``scores`` says
        ranks = compiled(self.reading.match.ranks)
        query = {"bool": {"must": ranks, "filter": [*self._always, *self._seen]}}
        quality = {"field": "factor", "missing": 1}
        return {
            "function_score": {
                "query": query,
                "field_value_factor": quality,
                "boost_mode": "multiply",
            }
        }

    def _sort(self) -> list[Any]:
        if self.query.near and self._by_distance:
            point = {"lat": self.query.near.lat, "lon": self.query.near.lon}
            return [{"_geo_distance": {"seat": point, "order": "asc", "unit": "m"}}, "by_name"]
        if self.scores:
            return ["_score", "by_name"]
        return [_KEYS.get(self.query.sort, "by_quality")]

    # Counting

    def _facets_but(self, without: str | None = None) -> Iterator[Body]:
        return (one for name, one in self._by_facet.items() if name != without)

    def _counted(self) -> Body:
        """Return the aggregations: facets under the same filters are counted together.

        They are named by their rank: the name of a facet may hold anything.
        """
        free: Body = {}
        counted: Body = {}
        for rank, name in enumerate(self.query.facets):
            values = {str(rank): {"terms": self._terms(name)}}
            if name in self._by_facet:
                others = every(self._facets_but(name))
                counted[str(rank)] = {"filter": others, "aggs": values}
            else:
                free |= values
        if not self._by_facet:
            return free
        if free:
            counted[_FREE] = {"filter": every(self._facets_but()), "aggs": free}
        return counted

    def counts(self, answer: Answer) -> dict[str, dict[str, int]]:
        """Return ``{facet: {code: number of documents}}`` from the answer to ``body``."""
        found = {}
        for rank, name in enumerate(self.query.facets):
            counted = answer["aggregations"]
            if self._by_facet:
                counted = counted[str(rank) if name in self._by_facet else _FREE]
            values = counted[str(rank)]
            buckets = values["buckets"]
            if values["sum_other_doc_count"]:
                buckets = self._all_values(name)
            found[name] = dict(self._coded(name, buckets))
        return found

    def _coded(self, name: str, buckets: Iterable[Any]) -> Iterator[tuple[str, int]]:
        is_extra = self._field(name) == "extra"
        begun = f"{name}=" if is_extra else ""
        for bucket in buckets:
            key = bucket["key"]["value"] if isinstance(bucket["key"], dict) else bucket["key"]
            if key.startswith(begun):
                yield key[len(begun) :], bucket["doc_count"]

    def _all_values(self, name: str) -> Iterator[Any]:
        """Yield the buckets of a facet of more values than an answer holds."""
        search = Search().query(Q(self.full(without=name))).extra(size=0)
        walk: dict[str, Any] = {
            "size": _MOST_VALUES,
            "sources": [{"value": A("terms", field=self._field(name))}],
        }
        while True:
            search.aggs["values"] = A("composite", **walk)
            values = self.store.search(search.to_dict())["aggregations"]["values"]
            yield from values["buckets"]
            if "after_key" not in values:
                return
            walk["after"] = values["after_key"]

    def _field(self, name: str) -> str:
        field = facet_field(name, self.query.geography)
        return "extra" if field.startswith("extra:") else field

    def _terms(self, name: str) -> Body:
        size = min(_MOST_VALUES, _MOST_BUCKETS // len(self.query.facets))
        terms: Body = {"field": self._field(name), "size": size}
        if self._field(name) == "extra":
            terms["include"] = _LUCENE.sub(r"\\\1", f"{name}=") + ".*"
        return terms
