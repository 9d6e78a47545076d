"""What a text selects and how it scores, in terms every engine can compile.

Scores add up: ``All`` and ``Any`` sum those of their parts, a ``Token`` and a ``Phrase`` score by
BM25 (k1 = 1.2, b = 0.75, with the factor k1 + 1), a ``Typo`` and ``Ids`` score 1.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """The field holds the token."""

    field: str
    token: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """The field holds the tokens one after the other."""

    field: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Typo:
    """The field holds the token, give or take one letter, or two letters exchanged."""

    field: str
    token: str


@dataclass(frozen=True, slots=True)
class Ids:
    """The listing is one of these pages."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; ``wished`` only add to the score."""

    parts: tuple[Expression, ...]
    wished: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    """At least so many parts hold."""

    parts: tuple[Expression, ...]
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class Best:
    """One of the parts holds; it scores as the best one, and a tenth of the others."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Boost:
    """The part, its score multiplied."""

    part: Expression
    factor: float


@dataclass(frozen=True, slots=True)
class Fixed:
    """The part, with that score whatever its own."""

    part: Expression
    score: float


Expression = Token | Phrase | Typo | Ids | All | Any | Best | Boost | Fixed
#: What the other parts of ``Best`` add.
TIE = 0.1


def every(parts: list[Expression]) -> Expression:
    """Return the conjunction of ``parts``, at least one."""
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def some(parts: list[Expression]) -> Expression:
    """Return the disjunction of ``parts``, at least one."""
    return parts[0] if len(parts) == 1 else Any(tuple(parts))
