"""Small cells: a figure over fewer than three initiatives is hidden, and what would reveal it.

A region that is hidden could be obtained from the national figure less those of the others: enough
others are hidden with it for what is left to cover three initiatives and two regions at least;
where there are not enough, the national figure is hidden instead.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

SMALLEST = 3
Part = TypeVar("Part", bound=Hashable)


@dataclass(frozen=True)
class Suppression(Generic[Part]):
    """Which figures are hidden: those of ``parts``, and perhaps that of the whole."""

    parts: frozenset[Part]
    whole: bool


def suppress(numbers: Mapping[Part, int]) -> Suppression[Part]:
    """Return what to hide of a figure, from how many initiatives each part counts.

    Parts that count none have no figure: nothing of theirs is to be hidden.
    """
    counted = sorted((item for item in numbers.items() if item[1]), key=_smallest_first)
    total = sum(number for _part, number in counted)
    hidden = [part for part, number in counted if number < SMALLEST]
    if not hidden:
        return Suppression(frozenset(), whole=0 < total < SMALLEST)
    others = [part for part, number in counted if number >= SMALLEST]
    while others and not _protects(hidden, numbers):
        hidden.append(others.pop(0))
    return Suppression(frozenset(hidden), whole=not _protects(hidden, numbers))


def _protects(hidden: list[Part], numbers: Mapping[Part, int]) -> bool:
    return len(hidden) > 1 and sum(numbers[part] for part in hidden) >= SMALLEST


def _smallest_first(item: tuple[Part, int]) -> tuple[int, str]:
    return item[1], str(item[0])
