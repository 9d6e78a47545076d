"""The way a theme has gone, as a bar; and over cycles, as a line of points.

Coordinates are in the units of the picture's own box, from its top left corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 240.0, 28.0
_INSET = 8.0  # what a mark takes beyond its centre, and its outline
QUARTERS = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Bar:
    """A track from nothing to the last level, what is done of it, and where one was before."""

    width: float
    height: float
    left: float
    length: float  # of the track
    done: float
    ticks: tuple[float, ...]
    before: float | None


@dataclass(frozen=True)
class Mark:
    """A cycle on a line: its place, and its name beneath."""

    x: float
    y: float
    name: str
    share: float


@dataclass(frozen=True)
class Line:
    """Cycles from left to right; a cycle that has no value interrupts the line."""

    width: float
    height: float
    base: float  # where the share is 0
    top: float  # where it is 1
    marks: tuple[Mark, ...]
    strokes: tuple[str, ...]  # points of SVG polylines


def bar(share: float, before: float | None = None) -> Bar:
    """Return the bar of a share from 0 to 1, and of the one before it."""
    length = WIDTH - 2 * _INSET
    return Bar(
        width=WIDTH,
        height=HEIGHT,
        left=_INSET,
        length=length,
        done=length * share,
        ticks=tuple(_INSET + length * quarter for quarter in QUARTERS),
        before=None if before is None else _INSET + length * before,
    )


def line(cycles: Sequence[tuple[str, float | None]], height: float = 84.0) -> Line:
    """Return the line of cycles: (name, share from 0 to 1 or ``None``), oldest first."""
    top, base = _INSET, height - 24.0
    step = (WIDTH - 6 * _INSET) / max(len(cycles) - 1, 1)
    start = 3 * _INSET if len(cycles) > 1 else WIDTH / 2
    marks: list[Mark] = []
    strokes: list[list[Mark]] = [[]]
    for number, (name, share) in enumerate(cycles):
        if share is None:
            strokes.append([])
            continue
        mark = Mark(start + number * step, base + (top - base) * share, name, share)
        marks.append(mark)
        strokes[-1].append(mark)
    return Line(
        width=WIDTH,
        height=height,
        base=base,
        top=top,
        marks=tuple(marks),
        strokes=tuple(
            " ".join(f"{mark.x:.1f},{mark.y:.1f}" for mark in stroke)
            for stroke in strokes
            if len(stroke) > 1
        ),
    )
