"""Why hits score what they do."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from elasticsearch.dsl import Q, Search
from elasticsearch.dsl import query as es

from bdis_search.backends.elasticsearch.compiling import any_id, compiled
from bdis_search.backends.elasticsearch.selection import Selection
from bdis_search.explaining import Leaf, Scores, explained
from bdis_search.query import Explanation

_MOST_HITS = 10_000


def explanations(selection: Selection, ids: Collection[int]) -> dict[int, Explanation]:
    """Return why the listings ``ids`` score what they do for the text as it is read."""
    wanted = sorted(ids)[:_MOST_HITS]
    factors: dict[int, float] = {}

    def of_each(leaves: Iterable[Leaf]) -> list[Scores]:
        named = [
            es.Bool(must=[Q(compiled(leaf))], _name=str(rank)) for rank, leaf in enumerate(leaves)
        ]
        search = Search().query(es.Bool(filter=[Q(any_id(wanted))], should=named))
        search = search.extra(size=len(wanted), docvalue_fields=["id", "factor"])
        answer = selection.store.search(
            search.to_dict(), include_named_queries_score=True, **selection.parameters
        )
        scores: list[dict[int, float]] = [{} for _ in named]
        for hit in answer["hits"]["hits"]:
            identifier = int(hit["fields"]["id"][0])
            factors[identifier] = hit["fields"]["factor"][0]
            for name, score in _named(hit).items():
                scores[int(name)][identifier] = score
        return [*scores]

    if not wanted:
        return {}
    return explained(selection.reading, wanted, of_each, factors)


def _named(hit: dict[str, Any]) -> dict[str, float]:
    return hit.get("matched_queries") or {}
