"""The gazetteer: understanding of places, in memory, from the territories of the database."""

from .matching import match_commune
from .places import (
    AmbiguousCommune,
    CommuneMatch,
    CommuneNotFound,
    MatchRule,
    Place,
    PlaceType,
)

__all__ = [
    "AmbiguousCommune",
    "CommuneMatch",
    "CommuneNotFound",
    "MatchRule",
    "Place",
    "PlaceType",
    "match_commune",
]
