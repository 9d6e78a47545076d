"""The page and the API over HTTP against the bare queries of both engines, on the same listings.

``python -m bench.scale.pages COUNT``: JSON on standard output.
"""

from __future__ import annotations

import json
import sys
from typing import Any

QUERIES = 200
WARM_UP = 40


def main(count: int) -> None:
    """Measure the directory of ``count`` listings."""
    from bench.scale import directory

    directory.setup(count)
    from bench.scale.engines import opened

    with (
        opened("elasticsearch", f"pages-{count}") as (shared, _node),
        directory.served(count) as server,
    ):
        _fill(shared)
        print(json.dumps(_measure(shared, server)))


def _fill(shared: Any) -> None:
    """Give Elasticsearch the documents of the embedded engine."""
    from bdis_search.backends.base import EngineUnavailable
    from bdis_search.building import build_documents
    from bdis_search.engine import engines

    try:
        kept = shared.stats().documents
    except EngineUnavailable:
        kept = 0
    if kept != engines()["primary"].stats().documents:
        shared.rebuild(build_documents())


def _measure(shared: Any, server: Any) -> dict[str, Any]:
    from django.http import QueryDict

    from bdis_search.engine import get_engine
    from bdis_search.params import parse_query
    from bench import _by_hand
    from bench._measure import figures, peak_mb, side_by_side
    from bench.scale.directory import searches

    embedded = get_engine()
    bare = {"tantivy": _by_hand.Tantivy(embedded), "elasticsearch": _by_hand.Elasticsearch(shared)}
    asked = searches(QUERIES)
    queries = {search: parse_query(QueryDict(search)) for search in asked}
    acts = {
        "tantivy_by_hand": lambda search: bare["tantivy"].search(queries[search]),
        "elasticsearch_by_hand": lambda search: bare["elasticsearch"].search(queries[search]),
        "port_all_facets": lambda search: embedded.search(queries[search]),
        "page": lambda search: server.get(f"/recherche/?{search}"),
        "api": lambda search: server.get(f"/api/v1/initiatives?{search}"),
        "api_without_facets": lambda search: server.get(f"/api/v1/initiatives?{search}&facets=0"),
    }
    side_by_side(list(acts.values()), asked[:WARM_UP])
    spent = side_by_side(list(acts.values()), asked)
    return {
        "listings": embedded.stats().documents,
        "index_mb": round((embedded.stats().size_bytes or 0) / 1e6, 1),
        **{name: figures(times) for name, times in zip(acts, spent, strict=True)},
        "memory_mb": peak_mb(server.worker()),
        "page_kb": round(len(server.get(f"/recherche/?{asked[0]}")) / 1e3, 1),
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
