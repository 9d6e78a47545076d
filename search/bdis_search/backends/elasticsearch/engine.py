"""Elasticsearch behind the port."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bdis_cms.gazetteer.geometry import distance_km
from bdis_search.analysis import content_words
from bdis_search.backends.base import SearchEngine
from bdis_search.backends.elasticsearch.compiling import Body
from bdis_search.backends.elasticsearch.connecting import answering, connect
from bdis_search.backends.elasticsearch.selection import Selection, still_public
from bdis_search.backends.elasticsearch.store import Store
from bdis_search.conditions import facet_field
from bdis_search.documents import InitiativeDocument
from bdis_search.grid import squares_per_side
from bdis_search.query import Cluster, EngineStats, Hit, Point, Query, Results, Suggestion
from bdis_search.stemming import stem

#: Beyond, Elasticsearch goes on from the sort keys of the last hit (index.max_result_window).
_WINDOW = 10_000
_BATCH = 2_000
_MOST_WORDS = 8
_WORDS_AT_ONCE = 500
_FOUND = ["id", "lat", "lon"]


class Engine(SearchEngine):
    """An index in a cluster of Elasticsearch 8 or 9, shared by every machine of the site."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._connect()

    def _connect(self) -> None:
        self._store = Store(connect(self.options), self.options)
        self._pid = os.getpid()

    @property
    def store(self) -> Store:
        """The index; connections are not shared with the process that forked this one."""
        if self._pid != os.getpid():
            self._connect()
        return self._store

    # Searching

    def search(self, query: Query) -> Results:
        selection = Selection(query, self._known)
        answer = self._page(selection)
        while not _total(answer) and self._bend(selection):
            answer = self._page(selection)
        return Results(
            total=_total(answer),
            hits=tuple(_hit(hit, query.near) for hit in answer["hits"]["hits"]),
            counts={name: _counts(answer, name, query) for name in query.facets},
            forgiven=selection.reading.forgiven,
            relaxed=selection.reading.relaxed,
        )

    def _page(self, selection: Selection) -> dict[str, Any]:
        query, body = selection.query, selection.body()
        size = max(0, query.page_size)
        if query.offset + size <= _WINDOW:
            return self._ask(body | {"from": query.offset if size else 0, "size": size})
        first = self._ask(body | {"size": 0})
        if query.offset < _total(first):
            first["hits"]["hits"] = self._far(body, query.offset, size)
        return first

    def _far(self, body: Body, offset: int, size: int) -> list[dict[str, Any]]:
        """Return the hits of a far page, walked to by the sort keys."""
        walk = {name: part for name, part in body.items() if name != "aggs"}
        walk |= {"track_total_hits": False, "track_scores": True}
        hits: list[dict[str, Any]] = []
        while offset + size > 0:
            wanted = min(_WINDOW, offset or size)
            hits = self._ask(walk | {"size": wanted})["hits"]["hits"]
            if len(hits) < wanted or not offset:
                break
            walk["search_after"] = hits[-1]["sort"]
            offset -= wanted
        return [] if offset else hits

    def _bend(self, selection: Selection) -> bool:
        """Read the text more leniently if nothing at all matches it as it is read now."""
        if selection.reading.settled or self._count(selection.text()):
            return False
        return selection.reading.bend()

    def _known(self, words: Iterable[str]) -> set[str]:
        listed, found = sorted(words), set()
        for start in range(0, len(listed), _WORDS_AT_ONCE):
            some = listed[start : start + _WORDS_AT_ONCE]
            filters = {word: {"term": {"any_exact": word}} for word in some}
            answer = self._ask({"size": 0, "aggs": {"words": {"filters": {"filters": filters}}}})
            buckets = answer["aggregations"]["words"]["buckets"]
            found |= {word for word in some if buckets[word]["doc_count"]}
        return found

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        words = content_words(text[:200])[:_MOST_WORDS]
        if not words or limit < 1:
            return []
        begun = {"prefix": {"by_name": " ".join(words)}}
        query = {
            "filter": [*_completing(words), still_public()],
            # Titles that begin with what is typed come first, then the others; each by name.
            "should": [{"constant_score": {"filter": begun}}],
        }
        body = {"query": {"bool": query}, "sort": ["_score", "by_name"], "size": limit}
        hits = self._ask(body | {"docvalue_fields": ["id", "title"]})["hits"]["hits"]
        found = [(hit["fields"]["title"][0], int(hit["fields"]["id"][0])) for hit in hits]
        return [Suggestion("listing", title, title, identifier) for title, identifier in found]

    def clusters(self, query: Query, zoom: int) -> list[Cluster]:
        selection = Selection(query, self._known)
        while not self._count(selection.full()) and self._bend(selection):
            pass
        squares = squares_per_side(zoom, query.bbox)
        grid = {
            "geotile_grid": {
                "field": "seat",
                "precision": int(math.log2(squares)),
                "size": 65_000,
            },
            "aggs": {
                "lat": {"avg": {"field": "lat"}},
                "lon": {"avg": {"field": "lon"}},
                "id": {"min": {"field": "id"}},
            },
        }
        answer = self._ask({"query": selection.full(), "size": 0, "aggs": {"squares": grid}})
        return [
            Cluster(
                lat=square["lat"]["value"],
                lon=square["lon"]["value"],
                count=square["doc_count"],
                id=int(square["id"]["value"]) if square["doc_count"] == 1 else None,
            )
            for square in answer["aggregations"]["squares"]["buckets"]
        ]

    def _count(self, query: Body) -> int:
        return _total(self._ask({"query": query, "size": 0, "track_total_hits": True}))

    def _ask(self, body: Body) -> dict[str, Any]:
        asked = {"docvalue_fields": _FOUND, **body}
        with answering():
            found: dict[str, Any] = self.store.client.search(
                index=self.store.alias, **_named(asked)
            ).body
        return found

    # Writing

    def index(self, documents: Iterable[InitiativeDocument]) -> int:
        return self.store.put(documents)

    def remove(self, ids: Iterable[int]) -> None:
        self.store.delete(ids)

    def rebuild(self, documents: Iterable[InitiativeDocument]) -> int:
        return self.store.replace(documents)

    def fingerprints(self) -> Iterator[tuple[int, str]]:
        body: Body = {"size": _BATCH, "sort": ["id"], "docvalue_fields": ["id", "fingerprint"]}
        while hits := self._ask(body)["hits"]["hits"]:
            for hit in hits:
                yield int(hit["fields"]["id"][0]), str(hit["fields"]["fingerprint"][0])
            body["search_after"] = hits[-1]["sort"]

    def stats(self) -> EngineStats:
        client, alias = self.store.client, self.store.alias
        with answering():
            count = int(client.count(index=alias)["count"])
            size = client.indices.stats(index=alias, metric="store")["_all"]["total"]["store"]
        return EngineStats("elasticsearch", count, int(size["size_in_bytes"]))


