"""The gazetteer: understanding of places, in memory, from the territories of the database."""

from .hierarchy import communes_within, nearest_commune, territory_ancestors
from .matching import match_commune
from .places import AmbiguousCommune, CommuneMatch, CommuneNotFound, MatchRule, Place, PlaceType
from .search import places_called, search_places
from .store import forget, gazetteer

__all__ = [
    "AmbiguousCommune",
    "CommuneMatch",
    "CommuneNotFound",
    "MatchRule",
    "Place",
    "PlaceType",
    "communes_within",
    "forget",
    "gazetteer",
    "match_commune",
    "nearest_commune",
    "places_called",
    "search_places",
    "territory_ancestors",
]
