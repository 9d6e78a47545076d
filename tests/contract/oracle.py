"""What an engine must answer, computed the slow way: plain loops over plain documents.

Nothing here is shared with the engines or with the compilation of filters: an area is the set of
its communes, serving is having a commune in common, a distance is a haversine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bdis_search.documents import InitiativeDocument
from bdis_search.query import Geography, Point, Query, Sort

# Engines keep points to the centimetre and measure on their own sphere: nothing is said of what
# is nearer than that to an edge.
METRE = 0.001  # km
DEGREES_OF_A_METRE = 1e-5


@dataclass(frozen=True)
class Place:
    """A commune of the small world, or an arrondissement with its parent."""

    code: str
    department: str
    region: str
    lat: float
    lon: float
    epci: str = ""
    parent: str = ""


@dataclass
class World:
    """Communes, and the areas they make."""

    communes: list[Place]

    def leaves(self, territory: str) -> set[str]:
        """Return the communes of a territory "level:code"."""
        level, _, code = territory.partition(":")
        return {
            place.code
            for place in self.communes
            if level == "country"
            or (level == "region" and place.region == code)
            or (level == "department" and place.department == code)
            or (level == "epci" and self.epci_of(place) == code)
            or (level == "commune" and code in (place.code, place.parent))
        }

    def epci_of(self, place: Place) -> str:
        parent = next((other for other in self.communes if other.code == place.parent), None)
        return place.epci or (parent.epci if parent else "")

    def around(self, center: Point, km: float) -> set[str]:
        """Return the communes that a circle reaches: centres inside it, else the nearest one.

        A point 60 km from every centre is in none.
        """
        away = sorted(
            (haversine(center.lat, center.lon, place.lat, place.lon), place.parent or place.code)
            for place in self.communes
        )
        inside = {code for distance, code in away if distance <= km}
        return inside or {code for distance, code in away[:1] if distance <= 60}


@dataclass
class Listing:
    """A document with what it was made from."""

    document: InitiativeDocument
    declared: tuple[str, ...] = ()
    radius_km: float | None = None
    words: frozenset[str] = field(default_factory=frozenset)


def haversine(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Return the distance in km on a sphere of 6371.0088 km."""
    a, b = math.radians(lat_a), math.radians(lat_b)
    chord = (
        math.sin((b - a) / 2) ** 2
        + math.cos(a) * math.cos(b) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    )
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(chord)))


