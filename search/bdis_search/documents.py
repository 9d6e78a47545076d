"""The document of a listing: all that an engine knows of it, and nothing personal."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass, fields
from hashlib import blake2b

from bdis_cms.text import fold


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
    keywords: str  # one per line: labels and synonyms of families, activities, status, agreements
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
    confirmed: int  # date.toordinal() of the last confirmation, else of publication
    public_until: int  # last day (ordinal) on which it is public: of adhesion, or of expiry
    completeness: int  # 0–100
    fingerprint: str = ""  # of all the rest: drift is found by comparing it
    parent_commune: str = ""  # the commune of which ``commune`` is an arrondissement
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (registered facet, its values)

    @property
    def sort_title(self) -> str:
        """What results are ordered by: the title folded."""
        return fold(self.title)

    def values(self, field: str) -> tuple[str, ...]:
        """Return the codes held in ``field``, one of ``bdis_search.conditions.FIELDS``.

        ``extra:<name>`` stands for the facet registered under that name.
        """
        match field:
            case "communes":
                found: tuple[str, ...] = (self.commune, self.parent_commune)
            case "either_regions":
                found = (self.region, *self.served_regions)
            case "either_departments":
                found = (self.department, *self.served_departments)
            case "region" | "department" | "epci" | "legal_family":
                found = (getattr(self, field),)
            case _ if field.startswith("extra:"):
                found = dict(self.extra).get(field.removeprefix("extra:"), ())
            case _:
                found = getattr(self, field)
        return tuple(dict.fromkeys(value for value in found if value))

    def hashed(self) -> str:
        """Return the fingerprint that this content has: four characters for each field."""
        return "".join(_short_hash(getattr(self, name)) for name in _HASHED)

    def differing(self, fingerprint: str) -> list[str]:
        """Return the names of the fields whose content is not that of ``fingerprint``.

        All of them when it is of another version of the document.
        """
        if len(fingerprint) != _WIDTH * len(_HASHED):
            return list(_HASHED)
        own = self.hashed()
        return [name for name in _HASHED if _part(own, name) != _part(fingerprint, name)]


_WIDTH = 4
_HASHED = tuple(item.name for item in fields(InitiativeDocument) if item.name != "fingerprint")


def _short_hash(value: object) -> str:
    return urlsafe_b64encode(blake2b(repr(value).encode(), digest_size=3).digest()).decode()


def fingerprint_has(fingerprint: str, field: str, value: object) -> bool:
    """Return whether the document that has ``fingerprint`` held ``value`` in ``field``."""
    return _part(fingerprint, field) == _short_hash(value)


def _part(fingerprint: str, field: str) -> str:
    start = _WIDTH * _HASHED.index(field)
    return fingerprint[start : start + _WIDTH]
