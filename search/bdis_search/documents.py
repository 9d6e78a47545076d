"""The document of a listing: all that an engine knows of it, and nothing personal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InitiativeDocument:
    """A listing as indexed; territories are official codes, dates ordinals of the calendar.

    ``activities`` holds the listing's codes and those of all their ancestors. ``served_*`` hold
    what the area served reaches: regions and départements are expanded both ways (a region served
    covers its départements; a commune served touches its département and region);
    ``served_areas`` holds the territories as declared ("commune:26108", "country:") and
    ``served_touches`` those with their ancestors at every level.
    """

    id: int
    title: str
    acronym: str
    summary: str
    body: str
    keywords: str  # labels and synonyms of families, activities and status
    tags: tuple[str, ...]  # slugs
    tag_names: tuple[str, ...]
    place_names: str  # commune, département, region, postcode, former names
    families: tuple[str, ...]
    legal_family: str
    activities: tuple[str, ...]
    region: str
    department: str
    epci: str
    commune: str
    served_regions: tuple[str, ...]
    served_departments: tuple[str, ...]
    served_areas: tuple[str, ...]
    served_touches: tuple[str, ...]
    lat: float | None
    lon: float | None
    confirmed: int  # date.toordinal() of the last confirmation, 0 when never
    public_until: int  # last day (ordinal) on which the adhesion holds
    completeness: int  # 0–100
    fingerprint: str  # hash of all the rest: drift is found by comparing it