def _completing(words: list[str]) -> list[Body]:
    """Return what a title must hold to complete ``words``, the last one perhaps unfinished."""
    *finished, last = words
    ways = [
        [{"term": {"title_stems": stem(word)}}, {"term": {"title_exact": word}}]
        for word in finished
    ]
    ways.append([{"prefix": {"title_exact": last}}, {"term": {"title_stems": stem(last)}}])
    return [{"bool": {"should": way}} for way in ways]


def _named(body: Body) -> Body:
    # "from" is a word of Python: the client has another name for it.
    return {"from_" if name == "from" else name: part for name, part in body.items()}


def _total(answer: dict[str, Any]) -> int:
    return int(answer["hits"]["total"]["value"])


def _counts(answer: dict[str, Any], name: str, query: Query) -> dict[str, int]:
    prefix = len(name) + 1 if facet_field(name, query.geography).startswith("extra:") else 0
    buckets = answer["aggregations"][name]["values"]["buckets"]
    return {bucket["key"][prefix:]: bucket["doc_count"] for bucket in buckets}


def _hit(found: dict[str, Any], near: Point | None) -> Hit:
    values = found["fields"]
    km = None
    if near and "lat" in values:
        km = distance_km(near.lat, near.lon, values["lat"][0], values["lon"][0])
    return Hit(int(values["id"][0]), found.get("_score") or 0.0, km)
