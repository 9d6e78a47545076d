"""The smallest engine that keeps the contract: a dictionary, and a loop over it.

It is what a new engine may be compared with, and shows that nothing in the suite is about one
engine. It forgets everything with its process and is for tests only.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar

from django.utils import timezone
from rapidfuzz.distance import OSA

from bdis_cms.gazetteer.geometry import distance_km
from bdis_cms.text import fold
from bdis_search.analysis import STOP_WORDS, Clause, content_words, parse_text, searchable
from bdis_search.analysis import verbatim as verbatim_of
from bdis_search.analysis import whole as whole_of
from bdis_search.backends.base import SearchEngine
from bdis_search.conditions import AnyOf, Box, Circle, Condition, compile_conditions, facet_field
from bdis_search.documents import InitiativeDocument
from bdis_search.query import Cluster, EngineStats, Hit, Query, Results, Sort, Suggestion
from bdis_search.stemming import stem

WEIGHTS = {"title": 5.0, "tags": 3.5, "keywords": 1.5, "summary": 0.6, "body": 0.1}


@dataclass
class Entry:
    """A document with its words."""

    document: InitiativeDocument

    @cached_property
    def texts(self) -> dict[str, tuple[list[str], list[str]]]:
        """Exact words and stems, by field."""
        one = self.document
        texts = {
            "title": [one.title, one.acronym],
            "tags": one.tag_names,
            "keywords": one.keywords.split("\n"),
            "summary": [one.summary],
            "body": [one.body, one.place_names],
        }
        return {
            name: tuple(words.split() for words in searchable(text))  # type: ignore[misc]
            for name, text in texts.items()
        }

    @cached_property
    def exact(self) -> set[str]:
        return {word for words, _ in self.texts.values() for word in words}

    @cached_property
    def stems(self) -> set[str]:
        return {stemmed for _, stems in self.texts.values() for stemmed in stems}

    def has_phrase(self, phrase: tuple[str, ...]) -> bool:
        length = len(phrase)
        return any(
            tuple(stems[start : start + length]) == phrase
            for _, stems in self.texts.values()
            for start in range(len(stems) - length + 1)
        )

    def holds(self, condition: Condition) -> bool:
        one = self.document
        match condition:
            case AnyOf(conditions):
                return any(self.holds(part) for part in conditions)
            case Circle(center, km):
                away = self.distance(center)
                return away is not None and away <= km
            case Box(box):
                if one.lat is None or one.lon is None:
                    return False
                return box.south <= one.lat <= box.north and box.west <= one.lon <= box.east
            case _:
                return not condition.values.isdisjoint(one.values(condition.field))

    def distance(self, point: Any) -> float | None:
        one = self.document
        if point is None or one.lat is None or one.lon is None:
            return None
        return distance_km(point.lat, point.lon, one.lat, one.lon)

    def name_key(self) -> tuple[str, int]:
        return self.document.sort_title, self.document.id


class Reading:
    """A text, read as strictly as some document allows; filters have no say in it."""

    def __init__(self, text: str, entries: list[Entry], promoted: tuple[int, ...] = ()) -> None:
        self.promoted = frozenset(promoted)
        self.text = parse_text(text)
        self.known = {word for entry in entries for word in entry.exact} if self.text else set()
        self.forgiven = self.relaxed = False
        self.found = set(range(len(entries)))
        if not self.text:
            return
        for self.forgiven, self.relaxed in ((False, False), (True, False), (True, True)):
            self.found = {n for n, entry in enumerate(entries) if self._matches(entry)}
            if self.found:
                return
        self.relaxed = len(self._needed()) >= 3

    def _matches(self, entry: Entry) -> bool:
        if entry.document.id in self.promoted:
            return True
        if not self.forgiven:
            return all(self._has_clause(entry, clause) for clause in self.text.clauses)
        name = self.text.verbatim
        titles = (entry.document.title, entry.document.acronym)
        if len(name) >= 4 and any(near(verbatim_of(title), name) for title in titles if title):
            return True
        needed = self._needed()
        missing = sum(not self._has_loosely(entry, word) for word in needed)
        return missing <= (len(needed) // 3 if self.relaxed else 0)

    @staticmethod
    def _has_clause(entry: Entry, clause: Clause) -> bool:
        return all(word.stem in entry.stems for word in clause.words) or any(
            entry.has_phrase(synonym) for synonym in clause.synonyms
        )

    def _needed(self) -> list[str]:
        words = [word.exact for word in self.text.words]
        return [
            word
            for word in words
            if len(word) > 3 or (len(word) == 3 and word in self.known) or word in self._joined
        ] or words

    @cached_property
    def _joined(self) -> dict[str, str]:
        joined: dict[str, str] = {}
        for first, second in pairwise(self.text.tokens):
            if first + second in self.known:
                joined[first] = joined[second] = first + second
        return joined

    def _has_loosely(self, entry: Entry, word: str) -> bool:
        if stem(word) in entry.stems or self._joined.get(word) in entry.exact:
            return True
        if len(word) < 4 or word.isdigit():
            titles = entry.texts["title"][0]
            return len(word) == 3 and word.isalpha() and any(near(one, word) for one in titles)
        return any(near(other, word) for other in entry.exact) or any(
            all(part in entry.exact for part in parts) for parts in splits(word)
        )

    def score(self, entry: Entry) -> float:
        one = entry.document
        total = 0.01
        for word in self.text.words:
            for field, (exact, stems) in entry.texts.items():
                total += WEIGHTS[field] * (word.stem in stems)
                total += WEIGHTS[field] * 0.6 * (word.exact in exact)
                if self.forgiven and len(word.exact) > 3:
                    total += WEIGHTS[field] * 0.5 * any(near(other, word.exact) for other in exact)
        for bonus, texts in ((20, (one.title, one.acronym)), (12, one.tag_names)):
            total += bonus * (self.text.whole in map(whole_of, texts))
            total += 3 * (self.text.verbatim in map(verbatim_of, texts))
        return total * (1 + one.completeness / 2000 + max(0, one.confirmed - 730_000) / 1e6)


class Engine(SearchEngine):
    """An index in memory, shared by the engines of one process that bear the same ``NAME``."""

    indexes: ClassVar[dict[str, dict[int, Entry]]] = defaultdict(dict)

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self.name = str(options.get("NAME", ""))

    @property
    def entries(self) -> dict[int, Entry]:
        return self.indexes[self.name]

    def _public(self, hidden: frozenset[int] = frozenset()) -> list[Entry]:
        today = timezone.localdate().toordinal()
        everything = [one for key, one in self.entries.items() if key not in hidden]
        return [entry for entry in everything if entry.document.public_until >= today]

    def search(self, query: Query) -> Results:
        entries = self._public(query.hidden)
        reading = Reading(query.text, entries, query.promoted)
        matching = [entry for n, entry in enumerate(entries) if n in reading.found]
        conditions = compile_conditions(query)

        def selected(without: str | None = None) -> list[Entry]:
            wanted = list(conditions.without(without))
            return [entry for entry in matching if all(map(entry.holds, wanted))]

        full = selected()
        counts: dict[str, dict[str, int]] = {}
        for facet in query.facets:
            counts[facet] = defaultdict(int)
            field = facet_field(facet, query.geography)
            for entry in selected(facet) if facet in conditions.by_filter else full:
                for value in entry.document.values(field):
                    counts[facet][value] += 1
        by_score = query.sort in (Sort.RELEVANCE, Sort.DISTANCE) and bool(reading.text)
        scores = {entry.document.id: reading.score(entry) for entry in full if by_score}
        full.sort(key=lambda entry: self._key(entry, query, scores))
        page = full[query.offset : query.offset + max(0, query.page_size)]
        hits = [
            Hit(
                entry.document.id,
                scores.get(entry.document.id, 0.0),
                entry.distance(query.near),
            )
            for entry in page
        ]
        totals = {facet: dict(values) for facet, values in counts.items()}
        return Results(len(full), tuple(hits), totals, reading.forgiven, reading.relaxed)

    @staticmethod
    def _key(entry: Entry, query: Query, scores: dict[int, float]) -> tuple[Any, ...]:
        one = entry.document
        if query.sort is Sort.RECENT:
            return -one.confirmed, *entry.name_key()
        if query.sort is Sort.DISTANCE and query.near:
            away = entry.distance(query.near)
            return away is None, away or 0.0, *entry.name_key()
        if query.sort is Sort.NAME:
            return entry.name_key()
        first = 0
        if scores and one.id in query.promoted:
            first = query.promoted.index(one.id) - len(query.promoted)
        quality = one.completeness + max(0, one.confirmed - 730_000) / 100
        return first, -scores.get(one.id, 0.0), -quality, *entry.name_key()

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        words = content_words(text[:200])[:8]
        if not words or limit < 1:
            return []
        *finished, last = words
        found = []
        for entry in self._public():
            exact, stems = entry.texts["title"]
            begun = stem(last) in stems or any(word.startswith(last) for word in exact)
            if begun and all(stem(word) in stems or word in exact for word in finished):
                title = entry.document.title
                first = not fold(title).startswith(" ".join(words))
                found.append((first, *entry.name_key(), title))
        return [Suggestion("listing", title, title, key) for _, _, key, title in sorted(found)][
            :limit
        ]

    def clusters(self, query: Query, zoom: int) -> list[Cluster]:
        entries = self._public(query.hidden)
        reading = Reading(query.text, entries, query.promoted)
        wanted = list(compile_conditions(query).without())
        squares: dict[tuple[int, int], list[InitiativeDocument]] = defaultdict(list)
        side = 360 / (4 << zoom)
        for n, entry in enumerate(entries):
            one = entry.document
            if n in reading.found and one.lat is not None and all(map(entry.holds, wanted)):
                square = math.floor((one.lon or 0) / side), math.floor(one.lat / side)
                squares[square].append(one)
        return [
            Cluster(
                sum(one.lat or 0 for one in there) / len(there),
                sum(one.lon or 0 for one in there) / len(there),
                len(there),
                there[0].id if len(there) == 1 else None,
            )
            for there in squares.values()
        ]

    def index(self, documents: Iterable[InitiativeDocument]) -> int:
        batch = list(documents)
        self.indexes[self.name] = self.entries | {one.id: Entry(one) for one in batch}
        return len(batch)

    def remove(self, ids: Iterable[int]) -> None:
        gone = set(ids)
        kept = {key: entry for key, entry in self.entries.items() if key not in gone}
        self.indexes[self.name] = kept

    def rebuild(self, documents: Iterable[InitiativeDocument]) -> int:
        self.indexes[self.name] = {one.id: Entry(one) for one in documents}
        return len(self.entries)

    def fingerprints(self) -> Iterator[tuple[int, str]]:
        for key, entry in list(self.entries.items()):
            yield key, entry.document.fingerprint

    def stats(self) -> EngineStats:
        return EngineStats("memory", len(self.entries))


def near(word: str, typed: str) -> bool:
    """Tell whether one letter was added, left out, replaced, or swapped with the next."""
    return OSA.distance(word, typed, score_cutoff=1) <= 1


def splits(word: str) -> Iterator[list[str]]:
    """Yield the ways to read a word as two: no space between, or another letter typed for it."""
    for cut in range(1, len(word)):
        for resume in (cut, cut + 1):
            parts = [p for p in (word[:cut], word[resume:]) if p and p not in STOP_WORDS]
            if parts:
                yield parts
