"""From expressions and conditions to the queries of Elasticsearch, as plain bodies.

Not as objects of ``elasticsearch.dsl``: a search has some fifty of them, and making and writing
them took 0.5 ms of the 4 that a search takes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bdis_search import expressions as asked
from bdis_search.conditions import AnyOf, Box, Circle, Condition, Terms

Body = dict[str, Any]
#: Elasticsearch keeps points to the centimetre.
_PRECISION_M = 0.02
#: More terms than one letter away there ever are: none is left out.
_ALL_TYPOS = 10_000
#: What Elasticsearch takes in one ``terms`` query.
_MOST_TERMS = 60_000


def compiled(expression: asked.Expression, boost: float = 1.0) -> Body:
    """Return the query of ``expression``, its score multiplied by ``boost``."""
    match expression:
        case asked.Token(field, token):
            return {"term": {field: {"value": token, "boost": boost}}}
        case asked.Phrase(field, tokens):
            return {"match_phrase": {field: {"query": " ".join(tokens), "boost": boost}}}
        case asked.Typo(field, token):
            return _fixed(_typo(field, token), boost)
        case asked.Ids(ids):
            return _fixed(any_id(list(ids)), boost)
        case asked.All(parts, wished):
            must, should = [compiled(part) for part in parts], [compiled(part) for part in wished]
            return {"bool": {"must": must, "should": should, "boost": boost}}
        case asked.Any(parts, at_least):
            either = [compiled(part) for part in parts]
            return {"bool": {"should": either, "minimum_should_match": at_least, "boost": boost}}
        case asked.Best(parts):
            queries = [compiled(part) for part in parts]
            return {"dis_max": {"queries": queries, "tie_breaker": asked.TIE, "boost": boost}}
        case asked.Boost(part, factor):
            return compiled(part, boost * factor)
        case asked.Fixed(part, score):
            return _fixed(compiled(part), boost * score)


def _fixed(query: Body, score: float) -> Body:
    return {"constant_score": {"filter": query, "boost": score}}


def _typo(field: str, token: str) -> Body:
    how = {"fuzziness": 1, "max_expansions": _ALL_TYPOS, "transpositions": True}
    return {"fuzzy": {field: {"value": token, **how, "rewrite": "constant_score"}}}


def filtering(condition: Condition) -> Body:
    """Return the query that keeps what ``condition`` allows."""
    match condition:
        case Terms(field, values):
            return _terms(field, values)
        case Circle(center, km):
            meters = max(km * 1000, _PRECISION_M)
            point = {"lat": center.lat, "lon": center.lon}
            return {"geo_distance": {"distance": f"{meters:.3f}m", "seat": point}}
        case Box(bbox):
            # By numbers, not as a geographic box: edges included, to the last digit.
            tall, wide = (bbox.south, bbox.north), (bbox.west, bbox.east)
            return every([_between("lat", *tall), _between("lon", *wide)])
        case AnyOf(conditions):
            return {"bool": {"should": [filtering(one) for one in conditions]}}


def every(filters: Iterable[Body]) -> Body:
    """Return the query that keeps what all ``filters`` keep; everything without any."""
    kept = list(filters)
    return {"bool": {"filter": kept}} if kept else {"match_all": {}}


def _between(field: str, low: float, high: float) -> Body:
    return {"range": {field: {"gte": low, "lte": high}}}


def _terms(field: str, values: frozenset[str]) -> Body:
    if field.startswith("extra:"):
        facet = field.removeprefix("extra:")
        field, values = "extra", frozenset(f"{facet}={value}" for value in values)
    return _one_of(field, sorted(values))


def any_id(ids: list[int]) -> Body:
    """Return the query that keeps the listings ``ids``."""
    return _one_of("id", ids)


def _one_of(field: str, listed: list[Any]) -> Body:
    parts = [
        {"terms": {field: listed[start : start + _MOST_TERMS]}}
        for start in range(0, len(listed), _MOST_TERMS)
    ]
    return parts[0] if len(parts) == 1 else {"bool": {"should": parts}}
