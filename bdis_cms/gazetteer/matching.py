"""Recognise the commune of a record from its code, postcode, name or point."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from .geometry import distance_km
from .hierarchy import nearest_commune, weighed_km
from .index import Gazetteer
from .names import ABBREVIATIONS, name_key, ordinal, without_article, without_particles
from .places import AmbiguousCommune, CommuneMatch, CommuneNotFound, MatchRule, Place
from .search import department_of
from .store import gazetteer

_CEDEX = re.compile(r"\bcedex\b\s*\d{0,2}", re.IGNORECASE)
#: A point this near to a commune of the right name or postcode settles which one is meant (km).
NEAR_ENOUGH_KM = 30.0


def match_commune(
    code: str | None = None,
    postcode: str | None = None,
    name: str | None = None,
    lat: float | None = None,
    lon: float | None = None,
) -> CommuneMatch:
    """Return the commune meant by what is known of it, and the rule that found it.

    Tried in order: INSEE code (former codes lead to the commune of today, a lost leading zero is
    restored); postcode + name (upper case, ST/STE, CEDEX, former communes, one-letter typos);
    name alone if a single commune bears it; postcode alone if it has a single commune; point
    (WGS 84 degrees). A point also settles a postcode or name shared by several communes.

    Raises ``AmbiguousCommune`` when several fit equally, ``CommuneNotFound`` when none does.
    """
    clues = Clues.read(gazetteer(), code, postcode, name, lat, lon)
    match = (
        clues.by_code()
        or clues.by_postcode_and_name()
        or clues.by_name()
        or clues.by_postcode()
        or clues.by_point()
    )
    if match is not None:
        return match
    given = {"code": code, "postcode": postcode, "name": name, "lat": lat, "lon": lon}
    if clues.candidates:
        candidates = tuple(sorted({place.code for place in clues.candidates}))
        raise AmbiguousCommune(**given, candidates=candidates)  # type: ignore[arg-type]
    raise CommuneNotFound(**given)  # type: ignore[arg-type]


@dataclass
class Clues:
    """What is known of a commune, cleaned; each ``by_…`` tries one rule."""

    places: Gazetteer
    code: str
    postcode: str
    key: str
    point: tuple[float, float] | None
    repairs: list[str] = field(default_factory=list)
    candidates: list[Place] = field(default_factory=list)

    @classmethod
    def read(
        cls,
        places: Gazetteer,
        code: str | None,
        postcode: str | None,
        name: str | None,
        lat: float | None,
        lon: float | None,
    ) -> Clues:
        """Clean the clues: zeros lost by spreadsheets, CEDEX, capitals, spaces."""
        repairs = []
        name = name or ""
        # « 35042 RENNES CEDEX » in one cell.
        if not postcode and (found := re.match(r"\s*(?:F-)?(\d{5})\s+(?=\D)", name)):
            postcode, name = found[1], name[found.end() :]
        if _CEDEX.search(name):
            name = _CEDEX.sub(" ", name)
            repairs.append("cedex")
        codes = []
        for raw in (code, postcode):
            # Spreadsheets turn « 01000 » into 1000, or 1000.0.
            clean = re.sub(r"\s|^F-", "", re.sub(r"[.,]0+$", "", str(raw or "").strip())).upper()
            if re.fullmatch(r"\d{4}", clean):
                clean = clean.zfill(5)
                repairs.append("lost_zero")
            codes.append(clean)
        point = (float(lat), float(lon)) if lat is not None and lon is not None else None
        return cls(places, codes[0], codes[1], name_key(name), point, repairs)

    def by_code(self) -> CommuneMatch | None:
        """The INSEE code, of today or before; a name that contradicts it is told, not obeyed."""
        if not self.code:
            return None
        rule: MatchRule = "code"
        commune = self.places.communes.get(self.code)
        if commune is None:
            commune = self.places.communes.get(self.places.former_codes.get(self.code, ""))
            rule = "former_code"
        if commune is None:
            return None
        repairs = ["former_commune"] if rule == "former_code" else []
        if self.key and not self._is_called(commune, self.key):
            repairs.append("code_disagrees")
        return self._match(commune, rule, *repairs)

    def by_postcode_and_name(self) -> CommuneMatch | None:
        """The name among the communes of the postcode, else of its département."""
        if not (self.postcode and self.key):
            return None
        if district := self._arrondissement():
            return self._match(district, "postcode_name")
        of_postcode = self._of_postcode()
        of_department = self._of_department()
        names = self._spellings()
        for area, own, former, close in (
            (of_postcode, "postcode_name", "postcode_former_name", "postcode_close_name"),
            (of_department, "department_name", "department_name", "department_close_name"),
        ):
            codes = {place.code for place in area}
            for kind, rule in (("own", own), ("former", former)):
                for spelling in names:
                    found = self._named(spelling, codes, former=kind == "former")
                    repairs = ("former_commune",) if kind == "former" else ()
                    if match := self._only(found, rule, *repairs):  # type: ignore[arg-type]
                        return match
            if match := self._only(self._close(area), close, "misspelt"):  # type: ignore[arg-type]
                return match
        return None

    def by_name(self) -> CommuneMatch | None:
        """The name, if one commune bears it or the point tells which one."""
        if not self.key:
            return None
        repairs = ("postcode_disagrees",) if self.postcode else ()
        if district := self._arrondissement():
            return self._match(district, "name", *repairs)
        for former in (False, True):
            for spelling in self._spellings():
                found = self._named(spelling, None, former=former)
                if self.postcode and self.point is None and len(found) != 1:
                    found = []
                more = ("former_commune",) if former else ()
                if self._postcode_is_nearer(found):
                    return None
                if match := self._only(found, "name", *repairs, *more):
                    return match
                if found and not former:
                    return None
        return None

    def _postcode_is_nearer(self, named: list[Place]) -> bool:
        """Tell whether the point sides with the postcode against the name."""
        if self.point is None or not named:
            return False
        nearest = min((self._away(place) for place in self._of_postcode()), default=math.inf)
        return nearest <= NEAR_ENOUGH_KM < min(self._away(place) for place in named)

    def by_postcode(self) -> CommuneMatch | None:
        """The postcode, if it has one commune or the point tells which one."""
        found = self._of_postcode()
        repairs = ("name_unknown",) if self.key else ()
        return self._only(found, "postcode", *repairs) if found else None

    def by_point(self) -> CommuneMatch | None:
        """The nearest centre."""
        if self.point is None:
            return None
        if nearest := nearest_commune(*self.point):
            commune, away = nearest
            return self._match(commune, "point", away=away)
        return None

    def _only(self, found: Iterable[Place], rule: MatchRule, *repairs: str) -> CommuneMatch | None:
        """Return the one place found, or the one the point is in; note the others as candidates."""
        unique = list({place.code: place for place in found}.values())
        if len(unique) == 1:
            return self._match(unique[0], rule, *repairs)
        if len(unique) > 1:
            place = min(unique, key=lambda place: weighed_km(self._away(place), place))
            away = self._away(place)
            if away <= NEAR_ENOUGH_KM:
                by_point: MatchRule = "name_point" if rule == "name" else "postcode_point"
                return self._match(place, by_point, *repairs, away=away)
            self.candidates = self.candidates or unique
        return None

    def _away(self, place: Place) -> float:
        if self.point is None or place.lat is None or place.lon is None:
            return math.inf
        return distance_km(*self.point, place.lat, place.lon)

    def _match(
        self, place: Place, rule: MatchRule, *repairs: str, away: float | None = None
    ) -> CommuneMatch:
        if away is None and math.isfinite(self._away(place)):
            away = self._away(place)
        return CommuneMatch(
            place.code,
            place.name,
            place.department_code or "",
            place.region_code or "",
            place.lat,
            place.lon,
            rule,
            tuple(dict.fromkeys((*self.repairs, *repairs))),
            away,
        )

    def _of_postcode(self) -> list[Place]:
        return [
            place
            for place in self.places.by_postcode.get(self.postcode, ())
            if place.code not in self.places.parents
        ]

    def _of_department(self) -> list[Place]:
        department = department_of(self.postcode)
        codes = ("2A", "2B") if department == "20" else (department,)
        return [
            place
            for code in codes
            for place in self.places.by_department.get(code, ())
            if place.code not in self.places.parents
        ]

    def _spellings(self) -> list[str]:
        """Return the name, then what is left without what records add to it."""
        key = self.key
        words = key.split()
        spellings = [key, without_article(key), without_particles(key), key.replace(" ", "")]
        # « Lyon 3e », « Marseille 08 »: the commune, when no arrondissement answers.
        while len(words) > 1 and (words[-1].isdigit() or words[-1] in {"arrondissement", "arr"}):
            words = words[:-1]
            spellings.append(" ".join(words))
        return list(dict.fromkeys(spellings))

    def _named(self, spelling: str, codes: set[str] | None, *, former: bool) -> list[Place]:
        for table in (self.places.by_key, self.places.by_loose_key):
            found = [
                name.place
                for name in table.get(spelling, ())
                if name.place.type == "commune"
                and (name.rank > 0) is former
                and (codes is None or name.place.code in codes)
                and name.place.code not in self.places.parents
            ]
            if found:
                return found
        return []

    def _close(self, area: list[Place]) -> list[Place]:
        """Return the communes of ``area`` with nearly this name: a typo, or words added to it."""
        longest = 2 if len(self.key) >= 8 else 1
        edits = {
            place.code: OSA.distance(self.key, name_key(place.name), score_cutoff=longest)
            for place in area
        }
        best = min(edits.values(), default=longest + 1)
        if best <= longest:
            return [place for place in area if edits[place.code] == best]
        words = self.key.split()
        return [
            place
            for place in area
            if (other := name_key(place.name).split())
            and other[0] == words[0]
            and other[0] not in _TOO_COMMON
            and (words[: len(other)] == other or other[: len(words)] == words)
        ] or [
            place
            for place in area
            if name_key(place.name).split()[0] == words[0] and words[0] not in _TOO_COMMON
        ]

    def _arrondissement(self) -> Place | None:
        """Read « Paris 11e »; « Paris » with 75011 stays Paris, as official files have it."""
        words = [word for word in self.key.split() if word not in {"arrondissement", "arr"}]
        if len(words) != 2 or (number := ordinal(words[1])) is None:
            return None
        for name in self.places.by_key.get(words[0], ()):
            district = self.places.arrondissements.get(name.place.code, {}).get(number)
            if district and not name.rank:
                return district
        return None

    def _is_called(self, commune: Place, key: str) -> bool:
        """Tell whether the commune has that name, or nearly, or bore it."""
        own = name_key(commune.name)
        if own.startswith(key) or key.startswith(own) or OSA.distance(own, key) <= 2:
            return True
        parent = self.places.parents.get(commune.code)
        return any(
            name.place.code in {commune.code, parent}
            for spelling in self._spellings()
            for name in (
                *self.places.by_key.get(spelling, ()),
                *self.places.by_loose_key.get(spelling, ()),
            )
        )


_TOO_COMMON = {*ABBREVIATIONS.values(), "le", "la", "les", "l", "villers", "villiers", "neuville"}
