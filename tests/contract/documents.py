"""Documents for the cases of the suite: only what a case is about is given."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from bdis_search.documents import InitiativeDocument

from .worlds import GAZETTEER, TODAY, WORLD


def document(identifier: int, title: str = "Titre", **facts: Any) -> InitiativeDocument:
    """Return a public document; what is not given is empty. Its fingerprint is "f<id>"."""
    known: dict[str, Any] = {
        "confirmed": 0,
        "public_until": 999_999,
        "completeness": 50,
        "lat": None,
        "lon": None,
        "fingerprint": f"f{identifier}",
    }
    for field in fields(InitiativeDocument):
        known.setdefault(field.name, () if "tuple" in str(field.type) else "")
    return InitiativeDocument(**{**known, **facts, "id": identifier, "title": title})


def seated(identifier: int, commune: str, title: str = "Titre", **facts: Any) -> InitiativeDocument:
    """Return a document with its seat in the centre of a commune of the small world."""
    from bdis_search.geography import served
    from bdis_search.query import Point

    place = next(place for place in WORLD.communes if place.code == commune)
    areas, radius = facts.pop("declared", ()), facts.pop("served_radius_km", None)
    reach = served(GAZETTEER, areas, commune, Point(place.lat, place.lon), radius)
    where = {
        "region": place.region,
        "department": place.department,
        "epci": WORLD.epci_of(place),
        "commune": place.code,
        "parent_commune": place.parent,
        "lat": place.lat,
        "lon": place.lon,
        "served_regions": reach.regions,
        "served_departments": reach.departments,
        "served_areas": reach.areas,
        "served_touches": reach.touches,
    }
    return document(identifier, title, **{**where, **facts})


#: The day before, the day, a year after the day on which the suite runs.
YESTERDAY, TOMORROW, NEXT_YEAR = TODAY - 1, TODAY + 1, TODAY + 365
