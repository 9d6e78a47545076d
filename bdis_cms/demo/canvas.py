"""A small drawing surface: coordinates in final pixels, drawn twice as large, then smoothed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from PIL import Image, ImageDraw

from bdis_cms.demo.palette import Colour

Point = tuple[float, float]
SCALE = 2


class Canvas:
    """A picture under construction; ``width`` and ``height`` are those of the finished one."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.image = Image.new("RGB", (width * SCALE, height * SCALE))
        self.draw = ImageDraw.Draw(self.image)

    def finished(self) -> Image.Image:
        """Return the smoothed picture in its final size."""
        return self.image.reduce(SCALE)

    def ground(self, colour: Colour) -> None:
        """Fill the whole picture."""
        self.rect(0, 0, self.width, self.height, colour)

    def rect(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """Fill a rectangle."""
        box = (left * SCALE, top * SCALE, right * SCALE - 1, bottom * SCALE - 1)
        self.draw.rectangle(box, fill=colour)

    def rounded(
        self, left: float, top: float, right: float, bottom: float, radius: float, colour: Colour
    ) -> None:
        """Fill a rectangle with round corners."""
        box = (left * SCALE, top * SCALE, right * SCALE - 1, bottom * SCALE - 1)
        self.draw.rounded_rectangle(box, radius=radius * SCALE, fill=colour)

    def polygon(self, points: Iterable[Point], colour: Colour) -> None:
        """Fill a polygon."""
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Fill a disc."""
        r = radius * SCALE
        self.draw.ellipse((x * SCALE - r, y * SCALE - r, x * SCALE + r, y * SCALE + r), fill=colour)

    def ring(self, x: float, y: float, radius: float, thickness: float, colour: Colour) -> None:
        """Draw a circle of a given thickness, inwards."""
        self.arc(x, y, radius, 0, 360, thickness, colour)

    def arc(
        self,
        x: float,
        y: float,
        radius: float,
        start: float,
        end: float,
        thickness: float,
        colour: Colour,
    ) -> None:
        """Draw an arc; angles in degrees, clockwise from three o'clock."""
        r = radius * SCALE
        box = (x * SCALE - r, y * SCALE - r, x * SCALE + r, y * SCALE + r)
        self.draw.arc(box, start, end, fill=colour, width=round(thickness * SCALE))

    def slice(
        self, x: float, y: float, radius: float, start: float, end: float, colour: Colour
    ) -> None:
        """Fill a slice of a disc; angles in degrees, clockwise from three o'clock."""
        r = radius * SCALE
        box = (x * SCALE - r, y * SCALE - r, x * SCALE + r, y * SCALE + r)
        self.draw.pieslice(box, start, end, fill=colour)

    def line(self, points: Iterable[Point], thickness: float, colour: Colour) -> None:
        """Draw a line with round ends and joints."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        width = max(1, round(thickness * SCALE))
        self.draw.line(scaled, fill=colour, width=width, joint="curve")
        for x, y in (scaled[0], scaled[-1]):
            r = width / 2
            self.draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)

    def below(self, curve: Callable[[float], float], colour: Colour) -> None:
        """Fill everything under ``curve``, a height for each abscissa."""
        xs = range(0, self.width + 9, 8)
        points = [(float(x), curve(x)) for x in xs]
        self.polygon([(0, self.height), *points, (self.width + 8, self.height)], colour)


def wave(
    level: float, height: float, length: float, phase: float, second: float = 0.35
) -> Callable[[float], float]:
    """Return a soft hill line around ``level``, made of two sines."""

    def curve(x: float) -> float:
        turn = 2 * math.pi * x / length + phase
        return level - height * (math.sin(turn) + second * math.sin(2.3 * turn + 1.7 * phase))

    return curve
