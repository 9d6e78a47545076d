"""What is asked of a search engine and what it answers; no engine is known here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Geography(StrEnum):
    """Which place of a listing the territory and radius filters look at."""

    SEAT = "seat"
    SERVED = "served"
    EITHER = "either"


class Sort(StrEnum):
    """Orders of results; ties are broken by name, then by id."""

    RELEVANCE = "relevance"
    DISTANCE = "distance"
    NAME = "name"
    RECENT = "recent"


@dataclass(frozen=True, slots=True)
class Point:
    """A point in WGS 84 degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class BBox:
    """A box in WGS 84 degrees; ``west`` ≤ ``east``: it never crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float


# Facets counted for every search, in the order of the interface.
FACETS = ("family", "activity", "legal_family", "region", "department", "tag")
# Filters that are not counted: too many values to list.
FILTERS = (*FACETS, "epci", "commune")
# Facets whose values depend on the geography of the query.
TERRITORIAL = ("region", "department", "epci", "commune")


@dataclass(frozen=True, slots=True)
class Query:
    """A search: OR inside a filter, AND across filters.

    ``filters`` maps a name of ``FILTERS`` (or of a registered facet) to codes; a parent code of a
    hierarchy includes its descendants. ``radius_km`` (true km around ``near``) needs ``near``.
    ``bbox`` always looks at the seat. ``facets`` names the facets to count. ``promoted`` are the
    pages that come first by relevance, in that order: they match whatever the text, and every
    filter still holds for them. ``hidden`` are pages that the index may still hold: the answer is
    the one of an index without them.
    """

    text: str = ""
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    near: Point | None = None
    radius_km: float | None = None
    bbox: BBox | None = None
    geography: Geography = Geography.SEAT
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    page_size: int = 20
    facets: tuple[str, ...] = FACETS
    promoted: tuple[int, ...] = ()
    hidden: frozenset[int] = frozenset()

    @property
    def offset(self) -> int:
        """Number of results before this page."""
        return (self.page - 1) * self.page_size


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet with the total of the search in which the facet holds it alone."""

    value: str
    label: str
    count: int
    selected: bool = False
    children: tuple[FacetValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A listing found: page id, score (relevance), distance of the seat to ``near`` in km."""

    id: int
    score: float = 0.0
    distance_km: float | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits with the exact total and counts by facet: ``{facet: {code: count}}``.

    ``forgiven`` tells that no listing at all has the words as typed, so that one-letter typos
    were allowed; ``relaxed`` that even so none has them all, and some words may be missing;
    ``standby`` that the standby engine answered, so that all this may be some minutes old.
    """

    total: int
    hits: tuple[Hit, ...]
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    forgiven: bool = False
    relaxed: bool = False
    standby: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What a word, or a signal, adds to the score of a listing.

    ``field`` is where it is found: "title", "tag", "keyword", "summary", "any" (anywhere in the
    listing), "quality" (fresh and complete) or "promoted". ``how`` is "verbatim" or "whole" (it
    is all that the field holds, as typed or nearly), "exact" (as typed), "stem" (another form),
    "fuzzy" (a letter apart) or "synonym". ``word`` is "" when no single one is told.
    """

    score: float
    word: str
    field: str
    how: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The score of a hit and what it adds up from, what counts most first."""

    score: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Listings drawn as one mark: their count and mean point; ``id`` when there is only one.

    ``box`` is the smallest that holds them, from engines that tell: it says where to look closer,
    or that they are all at one place.
    """

    lat: float
    lon: float
    count: int
    id: int | None = None
    box: BBox | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion of what is being typed: ``kind`` is "listing", "family", "activity" or "tag"."""

    kind: str
    value: str
    label: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class EngineStats:
    """State of an engine: number of documents, size of its index in bytes and version, if known."""

    engine: str
    documents: int
    size_bytes: int | None = None
    version: str = ""
