"""The embedded engine behind the port."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import tantivy
from django.core.exceptions import ImproperlyConfigured
from tantivy import Query as TantivyQuery

from bdis_search.backends.base import SearchEngine
from bdis_search.backends.tantivy.clustering import clusters
from bdis_search.backends.tantivy.completing import completions
from bdis_search.backends.tantivy.explanations import explanations
from bdis_search.backends.tantivy.ordering import page_of_hits
from bdis_search.backends.tantivy.schema import schema, to_tantivy
from bdis_search.backends.tantivy.selection import Selection
from bdis_search.backends.tantivy.store import Store, Writer
from bdis_search.documents import InitiativeDocument
from bdis_search.query import Cluster, EngineStats, Explanation, Query, Results, Suggestion

_BATCH = 2_000
T = TypeVar("T")


class Engine(SearchEngine):
    """tantivy in a folder: nothing to install, nothing to run, one machine."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        if not options.get("PATH"):
            raise ImproperlyConfigured(
                'BDIS_SEARCH["OPTIONS"] needs "PATH": a folder to keep the index in.'
            )
        self.store = Store(
            Path(options["PATH"]),
            float(options.get("LOCK_TIMEOUT", 30)),
            int(options.get("HEAP_MB", 64)) * 1_000_000,
        )

    # Searching

    def search(self, query: Query) -> Results:
        selection = Selection(self.store.open(), query)
        total, hits = page_of_hits(selection)
        while not total and selection.bend():
            total, hits = page_of_hits(selection)
        return Results(
            total=total,
            hits=hits,
            counts=selection.counts(),
            forgiven=selection.reading.forgiven,
            relaxed=selection.reading.relaxed,
        )

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        return completions(self.store.open(), text, limit)

    def clusters(self, query: Query, zoom: int) -> list[Cluster]:
        selection = Selection(self.store.open(), query)
        selection.settle()
        return clusters(selection, zoom)

    def explain(self, query: Query, ids: Collection[int]) -> dict[int, Explanation]:
        selection = Selection(self.store.open(), query)
        selection.settle()
        return explanations(selection, ids)

    # Writing

    def index(self, documents: Iterable[InitiativeDocument]) -> int:
        count = 0
        with self.store.writing() as writer:
            for batch in batched(documents, _BATCH):
                latest = {document.id: document for document in batch}
                _delete(writer, list(latest))
                for document in latest.values():
                    writer.add_document(to_tantivy(document))
                count += len(batch)
        return count

    def remove(self, ids: Iterable[int]) -> None:
        with self.store.writing() as writer:
            for batch in batched(ids, _BATCH):
                _delete(writer, list(batch))

    def rebuild(self, documents: Iterable[InitiativeDocument]) -> int:
        seen: set[int] = set()
        with self.store.rebuilding() as writer:
            for document in documents:
                if document.id in seen:
                    _delete(writer, [document.id])
                seen.add(document.id)
                writer.add_document(to_tantivy(document))
        return len(seen)

    def fingerprints(self) -> Iterator[tuple[int, str]]:
        searcher = self.store.open().searcher
        last: int | None = -1
        while last is not None:
            beyond = TantivyQuery.range_query(
                schema(), "id", tantivy.FieldType.Unsigned, last + 1, None
            )
            last = None
            for _, address in searcher.search(
                beyond, _BATCH, count=False, order_by_field="id", order=tantivy.Order.Asc
            ).hits:
                stored = searcher.doc(address)
                last = int(stored.get_first("id") or 0)
                yield last, str(stored.get_first("fingerprint") or "")

    def stats(self) -> EngineStats:
        opened = self.store.open()
        return EngineStats(
            "tantivy", opened.searcher.num_docs, self.store.size_bytes(), version("tantivy")
        )


def _delete(writer: Writer, ids: list[int]) -> None:
    # Not delete_documents_by_term: with tantivy-py 0.27 it deletes nothing in an index that was
    # reopened with a schema of integers.
    writer.delete_documents_by_query(TantivyQuery.term_set_query(schema(), "id", ids))


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of at most ``size`` items."""
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch
