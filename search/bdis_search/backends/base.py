"""The port every search engine implements."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from bdis_search.documents import InitiativeDocument
from bdis_search.query import Cluster, EngineStats, Explanation, Query, Results, Suggestion


class SearchEngineError(Exception):
    """Something an engine could not do."""


class EngineUnavailable(SearchEngineError):
    """The engine does not answer; the public is told so and edits wait in the outbox."""


class IndexMissing(EngineUnavailable):
    """There is no index yet, or one of another version: it must be built."""


class SearchReader(ABC):
    """What answers searches.

    Every answer leaves out documents whose ``public_until`` is past. Facet counts are disjunctive:
    the count of a value equals the total of the search in which its facet holds that value alone,
    every other filter kept.
    """

    @abstractmethod
    def search(self, query: Query) -> Results:
        """Return a page of results with exact total and counts; raise ``EngineUnavailable``."""

    @abstractmethod
    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        """Return listings whose title or acronym completes ``text``, best first."""

    @abstractmethod
    def clusters(self, query: Query, zoom: int) -> list[Cluster]:
        """Return marks for the map at ``zoom`` (0–20) whose counts add up to the total in bbox."""

    def explain(self, query: Query, ids: Collection[int]) -> dict[int, Explanation]:
        """Return why the hits ``ids`` of ``query`` score what they do; {} if that is not known.

        ``bdis_search.explaining`` does it for engines that follow ``bdis_search.ranking``.
        """
        return {}


class SearchEngine(SearchReader):
    """A search engine: it answers from an index, and keeps that index."""

    #: Whether asking it may mean waiting for another machine: then it is left alone when it fails.
    is_remote = False

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options

    @abstractmethod
    def index(self, documents: Iterable[InitiativeDocument]) -> int:
        """Add or replace ``documents``; they are searchable on return. Return how many."""

    @abstractmethod
    def remove(self, ids: Iterable[int]) -> None:
        """Remove documents by page id; unknown ids are ignored."""

    @abstractmethod
    def rebuild(self, documents: Iterable[InitiativeDocument]) -> int:
        """Build an index beside and swap it in atomically; a failure leaves the old one serving."""

    @abstractmethod
    def fingerprints(self) -> Iterator[tuple[int, str]]:
        """Yield (page id, fingerprint) of every document.

        In any order; by ascending id, they are compared without being held in memory.
        """

    @abstractmethod
    def stats(self) -> EngineStats:
        """Return the state of the index."""