class Oracle:
    """Answers by looking at every listing."""

    def __init__(self, world: World, listings: Iterable[Listing], today: int) -> None:
        self.world = world
        self.listings = [one for one in listings if one.document.public_until >= today]

    def matching(self, query: Query) -> list[Listing]:
        return [listing for listing in self.listings if self._matches(listing, query)]

    def total(self, query: Query) -> int:
        return len(self.matching(query))

    def counts(self, query: Query, facet: str, values: Iterable[str]) -> dict[str, int]:
        """Return the total of the search in which ``facet`` holds each value alone, if any."""
        totals = {
            value: self.total(replace(query, filters={**query.filters, facet: frozenset([value])}))
            for value in values
        }
        return {value: total for value, total in totals.items() if total}

    def ordered_ids(self, query: Query) -> list[int]:
        """Return the ids of all results in the order of ``query.sort`` (not relevance)."""

        def key(listing: Listing) -> tuple:
            document = listing.document
            name = (document.title.lower(), document.id)
            if query.sort is Sort.RECENT:
                return (-document.confirmed, *name)
            if query.sort is Sort.DISTANCE:
                away = self.distance(document, query.near)
                return (away is None, away or 0.0, *name)
            return name

        return [listing.document.id for listing in sorted(self.matching(query), key=key)]

    def is_on_an_edge(self, query: Query) -> bool:
        """Tell whether a seat is within a metre of the edge of the circle or box asked for."""
        return any(self._on_an_edge(listing.document, query) for listing in self.listings)

    def _on_an_edge(self, document: InitiativeDocument, query: Query) -> bool:
        if document.lat is None or document.lon is None:
            return False
        away = self.distance(document, query.near)
        if away is not None and query.radius_km and abs(away - query.radius_km) <= METRE:
            return True
        box = query.bbox
        return box is not None and (
            min(abs(document.lat - edge) for edge in (box.south, box.north)) <= DEGREES_OF_A_METRE
            or min(abs(document.lon - edge) for edge in (box.west, box.east)) <= DEGREES_OF_A_METRE
        )

    def is_in_order(self, ids: list[int], query: Query) -> bool:
        """Tell whether ``ids`` is the page of ``query``, distances being known to a metre."""
        ordered = self.ordered_ids(query)[query.offset : query.offset + query.page_size]
        if ids == ordered or query.sort is not Sort.DISTANCE:
            return ids == ordered
        documents = {listing.document.id: listing.document for listing in self.listings}

        def rounded(identifiers: list[int]) -> list[float]:
            return [
                -1.0 if away is None else away
                for away in (self.distance(documents[one], query.near) for one in identifiers)
            ]

        pairs = zip(rounded(ids), rounded(ordered), strict=False)
        return len(ids) == len(ordered) and all(
            # Not the same listing: only one that is about as far, and not just as far.
            found == wanted or 0 < abs(away - expected) <= METRE
            for found, wanted, (away, expected) in zip(ids, ordered, pairs, strict=True)
        )

    @staticmethod
    def distance(document: InitiativeDocument, near: Point | None) -> float | None:
        if near is None or document.lat is None or document.lon is None:
            return None
        return haversine(near.lat, near.lon, document.lat, document.lon)

    def _matches(self, listing: Listing, query: Query) -> bool:
        document = listing.document
        return (
            all(word in listing.words for word in query.text.split())
            and all(
                self._holds(listing, name, values, query.geography)
                for name, values in query.filters.items()
                if values
            )
            and self._is_near(listing, query)
            and self._is_in_box(document, query)
        )

    def _holds(
        self, listing: Listing, name: str, values: Iterable[str], geography: Geography
    ) -> bool:
        document = listing.document
        own = {
            "family": document.families,
            "legal_family": (document.legal_family,),
            "tag": document.tags,
            "activity": tuple(
                code[:end]
                for code in document.activities
                for end in range(1, len(code) + 1)
                if end == len(code) or code[end] == "."
            ),
            **dict(document.extra),
        }
        if name in own:
            return any(value in own[name] for value in values)
        return any(
            self._has_place(listing, self.world.leaves(f"{name}:{value}"), geography)
            for value in values
        )

    def _has_place(self, listing: Listing, communes: set[str], geography: Geography) -> bool:
        seat = listing.document.commune in communes
        serves = bool(self._served(listing) & communes)
        return {
            Geography.SEAT: seat,
            Geography.SERVED: serves,
            Geography.EITHER: seat or serves,
        }[geography]

    def _served(self, listing: Listing) -> set[str]:
        served: set[str] = set()
        for area in listing.declared:
            served |= self.world.leaves(area)
        document = listing.document
        if listing.radius_km and document.lat is not None and document.lon is not None:
            for place in self.world.communes:
                away = haversine(document.lat, document.lon, place.lat, place.lon)
                if away <= listing.radius_km:
                    served |= self.world.leaves(f"commune:{place.parent or place.code}")
        if not listing.declared and not served and document.commune:
            served = self.world.leaves(f"commune:{document.commune}")
        return served

    def _is_near(self, listing: Listing, query: Query) -> bool:
        if query.near is None or query.radius_km is None:
            return True
        away = self.distance(listing.document, query.near)
        seat = away is not None and away <= query.radius_km
        reached: set[str] = set()
        for code in self.world.around(query.near, query.radius_km):
            reached |= self.world.leaves(f"commune:{code}")
        serves = bool(self._served(listing) & reached)
        return {
            Geography.SEAT: seat,
            Geography.SERVED: serves,
            Geography.EITHER: seat or serves,
        }[query.geography]

    @staticmethod
    def _is_in_box(document: InitiativeDocument, query: Query) -> bool:
        box = query.bbox
        if box is None:
            return True
        if document.lat is None or document.lon is None:
            return False
        return box.south <= document.lat <= box.north and box.west <= document.lon <= box.east
