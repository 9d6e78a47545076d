"""From conditions to tantivy queries, exact circles included."""

from __future__ import annotations

import tantivy
from tantivy import FieldType, Query

from bdis_cms.gazetteer.geometry import distance_km
from bdis_search.backends.tantivy.cells import cover, cover_box
from bdis_search.backends.tantivy.matching import every, some, total_of
from bdis_search.backends.tantivy.schema import schema
from bdis_search.backends.tantivy.store import Opened
from bdis_search.conditions import AnyOf, Box, Circle, Condition, Terms
from bdis_search.query import BBox

# So many values are followed in their lists; a set of more is first written out for all documents.
_FEW = 8
_SMALL = 1.0  # degrees


def condition_query(condition: Condition, opened: Opened, *, among_words: bool = False) -> Query:
    """Return the tantivy query of ``condition`` for the index as opened.

    ``among_words`` tells that it is asked of the few documents that hold some words.
    """
    match condition:
        case Terms(field, values):
            return _terms(field, values)
        case Circle(center, km):
            asked = center.lat, center.lon, km
            return opened.kept(("circle", *asked), lambda: _circle(opened, *asked))
        case Box(bbox):
            return _box(bbox, among_words)
        case AnyOf(conditions):
            return some(
                [condition_query(one, opened, among_words=among_words) for one in conditions]
            )


def still_public(today: int, opened: Opened) -> list[Query]:
    """Return the condition that leaves out lapsed listings; none when no document has lapsed."""
    if not opened.kept(("lapsed", today), lambda: _lapsed(opened, today)):
        return []
    return [
        Query.range_query(schema(), "public_until", FieldType.Unsigned, lower_bound=max(0, today))
    ]


def not_hidden(ids: frozenset[int]) -> list[Query]:
    """Return the condition that leaves out the listings ``ids``; none when there are none."""
    if not ids:
        return []
    hidden = Query.term_set_query(schema(), "id", sorted(ids))
    everything = (tantivy.Occur.Must, Query.all_query())
    return [Query.boolean_query([everything, (tantivy.Occur.MustNot, hidden)])]


def _terms(field: str, values: frozenset[str]) -> Query:
    if field.startswith("extra:"):
        facet = field.removeprefix("extra:")
        field, values = "extra", frozenset(f"{facet}={value}" for value in values)
    if len(values) <= _FEW:
        return some([Query.term_query(schema(), field, value, "basic") for value in sorted(values)])
    return Query.term_set_query(schema(), field, sorted(values))


def _box(bbox: BBox, among_words: bool) -> Query:
    # Ranges are compared with one document after the other: well for a few, or where cells hold
    # many; alone, that would be every document there is.
    ranges = [
        _between("lat", bbox.south, bbox.north),
        _between("lon", bbox.west, bbox.east),
    ]
    if among_words and max(bbox.north - bbox.south, bbox.east - bbox.west) > _SMALL:
        return every(ranges)
    cells = cover_box(bbox)
    parts = []
    if cells.inside:
        parts.append(Query.term_set_query(schema(), "cells", list(cells.inside)))
    if cells.edge:
        edge = Query.term_set_query(schema(), "cells", list(cells.edge))
        parts.append(every([edge, *ranges]))
    return some(parts)


def _between(field: str, low: float, high: float) -> Query:
    return Query.range_query(schema(), field, FieldType.Float, lower_bound=low, upper_bound=high)


def _lapsed(opened: Opened, today: int) -> bool:
    lapsed = Query.range_query(
        schema(), "public_until", FieldType.Unsigned, upper_bound=today, include_upper=False
    )
    return total_of(opened.searcher.search(lapsed, 1)) > 0


def _circle(opened: Opened, lat: float, lon: float, km: float) -> Query:
    cells = cover(lat, lon, km)
    searcher = opened.searcher
    parts = []
    if cells.inside:
        parts.append(Query.term_set_query(schema(), "cells", list(cells.inside)))
    if cells.edge:
        edge = Query.term_set_query(schema(), "cells", list(cells.edge))
        near = [
            identifier
            for identifier, away in measured(searcher, edge, lat, lon)
            if away is not None and away <= km
        ]
        if near:
            parts.append(Query.term_set_query(schema(), "id", near))
    return some(parts) if parts else Query.empty_query()


def measured(
    searcher: tantivy.Searcher, query: Query, lat: float, lon: float
) -> list[tuple[int, float | None]]:
    """Return (id, km from the point; ``None`` without seat) of every document of ``query``."""
    limit = max(1, searcher.num_docs)
    addresses = [hit[1] for hit in searcher.search(query, limit, count=False).hits]
    ids = searcher.fast_field_values("id", addresses)
    lats = searcher.fast_field_values("lat", addresses)
    lons = searcher.fast_field_values("lon", addresses)
    return [
        (
            int(identifier),
            None if at_lat is None or at_lon is None else distance_km(lat, lon, at_lat, at_lon),
        )
        for identifier, at_lat, at_lon in zip(ids, lats, lons, strict=True)
        if identifier is not None
    ]
