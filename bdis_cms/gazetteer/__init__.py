"""The gazetteer: understanding of places, in memory, from the territories of the database."""

from .matching import match_commune
from .places import AmbiguousCommune, CommuneMatch, CommuneNotFound, MatchRule, Place, PlaceType
from .search import search_places
from .store import forget, gazetteer

__all__ = [
    "AmbiguousCommune",
    "CommuneMatch",
    "CommuneNotFound",
    "MatchRule",
    "Place",
    "PlaceType",
    "forget",
    "gazetteer",
    "match_commune",
    "search_places",
]
