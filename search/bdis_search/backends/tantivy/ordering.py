"""Pages of hits in each order; ties are settled by name, then by id."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import groupby

import tantivy
from tantivy import Occur, Order
from tantivy import Query as TantivyQuery

from bdis_cms.gazetteer.geometry import distance_km
from bdis_cms.text import fold
from bdis_search.backends.tantivy.cells import cover
from bdis_search.backends.tantivy.filtering import measured
from bdis_search.backends.tantivy.matching import total_of
from bdis_search.backends.tantivy.schema import schema
from bdis_search.backends.tantivy.selection import Selection
from bdis_search.query import Hit, Point, Query, Sort

_KEYS = {Sort.NAME: "by_name", Sort.RECENT: "by_recent"}
_FIRST_RING_KM = 2.0
_HALF_TURN_KM = 20_100.0  # more than any two points are apart
_FEW = 500

Found = list[tuple[float, tantivy.DocAddress]]


def page_of_hits(selection: Selection) -> tuple[int, tuple[Hit, ...]]:
    """Return the exact total and the page that the query asks for, empty past the last one."""
    query = selection.query
    searcher = selection.opened.searcher
    if query.page_size < 1:
        return selection.count(selection.full()), ()
    if query.sort is Sort.DISTANCE and query.near:
        total = selection.count(selection.full())
        return total, _nearest(selection, query.near, total) if query.offset < total else ()
    # Nothing is near or far without a point: the order is then that of relevance.
    if query.sort in (Sort.RELEVANCE, Sort.DISTANCE) and selection.reading.match:
        total, found = _best(searcher, selection.ranked(), query)
    else:
        answer = searcher.search(
            selection.full(),
            query.page_size,
            offset=query.offset,
            order_by_field=_KEYS.get(query.sort, "by_quality"),
            order=Order.Asc,
        )
        total = total_of(answer)
        found = [(0.0, address) for _, address in answer.hits]
    return total, _hits(searcher, found, query.near)


def _hits(searcher: tantivy.Searcher, found: Found, near: Point | None) -> tuple[Hit, ...]:
    addresses = [address for _, address in found]
    ids = searcher.fast_field_values("id", addresses)
    away: list[float | None] = [None] * len(ids)
    if near:
        lats = searcher.fast_field_values("lat", addresses)
        lons = searcher.fast_field_values("lon", addresses)
        away = [
            None if lat is None or lon is None else distance_km(near.lat, near.lon, lat, lon)
            for lat, lon in zip(lats, lons, strict=True)
        ]
    return tuple(
        Hit(int(identifier or 0), score, km)
        for (score, _), identifier, km in zip(found, ids, away, strict=True)
    )


def _best(searcher: tantivy.Searcher, ranked: TantivyQuery, query: Query) -> tuple[int, Found]:
    """Return the total and the page by score.

    Equal scores, which tantivy leaves in no order, are settled by name, then id.
    """
    end = query.offset + query.page_size
    limit = end + 1
    answer = searcher.search(ranked, limit, weight_by_field="weight")
    total, hits = total_of(answer), answer.hits
    # The last hits may tie with some that are not here yet: fetch until they do not.
    while len(hits) == limit < total and hits[-1][0] == hits[end - 1][0]:
        limit = min(limit * 4, total)
        hits = searcher.search(ranked, limit, count=False, weight_by_field="weight").hits
    ordered: Found = []
    for score, group in groupby(hits, key=lambda hit: float(hit[0])):
        tied = [address for _, address in group]
        if len(tied) > 1 and len(ordered) < end:
            tied = _by_name(searcher, tied)
        ordered += [(score, address) for address in tied]
    return total, ordered[query.offset : end]


def _by_name(
    searcher: tantivy.Searcher, addresses: list[tantivy.DocAddress]
) -> list[tantivy.DocAddress]:
    def key(address: tantivy.DocAddress) -> tuple[str, int]:
        stored = searcher.doc(address)
        return fold(stored.get_first("title") or ""), int(stored.get_first("id") or 0)

    return sorted(addresses, key=key)


def _nearest(selection: Selection, near: Point, total: int) -> tuple[Hit, ...]:
    """Return the page by distance: rings are widened until they hold enough documents.

    Listings without a seat come last, by name.
    """
    query = selection.query
    searcher = selection.opened.searcher
    end = query.offset + query.page_size
    full = selection.full()
    ring: list[tuple[int, float | None]] = []
    km = _FIRST_RING_KM if total > _FEW else _HALF_TURN_KM
    while True:
        everywhere = km >= _HALF_TURN_KM
        ring = measured(
            searcher, full if everywhere else _within_cells(full, near, km), near.lat, near.lon
        )
        # Cells reach beyond the circle: only what is inside it is sure to be the nearest.
        inside = [(away, identifier) for identifier, away in ring if away is not None]
        if everywhere or sum(away <= km for away, _ in inside) >= end:
            break
        km = _HALF_TURN_KM if km > 1500 else km * (2 if len(ring) > end // 4 else 4)
    page = heapq.nsmallest(end, inside) if end < len(inside) // 4 else sorted(inside)
    page = _ties_by_name(selection, page, inside, end)
    hits = [Hit(identifier, 0.0, away) for away, identifier in page[query.offset : end]]
    missing = end - max(len(inside), query.offset)
    if everywhere and missing > 0:
        hits += _without_seat(selection, max(0, query.offset - len(inside)), missing)
    return tuple(hits[: query.page_size])


def _within_cells(full: TantivyQuery, near: Point, km: float) -> TantivyQuery:
    cells = cover(near.lat, near.lon, km, 4)
    inside = TantivyQuery.term_set_query(schema(), "cells", [*cells.inside, *cells.edge])
    return TantivyQuery.boolean_query([(Occur.Must, full), (Occur.Must, inside)])


def _ties_by_name(
    selection: Selection,
    page: list[tuple[float, int]],
    inside: list[tuple[float, int]],
    end: int,
) -> list[tuple[float, int]]:
    """Order listings at the very same distance (one address, one commune) by name, then id."""
    if len(page) > end - 1 and page:
        last = page[min(end, len(page)) - 1][0]
        page = sorted(entry for entry in inside if entry[0] <= last)
    ordered: list[tuple[float, int]] = []
    for away, group in groupby(page, key=lambda entry: entry[0]):
        tied = [identifier for _, identifier in group]
        if len(tied) > 1 and len(ordered) < end:
            tied = list(_ids_by_name(selection, tied))
        ordered += [(away, identifier) for identifier in tied]
    return ordered


def _ids_by_name(selection: Selection, ids: list[int]) -> Iterator[int]:
    searcher = selection.opened.searcher
    found = searcher.search(
        TantivyQuery.term_set_query(schema(), "id", ids),
        len(ids),
        count=False,
        order_by_field="by_name",
        order=Order.Asc,
    ).hits
    for identifier in searcher.fast_field_values("id", [address for _, address in found]):
        yield int(identifier or 0)


def _without_seat(selection: Selection, offset: int, count: int) -> list[Hit]:
    searcher = selection.opened.searcher
    seated = TantivyQuery.exists_query("lat")
    query = TantivyQuery.boolean_query([(Occur.Must, selection.full()), (Occur.MustNot, seated)])
    found = searcher.search(
        query, count, count=False, offset=offset, order_by_field="by_name", order=Order.Asc
    ).hits
    return list(_hits(searcher, [(0.0, address) for _, address in found], None))
