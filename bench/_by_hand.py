"""The searches of the benchmarks written straight for each engine: the least they can cost."""

from __future__ import annotations

from typing import Any

from bdis_search.analysis import parse_text
from bdis_search.query import Query

FIVE = ("family", "activity", "legal_family", "region", "department")
FIELDS = {
    "family": "families",
    "activity": "activities",
    "legal_family": "legal_family",
    "region": "region",
    "department": "department",
}


def phrases(text: str) -> list[list[list[str]]]:
    """Return what each clause of ``text`` may be: its words apart, then its synonyms as phrases."""
    return [
        [[word.stem for word in clause.words], *map(list, clause.synonyms)]
        for clause in parse_text(text).clauses
    ]


class Tantivy:
    """Twenty hits, their total and five facets, each without its own filter."""

    def __init__(self, engine: Any) -> None:
        self.opened = engine.store.open()

    def search(self, query: Query) -> int:
        from tantivy import Query as Bare

        from bdis_search.backends.tantivy.schema import schema

        searcher = self.opened.searcher
        must = self._text(query.text) + self._box(query)
        chosen = {
            name: Bare.term_set_query(schema(), FIELDS[name], sorted(values))
            for name, values in query.filters.items()
        }

        def where(without: str = "") -> Any:
            kept = [part for name, part in chosen.items() if name != without]
            return _every([*must, *kept])

        found = searcher.search(where(), 20)
        others = {
            name: {"terms": {"field": field, "size": 1000}}
            for name, field in FIELDS.items()
            if name not in chosen
        }
        searcher.aggregate(where(), others)
        for name in chosen:
            asked = {name: {"terms": {"field": FIELDS[name], "size": 1000}}}
            searcher.aggregate(where(name), asked)
        return int(found.count or 0)

    def _text(self, text: str) -> list[Any]:
        from tantivy import Occur
        from tantivy import Query as Bare

        from bdis_search.backends.tantivy.schema import schema

        def term(stem: str) -> Any:
            return Bare.term_query(schema(), "any_stems", stem)

        parts = []
        for words, *synonyms in phrases(text):
            either = [_every([term(word) for word in words])]
            for phrase in synonyms:
                if len(phrase) > 1:
                    either.append(Bare.phrase_query(schema(), "any_stems", list(phrase)))
                else:
                    either.append(term(phrase[0]))
            parts.append(Bare.boolean_query([(Occur.Should, part) for part in either]))
        return parts

    def _box(self, query: Query) -> list[Any]:
        from tantivy import FieldType
        from tantivy import Query as Bare

        from bdis_search.backends.tantivy.schema import schema

        if not query.bbox:
            return []
        return [
            Bare.range_query(schema(), field, FieldType.Float, lower_bound=low, upper_bound=high)
            for field, low, high in (
                ("lat", query.bbox.south, query.bbox.north),
                ("lon", query.bbox.west, query.bbox.east),
            )
        ]


def _every(parts: list[Any]) -> Any:
    from tantivy import Occur
    from tantivy import Query as Bare

    if not parts:
        return Bare.all_query()
    return Bare.boolean_query([(Occur.Must, part) for part in parts])


class Elasticsearch:
    """The same in one request, with the client that the engine has."""

    def __init__(self, engine: Any) -> None:
        self.client, self.index = engine.store.client, engine.store.alias

    def search(self, query: Query) -> int:
        chosen = {
            name: {"terms": {FIELDS[name]: sorted(values)}}
            for name, values in query.filters.items()
        }
        answer = self.client.search(
            index=self.index,
            query={"bool": {"must": self._text(query.text), "filter": self._box(query)}},
            post_filter={"bool": {"filter": list(chosen.values())}},
            aggs={
                name: {
                    "filter": {
                        "bool": {
                            "filter": [part for other, part in chosen.items() if other != name]
                        }
                    },
                    "aggs": {"values": {"terms": {"field": field, "size": 1000}}},
                }
                for name, field in FIELDS.items()
            },
            size=20,
            docvalue_fields=["id"],
            track_total_hits=True,
        )
        return int(answer["hits"]["total"]["value"])

    def _text(self, text: str) -> list[Any]:
        return [
            {"bool": {"should": [_all_of(words), *map(_phrase, synonyms)]}}
            for words, *synonyms in phrases(text)
        ]

    def _box(self, query: Query) -> list[Any]:
        if not query.bbox:
            return []
        return [
            {"range": {"lat": {"gte": query.bbox.south, "lte": query.bbox.north}}},
            {"range": {"lon": {"gte": query.bbox.west, "lte": query.bbox.east}}},
        ]


def _all_of(words: list[str]) -> dict[str, Any]:
    return {"bool": {"must": [{"term": {"any_stems": word}} for word in words]}}


def _phrase(stems: list[str]) -> dict[str, Any]:
    return {"match_phrase": {"any_stems": " ".join(stems)}}
