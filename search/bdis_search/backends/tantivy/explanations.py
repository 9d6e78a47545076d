"""Why hits score what they do."""

from __future__ import annotations

import math
from collections.abc import Collection

from tantivy import Occur
from tantivy import Query as TantivyQuery

from bdis_search.backends.tantivy.matching import compiled
from bdis_search.backends.tantivy.schema import schema
from bdis_search.backends.tantivy.selection import Selection
from bdis_search.explaining import Leaf, Scores, explained
from bdis_search.query import Explanation


def explanations(selection: Selection, ids: Collection[int]) -> dict[int, Explanation]:
    """Return why the listings ``ids`` score what they do for the text as it is read."""
    wanted = sorted(ids)
    if not wanted:
        return {}
    searcher = selection.opened.searcher
    asked = TantivyQuery.term_set_query(schema(), "id", wanted)
    alone = TantivyQuery.const_score_query(asked, 0.0)

    def of_each(leaf: Leaf) -> Scores:
        query = TantivyQuery.boolean_query([(Occur.Must, compiled(leaf)), (Occur.Must, alone)])
        hits = searcher.search(query, len(wanted), count=False).hits
        found = searcher.fast_field_values("id", [address for _, address in hits])
        return {
            int(identifier or 0): float(score)
            for (score, _), identifier in zip(hits, found, strict=True)
        }

    addresses = [address for _, address in searcher.search(asked, len(wanted), count=False).hits]
    weights = zip(
        searcher.fast_field_values("id", addresses),
        searcher.fast_field_values("weight", addresses),
        strict=True,
    )
    factors = {int(found or 0): math.log2(2 + (weight or 0)) for found, weight in weights}
    return explained(
        selection.reading, wanted, lambda leaves: [of_each(leaf) for leaf in leaves], factors
    )
