"""Searches over 100,000 listings: the engine behind the port against a hand-written query."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import replace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdis_site.settings.dev")

COUNT = int(os.environ.get("BDIS_BENCH_LISTINGS", "100000"))


def main() -> None:
    """Print medians and 95th percentiles in milliseconds."""
    import django

    django.setup()
    from bdis_search.backends.tantivy import Engine
    from bdis_search.query import FACETS, Point, Sort
    from bench._by_hand import FIVE, Tantivy
    from bench._corpus import documents, searches
    from bench._measure import timed

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
        by_hand = Tantivy(engine)
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


if __name__ == "__main__":
    main()
