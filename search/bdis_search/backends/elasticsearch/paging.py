"""Pages of hits, however far."""

from __future__ import annotations

from typing import Any

from bdis_cms.gazetteer.geometry import distance_km
from bdis_search.backends.elasticsearch.selection import Selection, total
from bdis_search.backends.elasticsearch.store import Answer
from bdis_search.query import Hit, Point

#: Beyond, Elasticsearch goes on from the sort keys of the last hit (index.max_result_window).
_WINDOW = 10_000
_FETCHED = {"docvalue_fields": ["id", "lat", "lon"], "stored_fields": "_none_"}


def page_of_hits(selection: Selection) -> Answer:
    """Return the answer that holds the page asked and the counts; no hit past the last page."""
    query, body = selection.query, selection.body()
    size = max(0, query.page_size)
    if query.offset + size <= _WINDOW:
        page = {"from": query.offset if size else 0, "size": size}
        return selection.store.search(body | _FETCHED | page, **selection.parameters)
    first = selection.store.search(body | {"size": 0}, **selection.parameters)
    if query.offset < total(first):
        first["hits"]["hits"] = _far(selection, body, size)
    return first


def _far(selection: Selection, body: dict[str, Any], size: int) -> list[dict[str, Any]]:
    """Return the hits of a far page, walked to by the sort keys."""
    kept = {name: part for name, part in body.items() if name != "aggs"}
    parameters = {name: how for name, how in selection.parameters.items() if name != "preference"}
    before = selection.query.offset
    with selection.store.standing_still() as still:
        walk = kept | _FETCHED | still | {"track_total_hits": False}
        while before:
            step = walk | {"size": min(_WINDOW, before), "docvalue_fields": []}
            hits = selection.store.search(step, **parameters)["hits"]["hits"]
            if len(hits) < step["size"]:
                return []
            walk["search_after"] = hits[-1]["sort"]
            before -= len(hits)
        found: list[dict[str, Any]] = []
        while len(found) < size:
            step = walk | {"size": min(_WINDOW, size - len(found))}
            hits = selection.store.search(step, **parameters)["hits"]["hits"]
            found += hits
            if len(hits) < step["size"]:
                break
            walk["search_after"] = hits[-1]["sort"]
        return found


def hit(found: dict[str, Any], near: Point | None, *, scored: bool) -> Hit:
    """Return a hit of an answer; its distance is computed here, the same for every engine."""
    values = found["fields"]
    km = None
    if near and "lat" in values:
        km = distance_km(near.lat, near.lon, values["lat"][0], values["lon"][0])
    return Hit(int(values["id"][0]), found["sort"][0] if scored else 0.0, km)
