"""The gazetteer in memory: every territory, findable by name, code, postcode and point."""

from __future__ import annotations

import csv
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from .geometry import PointGrid
from .names import name_key, without_article, without_particles
from .places import Place, PlaceType

NICKNAMES = Path(__file__).resolve().parent.parent / "data" / "territories" / "aliases.csv"
COUNTRY = Place("country", "FR", "France", lat=46.6, lon=2.45)

#: Arrondissements are 75101–75120, 69381–69389 and 13201–13216.
ARRONDISSEMENTS_AFTER = {"75": 75100, "69": 69380, "13": 13200}

#: Rank of a nickname among names; a place's own name has 0, former communes more.
NICKNAME = 1

#: Kinds of former communes, those which still exist inside a commune first.
ALIAS_KINDS = ("commune-deleguee", "commune-associee", "commune-fusionnee", "ancien-nom")


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """One name of a place: ``rank`` 0 is its own, then nicknames, then former communes."""

    key: str
    rank: int
    place: Place = field(compare=False)
    shown: str | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Alias:
    """A former name or code of a commune."""

    code: str
    name: str
    kind: str
    commune: str


@dataclass
class Gazetteer:
    """Territories by official code, and the indexes over their names.

    ``communes`` holds arrondissements too; ``parents`` maps those to their commune and
    ``epci_of`` a commune to the SIREN number of its EPCI.
    """

    regions: dict[str, Place] = field(default_factory=dict)
    former_regions: dict[str, Place] = field(default_factory=dict)
    departments: dict[str, Place] = field(default_factory=dict)
    epci: dict[str, Place] = field(default_factory=dict)
    communes: dict[str, Place] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    epci_of: dict[str, str] = field(default_factory=dict)
    former_region_of: dict[str, str] = field(default_factory=dict)
    aliases: list[Alias] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.names: list[Name] = sorted(self._all_names())
        self.keys: list[str] = [name.key for name in self.names]
        self.by_key: dict[str, list[Name]] = defaultdict(list)
        self.by_loose_key: dict[str, list[Name]] = defaultdict(list)
        for name in self.names:
            self.by_key[name.key].append(name)
            for loose in loose_keys(name.key):
                self.by_loose_key[loose].append(name)
        self.by_postcode: dict[str, list[Place]] = defaultdict(list)
        self.by_department: dict[str, list[Place]] = defaultdict(list)
        for commune in self.communes.values():
            self.by_department[commune.department_code or ""].append(commune)
            for postcode in commune.postcodes:
                self.by_postcode[postcode].append(commune)
        self.postcodes = sorted(self.by_postcode)
        self.arrondissements: dict[str, dict[int, Place]] = defaultdict(dict)
        for code, parent in self.parents.items():
            district = self.communes.get(code)
            if district is not None and code.isdigit():
                number = int(code) - ARRONDISSEMENTS_AFTER.get(code[:2], 0)
                self.arrondissements[parent][number] = district
        self.former_codes = {
            alias.code: alias.commune for alias in self.aliases if alias.code not in self.communes
        }

    def of(self, kind: PlaceType, code: str) -> Place | None:
        """Return the place of that type and official code."""
        if kind == "country":
            return COUNTRY if code == COUNTRY.code else None
        tables: dict[str, dict[str, Place]] = {
            "region": self.regions,
            "former_region": self.former_regions,
            "department": self.departments,
            "epci": self.epci,
            "commune": self.communes,
        }
        return tables.get(kind, {}).get(code)

    def starting_with(self, prefix: str) -> list[Name]:
        """Return the names whose key starts with ``prefix``."""
        start = bisect_left(self.keys, prefix)
        return self.names[start : bisect_left(self.keys, prefix + "\uffff", start)]

    def postcodes_starting_with(self, prefix: str) -> list[str]:
        """Return the postcodes that start with ``prefix``."""
        start = bisect_left(self.postcodes, prefix)
        return self.postcodes[start : bisect_left(self.postcodes, prefix + "~", start)]

    @cached_property
    def by_word(self) -> dict[str, list[int]]:
        """Positions in ``names`` of the names that hold a word."""
        positions: dict[str, list[int]] = defaultdict(list)
        for position, key in enumerate(self.keys):
            for word in set(key.split()):
                positions[word].append(position)
        return positions

    @cached_property
    def keys_by_length(self) -> dict[int, list[str]]:
        """Distinct keys, with and without article, by length: typos change it by one or two."""
        groups: dict[int, list[str]] = defaultdict(list)
        for key in {*self.by_key, *(without_article(key) for key in self.by_key)}:
            groups[len(key)].append(key)
        return groups

    @cached_property
    def grid(self) -> PointGrid:
        """Centres of communes; those of arrondissements stand for their commune."""
        return PointGrid(
            (self.parents.get(place.code, place.code), place.lat, place.lon)
            for place in self.communes.values()
            if place.lat is not None and place.lon is not None
        )

    def _all_names(self) -> Iterator[Name]:
        for table in (self.regions, self.former_regions, self.departments, self.communes):
            for place in table.values():
                if not self._repeats_the_present(place):
                    yield Name(name_key(place.name), 0, place)
        yield Name(name_key(COUNTRY.name), 0, COUNTRY)
        for place in self.epci.values():
            full = name_key(place.name)
            yield Name(full, 0, place)
            for nickname in epci_short_names(full) - {full}:
                yield Name(nickname, NICKNAME, place)
        for alias in self.aliases:
            if commune := self.communes.get(alias.commune):
                rank = (
                    NICKNAME
                    + 1
                    + (
                        ALIAS_KINDS.index(alias.kind)
                        if alias.kind in ALIAS_KINDS
                        else len(ALIAS_KINDS)
                    )
                )
                yield Name(name_key(alias.name), rank, commune, alias.name)
        for kind, code, nickname in nicknames():
            if (known := self.of(kind, code)) and name_key(nickname) != name_key(known.name):
                yield Name(name_key(nickname), NICKNAME, known, nickname)

    def _repeats_the_present(self, place: Place) -> bool:
        """Tell whether a former region, or the département of a collectivity, is the region."""
        region = self.regions.get(place.code)
        return (
            place.type in {"former_region", "department"}
            and region is not None
            and place.name == region.name
        )


def loose_keys(key: str) -> set[str]:
    """Return forms of ``key`` that match more than it: no article, no particle, no space."""
    bare = without_article(key)
    return {bare, without_particles(key), key.replace(" ", ""), bare.replace(" ", "")} - {key}


_EPCI_KINDS = {
    "cc": "communaute de communes",
    "ca": "communaute d agglomeration",
    "cu": "communaute urbaine",
}


def epci_short_names(key: str) -> set[str]:
    """Return how people call an EPCI: without « CC de », in full, with « agglo »."""
    kind, _, rest = key.partition(" ")
    if kind not in _EPCI_KINDS:
        return set()
    bare = rest
    for link in ("de la ", "de l ", "du ", "des ", "de ", "d ", "le ", "la ", "les "):
        if bare.startswith(link):
            bare = bare.removeprefix(link)
            break
    return {rest, bare, f"{_EPCI_KINDS[kind]} {rest}", f"{kind} {bare}"}


def nicknames() -> Iterable[tuple[PlaceType, str, str]]:
    """Yield (type, code, nickname) from the hand-written table."""
    with NICKNAMES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield row["type"], row["code"], row["alias"]  # type: ignore[misc]
