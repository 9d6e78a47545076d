"""Find the places somebody may mean, best first."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable
from dataclasses import replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .index import Gazetteer, Name
from .names import name_key, ordinal, spelled_number, without_article
from .places import Place, PlaceType
from .query import PlaceQuery, read_query, without_tail_link
from .store import gazetteer

# Scores: how a name matched weighs more than who bears it, except that a completion or a typo of
# a very large place may pass before a nearer match of a hamlet.
EXACT = 1000.0
LOOSE = 800.0
COMPLETION = 300.0
TYPO = 270.0
WORDS = 240.0
TWO_TYPOS = 200.0
PER_FORMER_NAME = 60.0
PER_POWER_OF_TEN = 12.0
IN_ANOTHER_KIND = 150.0

#: What passes first when one name is that of several kinds of places.
KIND_BONUS: dict[PlaceType, float] = {
    "country": 120.0,
    "region": 110.0,
    "former_region": 100.0,
    "department": 90.0,
    "commune": 0.0,
    "postcode": 0.0,
    "epci": -40.0,
}
LARGE_CITY = 100_000
COMPLETIONS_WEIGHED = 60

_LINKS = {"en", "dans", "de", "du", "d", "des"}

Keep = Callable[[Place], bool]


def search_places(q: str, limit: int = 10) -> list[Place]:
    """Return the places that ``q`` may mean, best first; none for an empty query.

    Understands communes of today and before, postcodes whole or begun, départements by name or
    number, regions old and new, EPCI, nicknames, arrondissements, « Sainte-Colombe (Gironde) »,
    names begun, misspelt, without accents, hyphens or article.
    """
    return PlaceSearch(gazetteer()).search(q, limit)


class PlaceSearch:
    """One way to search a gazetteer; the gazetteer may come from elsewhere than the database."""

    def __init__(self, places: Gazetteer) -> None:
        self.places = places

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
                return named
            if elsewhere := self._by_name(query, 5):
                return [*elsewhere[:1], *self._of_postcode(postcode), *elsewhere[1:]]
        return self._of_postcode(postcode)

    def _named(self, query: PlaceQuery, area: list[Place]) -> list[Place]:
        codes = {place.code for place in area}
        for variant in query.variants:
            if district := self._arrondissement(variant):
                return district
            found = self._ranked(variant, lambda place: place.code in codes, None, 5)
            if found:
                return found
        return []

    def _of_postcode(self, postcode: str) -> list[Place]:
        communes = sorted(self.places.by_postcode.get(postcode, []), key=_largest_first)
        if len([one for one in communes if one.code not in self.places.parents]) > 1:
            return [postcode_place(postcode, communes), *communes]
        if communes:
            return communes
        if commune := self._by_official_code(postcode):
            return [commune]
        # A CEDEX number: the communes whose postcode begins alike, else the département.
        for length in (3, 2):
            if near := self._beginning_with(postcode[:length]):
                department = self.places.departments.get(department_of(postcode))
                return [*near[:5], *([department] if department else [])]
        return []

    def _by_number(self, query: PlaceQuery) -> list[Place]:
        """Return what a département number, a postcode begun or an INSEE code stands for."""
        if query.qualifier:
            return []
        for variant in query.variants:
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
        return [
            place
            for place in self.places.communes.values()
            if place.department_code == department
            or (department == "20" and place.department_code in {"2A", "2B"})
        ]

    # Names

    def _by_name(self, query: PlaceQuery, limit: int) -> list[Place]:
        if query.qualifier:
            if found := self._qualified(query, query.qualifier, limit):
                return found
            joined = name_key(f"{query.text} {query.qualifier}")
            query = replace(query, text=joined, variants=(joined, *query.variants))
        for variant in query.variants:
            if district := self._arrondissement(variant):
                return district
        best: list[Place] = []
        for variant in query.variants:
            if self._known(variant):
                best.extend(self._ranked(variant, None, query.kind, limit))
                break
        if not best:
            for variant in query.variants:
                best = self._split(replace(query, text=variant, variants=(variant,)), limit)
                if best:
                    break
        for variant in reversed(query.variants):
            if len(best) >= limit:
                break
            best.extend(self._ranked(variant, None, query.kind, limit))
        return best

    def _known(self, text: str) -> bool:
        return bool(self.places.by_key.get(text) or self.places.by_loose_key.get(text))

    def _split(self, query: PlaceQuery, limit: int) -> list[Place]:
        """Try « Montreuil 93 », « 93 Montreuil », « Sainte-Colombe en Gironde »."""
        words = query.text.split()
        splits = [(words[:-size], words[-size:]) for size in range(1, min(len(words), 7))]
        if len(words) > 1 and words[0].isdigit():
            splits.append((words[1:], words[:1]))
        for exactly in (True, False):
            for head, tail in splits:
                name = " ".join(head[:-1] if head[-1] in _LINKS and len(head) > 1 else head)
                part = replace(query, text=name, variants=(name,))
                if found := self._qualified(part, " ".join(tail), limit, exactly=exactly):
                    return found
        return []

    def _qualified(
        self, query: PlaceQuery, qualifier: str, limit: int, *, exactly: bool = False
    ) -> list[Place]:
        """Return the communes of that name inside the département, region… that qualifies it."""
        keep = self._inside(qualifier, forgiving=not exactly)
        if keep is None:
            return []
        for variant in query.variants:
            if exactly and not self._known(variant):
                continue
            if found := self._ranked(variant, keep, None, limit, complete=not exactly):
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
            return False
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

    def _ranked(
        self,
        text: str,
        keep: Keep | None,
        kind: PlaceType | None,
        limit: int,
        *,
        complete: bool = True,
    ) -> list[Place]:
        """Return the places whose name matches ``text`` one way or another, best first."""
        found: dict[tuple[str, str], tuple[float, Place]] = {}

        def add(names: Iterable[Name], score: float) -> bool:
            added = False
            for name in names:
                place = name.place
                if keep is not None and not keep(place):
                    continue
                added = True
                value = score + self._weight(name, kind)
                key = (place.type, place.code)
                if key not in found or found[key][0] < value:
                    shown = name.shown if name.rank else None
                    found[key] = (value, replace(place, matched=shown) if shown else place)
            return added

        exact = add(self.places.by_key.get(text, ()), EXACT)
        loose = add(self._loosely(text), LOOSE)
        if complete and len(text) >= 2:
            completions = self.places.starting_with(text)
            if keep is None:
                completions = heapq.nsmallest(
                    COMPLETIONS_WEIGHED, completions, key=lambda name: _largest_first(name.place)
                )
            add(completions, COMPLETION)
        if complete and not (exact or loose):
            add(self._with_words(text, keep), WORDS)
            if len(text) >= 4:
                for score, names in self._misspelt(text):
                    add(names, score)
        best = heapq.nlargest(limit, found.values(), key=lambda item: (item[0], item[1].code))
        return [place for _, place in best]

    def _loosely(self, text: str) -> list[Name]:
        bare = without_article(text)
        names = [*self.places.by_loose_key.get(text, ())]
        if bare != text:
            names += self.places.by_key.get(bare, ())
            names += self.places.by_loose_key.get(bare, ())
        names += self.places.by_key.get(text.replace(" ", ""), ())
        return names

    def _with_words(self, text: str, keep: Keep | None) -> list[Name]:
        """Return the names that hold every word of ``text``, the last one perhaps begun."""
        words = text.split()
        lists = sorted((self.places.by_word.get(word, []) for word in words[:-1]), key=len)
        last = self.places.by_word.get(words[-1], [])
        if len(words) == 1:
            positions = last
        else:
            held = set(lists[0]).intersection(*lists[1:])
            complete = held.intersection(last)
            start = f" {words[-1]}"
            positions = list(complete) or [
                position for position in held if start in self.places.keys[position]
            ]
        names = [self.places.names[position] for position in positions]
        if keep is not None:
            return names
        return heapq.nsmallest(20, names, key=lambda name: _largest_first(name.place))

    def _misspelt(self, text: str) -> list[tuple[float, list[Name]]]:
        """Return the names one edit away (or two, for long ones, if none is), with their score."""
        allowed = 1 if len(text) < 8 else 2
        groups: dict[int, list[Name]] = {1: [], 2: []}
        for length in range(len(text) - allowed, len(text) + allowed + 1):
            for key, edits, _ in process.extract(
                text,
                self.places.keys_by_length.get(length, ()),
                scorer=OSA.distance,
                score_cutoff=allowed,
                limit=None,
            ):
                if edits:
                    names = self.places.by_key.get(key) or self.places.by_loose_key[key]
                    groups[int(edits)].extend(names)
        if groups[1]:
            return [(TYPO, groups[1])]
        return [(TWO_TYPOS, groups[2])]

    def _weight(self, name: Name, kind: PlaceType | None) -> float:
        place = name.place
        value = PER_POWER_OF_TEN * math.log10((place.population or 0) + 1)
        value += KIND_BONUS[place.type]
        if place.type == "commune" and (place.population or 0) >= LARGE_CITY and not name.rank:
            value += KIND_BONUS["country"]
        if (
            place.type in {"region", "department"}
            and len(place.code) == 3
            and place.region_code == place.code
        ):
            value -= IN_ANOTHER_KIND  # a collectivity: the communes of its name are better known
        if place.code in self.places.parents:
            value -= IN_ANOTHER_KIND  # an arrondissement comes after the city, unless asked for
        if kind is not None and place.type != kind:
            value -= 2 * IN_ANOTHER_KIND
        return value - PER_FORMER_NAME * max(0, name.rank - 1)


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
