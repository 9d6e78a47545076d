"""Searches over 100,000 listings: the engine behind the port against a hand-written query."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdis_site.settings.dev")

COUNT = int(os.environ.get("BDIS_BENCH_LISTINGS", "100000"))
FIVE = ("family", "activity", "legal_family", "region", "department")


def main() -> None:
    """Print medians and 95th percentiles in milliseconds."""
    import django

    django.setup()
    from bdis_search.backends.tantivy import Engine
    from bdis_search.query import FACETS, Point, Sort
    from bench._corpus import documents, searches

    with tempfile.TemporaryDirectory(prefix="bdis-bench-") as folder:
        engine = Engine({"PATH": folder, "HEAP_MB": 256})
        began = time.perf_counter()
        count = engine.rebuild(documents(COUNT))
        seconds = time.perf_counter() - began
        stats = engine.stats()
        print(
            f"{count} documents made and indexed in {seconds:.1f} s, "
            f"{(stats.size_bytes or 0) / 1e6:.0f} MB"
        )
        queries = searches(300, FIVE)
        by_hand = HandWritten(engine)
        for query in queries[:50]:  # warm up, and check that both answer alike
            assert engine.search(query).total == by_hand.search(query)
        bare = timed("bare tantivy, five facets", by_hand.search, queries)
        port = timed("engine.search, five facets", engine.search, queries)
        print(f"{'':34} the port costs × {port / bare:.2f}")
        timed("engine.search, all facets", engine.search, searches(300, FACETS))
        paris = Point(48.8566, 2.3522)
        places = [
            replace(query, near=Point(43 + place % 50 / 10, place % 60 / 10), bbox=None)
            for place, query in enumerate(queries)
        ]
        circles = [replace(query, radius_km=30.0) for query in places]
        timed("within 30 km, anywhere", engine.search, circles)
        around_paris = [replace(query, near=paris, radius_km=50.0) for query in places]
        timed("within 50 km of Paris", engine.search, around_paris)
        nearest = [replace(query, sort=Sort.DISTANCE, page=2) for query in places]
        timed("sorted by distance", engine.search, nearest)
        timed("sorted by name", engine.search, [replace(q, sort=Sort.NAME) for q in queries])
        misspelt = [replace(query, text="jadrin partgé") for query in queries[:100]]
        timed("misspelt", engine.search, misspelt)
        timed("suggestions", engine.suggest, ["ja", "asso", "la fer", "jardin d"] * 25)
        timed("map, zoom 6", lambda query: engine.clusters(query, 6), queries)
        timed("map, zoom 10", lambda query: engine.clusters(query, 10), queries)


def timed(label: str, act: Callable[[Any], object], arguments: Iterable[Any]) -> float:
    """Print and return the median (ms) of ``act`` over ``arguments``."""
    spent = []
    for argument in arguments:
        began = time.perf_counter()
        act(argument)
        spent.append((time.perf_counter() - began) * 1000)
    median = statistics.median(spent)
    p95 = statistics.quantiles(spent, n=20)[18]
    print(f"{label:34} median {median:7.2f} ms   p95 {p95:7.2f} ms   max {max(spent):7.2f} ms")
    return median


class HandWritten:
    """The same searches written straight for tantivy: the least they can cost."""

    FIELDS = {
        "family": "families",
        "activity": "activities",
        "legal_family": "legal_family",
        "region": "region",
        "department": "department",
    }

    def __init__(self, engine: Any) -> None:
        self.opened = engine.store.open()

    def search(self, query: Any) -> int:
        import tantivy
        from tantivy import FieldType, Occur
        from tantivy import Query as Bare

        from bdis_search.analysis import parse_text
        from bdis_search.backends.tantivy.schema import schema

        fields = schema()
        must = []
        for clause in parse_text(query.text).clauses:
            words = [
                (Occur.Must, Bare.term_query(fields, "any_stems", word.stem))
                for word in clause.words
            ]
            either = [(Occur.Should, Bare.boolean_query(words))]
            either += [
                (
                    Occur.Should,
                    Bare.phrase_query(fields, "any_stems", list(phrase))
                    if len(phrase) > 1
                    else Bare.term_query(fields, "any_stems", phrase[0]),
                )
                for phrase in clause.synonyms
            ]
            must.append((Occur.Must, Bare.boolean_query(either)))
        if query.bbox:
            for field, low, high in (
                ("lat", query.bbox.south, query.bbox.north),
                ("lon", query.bbox.west, query.bbox.east),
            ):
                between = Bare.range_query(
                    fields, field, FieldType.Float, lower_bound=low, upper_bound=high
                )
                must.append((Occur.Must, between))
        chosen = {
            name: (Occur.Must, Bare.term_set_query(fields, self.FIELDS[name], sorted(values)))
            for name, values in query.filters.items()
        }
        searcher: tantivy.Searcher = self.opened.searcher

        def where(without: str = "") -> Any:
            kept = [clause for name, clause in chosen.items() if name != without]
            return Bare.boolean_query([*must, *kept]) if must or kept else Bare.all_query()

        found = searcher.search(where(), 20)
        others = {
            name: {"terms": {"field": field, "size": 1000}}
            for name, field in self.FIELDS.items()
            if name not in chosen
        }
        searcher.aggregate(where(), others)
        for name in chosen:
            asked = {name: {"terms": {"field": self.FIELDS[name], "size": 1000}}}
            searcher.aggregate(where(name), asked)
        return int(found.count or 0)


if __name__ == "__main__":
    main()
