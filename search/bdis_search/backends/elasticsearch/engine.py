"""Elasticsearch behind the port."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from bdis_search.backends.base import SearchEngine
from bdis_search.backends.elasticsearch.clustering import clusters
from bdis_search.backends.elasticsearch.completing import completions
from bdis_search.backends.elasticsearch.connecting import connect
from bdis_search.backends.elasticsearch.explanations import explanations
from bdis_search.backends.elasticsearch.options import read_options
from bdis_search.backends.elasticsearch.paging import hit, page_of_hits
from bdis_search.backends.elasticsearch.selection import Selection, total
from bdis_search.backends.elasticsearch.store import Store
from bdis_search.documents import InitiativeDocument
from bdis_search.query import Cluster, EngineStats, Explanation, Query, Results, Suggestion

_BATCH = 2_000


class Engine(SearchEngine):
    """An index in a cluster of Elasticsearch 8 or 9, shared by every machine of the site."""

    is_remote = True

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._read = read_options(options)
        self._connect()

    def _connect(self) -> None:
        self._store = Store(connect(self._read), self._read)
        self._pid = os.getpid()

    @property
    def store(self) -> Store:
        """The index; connections are not shared with the process that forked this one."""
        if self._pid != os.getpid():
            self._connect()
        return self._store

    # Searching

    def search(self, query: Query) -> Results:
        selection = Selection(self.store, query)
        answer = page_of_hits(selection)
        while not total(answer) and selection.bend():
            answer = page_of_hits(selection)
        scored = selection.scores
        return Results(
            total=total(answer),
            hits=tuple(hit(one, query.near, scored=scored) for one in answer["hits"]["hits"]),
            counts=selection.counts(answer),
            forgiven=selection.reading.forgiven,
            relaxed=selection.reading.relaxed,
        )

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        return completions(self.store, text, limit)

    def clusters(self, query: Query, zoom: int) -> list[Cluster]:
        return clusters(Selection(self.store, query), zoom)

    def explain(self, query: Query, ids: Collection[int]) -> dict[int, Explanation]:
        selection = Selection(self.store, query)
        selection.settle()
        return explanations(selection, ids)

    # Writing

    def index(self, documents: Iterable[InitiativeDocument]) -> int:
        return self.store.put(documents)

    def remove(self, ids: Iterable[int]) -> None:
        self.store.delete(ids)

    def rebuild(self, documents: Iterable[InitiativeDocument]) -> int:
        return self.store.replace(documents)

    def fingerprints(self) -> Iterator[tuple[int, str]]:
        body: dict[str, Any] = {
            "size": _BATCH,
            "sort": ["id"],
            "track_total_hits": False,
            "docvalue_fields": ["id", "fingerprint"],
            "stored_fields": "_none_",
        }
        while hits := self.store.search(body)["hits"]["hits"]:
            for one in hits:
                yield int(one["fields"]["id"][0]), str(one["fields"]["fingerprint"][0])
            body["search_after"] = hits[-1]["sort"]

    def stats(self) -> EngineStats:
        documents, size_bytes = self.store.measured()
        return EngineStats("elasticsearch", documents, size_bytes, self.store.version())
