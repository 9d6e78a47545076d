"""Rank the names that a text may stand for: exactly, loosely, begun or misspelt."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable
from dataclasses import replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .index import NICKNAME, Gazetteer, Name
from .names import without_article
from .places import Place, PlaceType

# Scores: how a name matched weighs more than who bears it, except that a completion or a typo of
# a very large place may pass before a nearer match of a hamlet.
EXACT = 1000.0
LOOSE = 800.0
BELOW_EXACT = 25.0  # « Clermont » is a village, but Clermont-Ferrand is meant as often
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
LONGEST_ACRONYM = 4  # an edit away from IDF or PACA is another word altogether
LONGEST_NAME = 50  # « Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson » has 45

Keep = Callable[[Place], bool]


class Ranking:
    """Places found so far with their best score, and those that must be seen."""

    def __init__(self, keep: Keep | None, kind: PlaceType | None, parents: dict[str, str]) -> None:
        self.keep, self.kind, self.parents = keep, kind, parents
        self.found: dict[tuple[str, str], tuple[float, Place]] = {}
        self.shown_early: list[tuple[str, str]] = []

    def add(self, names: Iterable[Name], score: float, *, early: bool = False) -> bool:
        """Add the places of ``names``; ``early`` promises the best of them a place in the top 3."""
        added: dict[tuple[str, str], float] = {}
        for name in names:
            place = name.place
            if self.keep is not None and not self.keep(place):
                continue
            value = score + self.weight(name, is_exact=score >= LOOSE)
            key = (place.type, place.code)
            added[key] = max(value, added.get(key, 0.0))
            if key not in self.found or self.found[key][0] < value:
                shown = name.shown if name.rank else None
                self.found[key] = (value, replace(place, matched=shown) if shown else place)
        if early and added:
            self.shown_early.append(max(added, key=lambda key: (added[key], key)))
        return bool(added)

    def has(self, kind: PlaceType) -> bool:
        """Tell whether a place of that type was found."""
        return any(key[0] == kind for key in self.found)

    def best(self, limit: int, at_least: float = 0.0) -> list[Place]:
        """Return the places found, best first."""
        best = heapq.nlargest(
            max(limit, 3), self.found.items(), key=lambda item: (item[1][0], item[0])
        )
        keys = [key for key, (score, _) in best if score >= at_least]
        for position, key in zip((2, 1), self.shown_early, strict=False):
            if key not in keys[:3] and self.found[key][0] >= at_least:
                keys = [one for one in keys if one != key]
                keys.insert(position, key)
        return [self.found[key][1] for key in keys[:limit]]

    def weight(self, name: Name, *, is_exact: bool) -> float:
        """Return what a name is worth besides how it matched: who bears it, and since when."""
        place, factor = name.place, 1.0 if is_exact else 0.2
        value = PER_POWER_OF_TEN * math.log10((place.population or 0) + 1)
        value += KIND_BONUS[place.type] * factor
        if (place.population or 0) >= LARGE_CITY and place.type == "commune":
            value += KIND_BONUS["country"] * factor
        if place.type != "commune" and place.region_code == place.code and len(place.code) == 3:
            value -= IN_ANOTHER_KIND  # a collectivity: the communes of its name come first
        if place.code in self.parents:
            value -= IN_ANOTHER_KIND  # an arrondissement comes after the city, unless asked for
        if self.kind is not None and place.type != self.kind:
            value -= 2 * IN_ANOTHER_KIND
        return value - PER_FORMER_NAME * max(0, name.rank - 1)


class NameMatcher:
    """Matches texts against the names of a gazetteer."""

    def __init__(self, places: Gazetteer) -> None:
        self.places = places

    def is_name(self, text: str) -> bool:
        """Tell whether a place is called exactly so."""
        return bool(self.places.by_key.get(text))

    def is_known(self, text: str) -> bool:
        """Tell whether a place is called so, give or take an article, a particle, a space."""
        return self.is_name(text) or bool(self._loosely(text))

    def ranked(
        self,
        text: str,
        limit: int,
        *,
        keep: Keep | None = None,
        kind: PlaceType | None = None,
        complete: bool = True,
        at_least: float = 0.0,
    ) -> list[Place]:
        """Return the places whose name matches ``text``, best first.

        ``keep`` says which places count; ``complete`` lets begun and misspelt names in.
        """
        ranking = Ranking(keep, kind, self.places.parents)
        exact = ranking.add(self.places.by_key.get(text, ()), EXACT, early=True)
        loose = ranking.add(self._loosely(text), LOOSE)
        if exact:
            articled = [n for n in self._loosely(text) if without_article(n.key) == text]
            ranking.add(articled, LOOSE, early=True)
        if complete and text:
            completions = self.places.starting_with(text)
            if keep is None:
                completions = heapq.nsmallest(
                    COMPLETIONS_WEIGHED, completions, key=lambda name: _largest_first(name.place)
                )
            whole = [
                name for name in completions if not name.rank and name.key.startswith(f"{text} ")
            ]
            known_score = EXACT if exact else LOOSE if loose else 0.0
            ranking.add(whole, known_score - BELOW_EXACT if known_score else COMPLETION)
            ranking.add(completions, COMPLETION)
            if kind is not None and not ranking.has(kind):
                of_kind = [n for n in self._with_words(text, None) if n.place.type == kind]
                ranking.add(of_kind, EXACT)
        if complete and not (exact or loose):
            ranking.add(self._with_words(text, keep), WORDS)
            if 3 <= len(text) <= LONGEST_NAME:
                score, names = self._misspelt(text)
                ranking.add(names, score)
        return ranking.best(limit, at_least)

    def _loosely(self, text: str) -> list[Name]:
        bare = without_article(text)
        names = [*self.places.by_loose_key.get(text, ())]
        if bare != text:
            names += self.places.by_key.get(bare, ())
            names += self.places.by_loose_key.get(bare, ())
        if " " in text:
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

    def _misspelt(self, text: str) -> tuple[float, list[Name]]:
        """Return the names one edit away (or two, for long ones, if none is), with their score."""
        for allowed, score in ((1, TYPO), (2, TWO_TYPOS)):
            if allowed == 2 and len(text) < 8:
                break
            names: list[Name] = []
            for length in range(len(text) - allowed, len(text) + allowed + 1):
                for key, _edits, _ in process.extract(
                    text,
                    self.places.keys_by_length.get(length, ()),
                    scorer=OSA.distance,
                    score_cutoff=allowed,
                    limit=None,
                ):
                    names += [
                        name
                        for name in self.places.by_key.get(key) or self.places.by_loose_key[key]
                        if len(key) > LONGEST_ACRONYM or name.rank != NICKNAME
                    ]
            if names:
                return score, names
        return TYPO, []


def _largest_first(place: Place) -> tuple[int, str]:
    return -(place.population or 0), place.code
