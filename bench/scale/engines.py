"""An engine behind the port against a query written for it; a process of its own.

``python -m bench.scale.engines tantivy|elasticsearch COUNT``: JSON on standard output.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench.scale import directory

QUERIES = 300


def main(name: str, count: int) -> None:
    """Measure the engine ``name`` over ``count`` synthetic listings."""
    directory.setup(0)
    with opened(name, str(count)) as (engine, node):
        built = build(engine, node, name, count)
        print(json.dumps({**built, **measure(engine, name), "memory_mb": memory(node)}))


@contextlib.contextmanager
def opened(name: str, index: str) -> Iterator[tuple[Any, Any]]:
    """Give an engine whose index is kept between runs, and the server behind it, if any."""
    from bench._corpus import FOLDER

    if name == "tantivy":
        from bdis_search.backends.tantivy import Engine as Embedded

        yield Embedded({"PATH": FOLDER / "engines" / f"tantivy-{index}", "HEAP_MB": 256}), None
        return
    from bdis_search.backends.elasticsearch import Engine as Shared
    from tests.elasticsearch.distribution import distribution
    from tests.elasticsearch.node import Node

    data = FOLDER / "engines" / f"elasticsearch-{index}"
    data.mkdir(parents=True, exist_ok=True)
    node = Node(distribution("9"), heap="1g", **{"path.data": data})
    try:
        node.start()
        yield Shared({"HOSTS": [node.url], "INDEX": "bench", "TIMEOUT": 60}), node
    finally:
        node.remove()


def build(engine: Any, node: Any, name: str, count: int) -> dict[str, Any]:
    """Return what the index is; built now unless it is kept from an earlier run."""
    from bdis_search.backends.base import EngineUnavailable
    from bdis_search.indexed import SCHEMA_VERSION
    from bench._corpus import FOLDER, documents

    note = FOLDER / "engines" / f"{name}-{count}.json"
    made: dict[str, Any] = json.loads(note.read_text("utf-8")) if note.exists() else {}
    with contextlib.suppress(EngineUnavailable):
        if made.get("schema") == SCHEMA_VERSION and engine.stats().documents == count:
            return made
    began = time.perf_counter()
    engine.rebuild(documents(count))
    if name == "elasticsearch":  # the node is ended at once, its index is kept
        engine.store.client.indices.flush(index=engine.store.alias)
    made = {
        "schema": SCHEMA_VERSION,
        "build_peak_mb": memory(node),
        "documents": engine.stats().documents,
        "build_s": round(time.perf_counter() - began, 1),
        "index_mb": round((engine.stats().size_bytes or 0) / 1e6, 1),
    }
    note.write_text(json.dumps(made), encoding="utf-8")
    return made


def measure(engine: Any, name: str) -> dict[str, Any]:
    """Return the times of the same searches by hand and through the port, taking turns."""
    from bench import _by_hand
    from bench._corpus import searches
    from bench._measure import figures, side_by_side

    by_hand: Any = {"tantivy": _by_hand.Tantivy, "elasticsearch": _by_hand.Elasticsearch}[name]
    bare = by_hand(engine)
    queries = searches(QUERIES, _by_hand.FIVE)
    for query in queries[:100]:  # warm up, and check that both answer alike
        alike = engine.search(query).total == bare.search(query)
        assert alike or engine.search(query).forgiven, query
    spent = side_by_side([bare.search, engine.search], queries)
    return {"by_hand": figures(spent[0]), "port": figures(spent[1])}


def memory(node: Any) -> float:
    """Return the peak of the process that searches: this one, or the server."""
    from bench._measure import peak_mb

    return peak_mb(node.process.pid if node else "self")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
