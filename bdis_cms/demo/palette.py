"""Colours of the generated covers: the eight family hues, muted, on warm paper."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[int, int, int]

PAPER = "#fbf7ef"
INK = "#15302a"
SUN = "#f2b632"
CLAY = "#b8432a"
#: The hues of the public pages, in the order of the families' colour groups.
HUES = (
    "#4f7326",
    "#a65321",
    "#a93a5e",
    "#83630b",
    "#2c628d",
    "#1b7480",
    "#744a87",
    "#56615c",
)
#: The companion of each hue: a second colour that lives well beside it.
COMPANIONS = (4, 6, 8, 6, 1, 5, 3, 6)


def rgb(value: str) -> Colour:
    """Return "#rrggbb" as three numbers."""
    return (int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16))


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return ``first`` with ``share`` (0 to 1) of ``second`` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return (red, green, blue)


@dataclass(frozen=True)
class Palette:
    """Five steps of one hue, its companion, and the two accents of the site."""

    paper: Colour
    pale: Colour
    light: Colour
    mid: Colour
    base: Colour
    deep: Colour
    friend: Colour
    friend_light: Colour
    sun: Colour
    clay: Colour

    @classmethod
    def of(cls, hue: int) -> Palette:
        """Return the palette of a colour group (1 to 8)."""
        paper, ink = rgb(PAPER), rgb(INK)
        base = rgb(HUES[hue - 1])
        friend = rgb(HUES[COMPANIONS[hue - 1] - 1])
        return cls(
            paper=paper,
            pale=mix(base, paper, 0.84),
            light=mix(base, paper, 0.64),
            mid=mix(base, paper, 0.38),
            base=mix(base, paper, 0.1),
            deep=mix(base, ink, 0.42),
            friend=mix(friend, paper, 0.25),
            friend_light=mix(friend, paper, 0.62),
            sun=mix(rgb(SUN), paper, 0.12),
            clay=mix(rgb(CLAY), paper, 0.16),
        )
