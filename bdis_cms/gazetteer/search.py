"""Find the places somebody may mean, best first."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import replace

from rapidfuzz.distance import OSA

from .index import Gazetteer
from .names import ARTICLES, name_key, ordinal, spelled_number, without_article
from .places import Place
from .query import PlaceQuery, read_query, without_tail_link
from .ranking import TYPO, Keep, NameMatcher
from .store import gazetteer

_LINKS = {"en", "dans", "de", "du", "d", "des"}


def search_places(q: str, limit: int = 10) -> list[Place]:
    """Return the places that ``q`` may mean, best first; none for an empty query.

    Understands communes of today and before, postcodes whole or begun, départements by name or
    number, regions old and new, EPCI, nicknames, arrondissements, « Sainte-Colombe (Gironde) »,
    names begun, misspelt, without accents, hyphens or article.
    """
    return PlaceSearch(gazetteer()).search(q, limit)


def places_called(name: str, limit: int = 8) -> list[Place]:
    """Return the places called so and nothing else, best first: neither begun nor misspelt.

    « Saint-Denis », « Saint-Denis 93 », « Lyon 3e », « la Drôme », « PACA », « 38000 », « 31 ».
    """
    return PlaceSearch(gazetteer()).called(name, limit)


class PlaceSearch:
    """One way to search a gazetteer; the gazetteer may come from elsewhere than the database."""

    def __init__(self, places: Gazetteer) -> None:
        self.places = places
        self.names = NameMatcher(places)

    def search(self, q: str, limit: int = 10) -> list[Place]:
        """See ``search_places``."""
        query = read_query(q)
        if not (query.text or query.postcode):
            return []
        found = (
            self._with_postcode(query, query.postcode)
            if query.postcode
            else self._by_number(query) or self._by_name(query, limit)
        )
        return _first_of_each(found, limit)

    def called(self, name: str, limit: int = 8) -> list[Place]:
        """See ``places_called``."""
        key = name_key(name)
        if key.isdigit() and len(key) == 5:
            communes = self.places.by_postcode.get(key)
            return self._of_postcode(key)[:limit] if communes else []
        if department := self.places.departments.get(key.upper()):
            return [department]
        found = self._arrondissement(key)
        if not found and (self.names.is_name(key) or self.names.is_name(without_article(key))):
            found = self.names.ranked(key, limit, complete=False)
        return _first_of_each(found or self._split(key, limit, exactly=True), limit)

    # Numbers

    def _with_postcode(self, query: PlaceQuery, postcode: str) -> list[Place]:
        communes = self.places.by_postcode.get(postcode, [])
        if query.text:
            named = [
                place
                for area in (communes, self._same_department(postcode))
                if area
                for place in self._named(query, area)
            ]
            if named:
                return [*self._district(postcode, named[0]), *named]
            if elsewhere := self._by_name(query, 5):
                return [*elsewhere[:1], *self._of_postcode(postcode), *elsewhere[1:]]
        return self._of_postcode(postcode)

    def _named(self, query: PlaceQuery, area: list[Place]) -> list[Place]:
        codes = {place.code for place in area}
        for variant in query.variants:
            if district := self._arrondissement(variant):
                return district
            found = self.names.ranked(variant, 5, keep=lambda place: place.code in codes)
            if found:
                return found
        return []

    def _of_postcode(self, postcode: str) -> list[Place]:
        communes = sorted(self.places.by_postcode.get(postcode, []), key=_largest_first)
        if len([one for one in communes if one.code not in self.places.parents]) > 1:
            return [postcode_place(postcode, communes), *communes]
        if communes:
            return [*self._district(postcode, communes[0]), *communes]
        if commune := self._by_official_code(postcode):
            return [commune]
        # A CEDEX number: the communes whose postcode begins alike, else the département.
        for length in (3, 2):
            if near := self._beginning_with(postcode[:length]):
                department = self.places.departments.get(department_of(postcode))
                return [*near[:5], *([department] if department else [])]
        return []

    def _district(self, postcode: str, city: Place) -> list[Place]:
        """Return the arrondissement of ``city`` that the postcode is the own one of."""
        return [
            place
            for place in self.places.by_postcode.get(postcode, ())
            if self.places.parents.get(place.code) == city.code
        ]

    def _by_number(self, query: PlaceQuery) -> list[Place]:
        """Return what a département number, a postcode begun or an INSEE code stands for."""
        if query.qualifier:
            return []
        for variant in query.variants:
            dropped = query.text.removesuffix(variant).strip()
            if self.places.by_key.get(dropped):
                break  # « Vers 71 » is the commune of Vers
            number = variant.replace(" ", "").upper()
            if spelled := spelled_number(without_article(variant)):
                number = spelled
            elif without_article(variant) != variant and len(variant.split()) == 2:
                number = without_article(variant).upper()
            if found := self._of_number(number):
                return found
        return []

    def _of_number(self, number: str) -> list[Place]:
        if commune := self._by_official_code(number):
            return [commune]
        if not (number[:1].isdigit() and len(number) <= 4):
            return []
        found = [
            department
            for code in (number, number.zfill(2), *(("2A", "2B") if number == "20" else ()))
            if (department := self.places.departments.get(code))
        ]
        if number == "20" and (corsica := self.places.regions.get("94")):
            found.insert(0, corsica)
        if not number.isdigit():
            return found
        if len(number) == 4 and (whole := self.places.by_postcode.get("0" + number)):
            found.extend(sorted(whole, key=_largest_first))
        return [*found, *self._beginning_with(number)[:8]]

    def _by_official_code(self, code: str) -> Place | None:
        code = code.upper()
        return self.places.communes.get(code) or self.places.communes.get(
            self.places.former_codes.get(code, "")
        )

    def _beginning_with(self, prefix: str) -> list[Place]:
        communes = {
            place.code: place
            for postcode in self.places.postcodes_starting_with(prefix)
            for place in self.places.by_postcode[postcode]
            if place.code not in self.places.parents
        }
        return heapq.nsmallest(10, communes.values(), key=_largest_first)

    def _same_department(self, postcode: str) -> list[Place]:
        department = department_of(postcode)
        codes = ("2A", "2B") if department == "20" else (department,)
        return [place for code in codes for place in self.places.by_department.get(code, ())]

    # Names

    def _by_name(self, query: PlaceQuery, limit: int) -> list[Place]:
        if query.qualifier:
            if found := self._qualified(query, query.qualifier, limit):
                return found
            joined = name_key(f"{query.text} {query.qualifier}")
            query = replace(query, text=joined, variants=(joined, *query.variants))
        # Exactly what was typed first, « Vers en Savoie », then without what may be noise.
        for is_there in (self.names.is_name, self.names.is_known):
            for variant in query.variants:
                if found := (
                    self._arrondissement(variant)
                    or (is_there(variant) and self.names.ranked(variant, limit, kind=query.kind))
                    or self._split(variant, limit, exactly=True)
                ):
                    return found
        near = [
            place
            for variant in reversed(query.variants)
            for place in self.names.ranked(variant, limit, kind=query.kind, at_least=TYPO)
        ]
        for variant in () if near else query.variants:
            near = self._split(variant, limit, exactly=False)
            if near:
                break
        return [
            *near,
            *(
                place
                for variant in reversed(query.variants)
                for place in self.names.ranked(variant, limit, kind=query.kind)
            ),
        ]

    def _split(self, text: str, limit: int, *, exactly: bool) -> list[Place]:
        """Try « Montreuil 93 », « 93 Montreuil », « Sainte-Colombe en Gironde »."""
        words = text.split()
        splits = [(words[:-size], words[-size:]) for size in range(1, min(len(words), 7))]
        if len(words) > 1 and words[0].isdigit():
            splits.append((words[1:], words[:1]))
        for head, tail in splits:
            if head[-1] in _LINKS:
                head = head[:-1]
            if ARTICLES.issuperset(head):
                continue
            name = " ".join(head)
            part = PlaceQuery(name, variants=(name,))
            if found := self._qualified(part, " ".join(tail), limit, exactly=exactly):
                return found
        return []

    def _qualified(
        self, query: PlaceQuery, qualifier: str, limit: int, *, exactly: bool = False
    ) -> list[Place]:
        """Return the communes of that name inside the département, region… that qualifies it."""
        keep = self._inside(qualifier, forgiving=query.qualifier is not None)
        if keep is None:
            return []
        for variant in query.variants:
            if exactly and not self.names.is_known(variant):
                continue
            if found := self.names.ranked(variant, limit, keep=keep, complete=not exactly):
                return found
        return []

    def _inside(self, qualifier: str, *, forgiving: bool) -> Keep | None:
        areas: list[Place] = []
        for words in dict.fromkeys((qualifier, without_tail_link(qualifier))):
            number = spelled_number(words) or words.upper()
            areas.extend(
                self.places.departments[code]
                for code in dict.fromkeys((number, number.zfill(2)))
                if code in self.places.departments
            )
            candidates = [
                *self.places.by_key.get(words, ()),
                *self.places.by_loose_key.get(words, ()),
            ]
            areas.extend(
                name.place
                for name in candidates
                if name.place.type in {"department", "region", "former_region", "epci"}
            )
        if not areas and forgiving:
            wide = [
                name
                for name in self.places.names
                if name.place.type in {"department", "region", "former_region"}
            ]
            areas = [
                name.place
                for name in wide
                if OSA.distance(name.key, qualifier, score_cutoff=1) <= 1
            ]
        if not areas:
            return None
        return lambda place: any(self._is_inside(place, area) for area in areas)

    def _is_inside(self, place: Place, area: Place) -> bool:
        if place.type != "commune":
            return place == area and area.type == "department"  # « Drôme (26) »
        if area.type == "department":
            return place.department_code == area.code
        if area.type == "region":
            return place.region_code == area.code
        if area.type == "epci":
            return place.code in area.communes
        former = self.places.former_region_of.get(place.department_code or "")
        return former == area.code

    def _arrondissement(self, text: str) -> list[Place]:
        """Read « Paris 11e », « 3e arrondissement de Lyon », « Marseille 1er arr »."""
        words = [
            word
            for word in text.split()
            if word not in {"arrondissement", "arr", "ardt", "arrdt", "de", "du", "le", "a"}
        ]
        if not 2 <= len(words) <= 3:
            return []
        for city_words, number in ((words[:-1], words[-1]), (words[1:], words[0])):
            for name in self.places.by_key.get(" ".join(city_words), ()):
                districts = self.places.arrondissements.get(name.place.code)
                if name.rank or not districts:
                    continue
                rank = ordinal(number)
                if rank is not None and rank in districts:
                    return [districts[rank], name.place]
        return []


def postcode_place(postcode: str, communes: list[Place]) -> Place:
    """Return the place that a postcode shared by several communes stands for."""
    located = [one for one in communes if one.lat is not None and one.lon is not None]
    largest = communes[0]
    return Place(
        "postcode",
        postcode,
        postcode,
        department=largest.department,
        region=largest.region,
        lat=round(sum(one.lat or 0 for one in located) / len(located), 5) if located else None,
        lon=round(sum(one.lon or 0 for one in located) / len(located), 5) if located else None,
        population=sum(one.population or 0 for one in communes) or None,
        department_code=largest.department_code,
        region_code=largest.region_code,
        postcodes=(postcode,),
        communes=tuple(one.code for one in communes),
    )


def department_of(postcode: str) -> str:
    """Return the département number a postcode begins with; "20" stands for all of Corsica."""
    return postcode[:3] if postcode.startswith(("97", "98")) else postcode[:2]


def _largest_first(place: Place) -> tuple[int, str]:
    return -(place.population or 0), place.code


def _first_of_each(places: Iterable[Place], limit: int) -> list[Place]:
    unique: dict[tuple[str, str], Place] = {}
    for place in places:
        unique.setdefault((place.type, place.code), place)
    return list(unique.values())[:limit]
