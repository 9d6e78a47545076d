"""The pictures of a report in its PDF, from the same geometry as those of the pages.

Coordinates of ``pictures.bars`` go down from the top left corner, those of a PDF up from the
bottom left one.
"""

from __future__ import annotations

import math

from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String
from reportlab.lib.colors import Color, white

from bdis_cms.pdf.document import BRAND, INK, LINE, MUTED
from bdis_evaluation.pictures import bars

_SCALE = 0.66
_TRACK_TOP, _TRACK_HEIGHT = 9.0, 10.0
_DISC = 6.0


def bar_drawing(bar: bars.Bar) -> Drawing:
    """Return the bar of a theme."""
    drawing = _drawing(bar.width, bar.height)
    bottom = bar.height - _TRACK_TOP - _TRACK_HEIGHT
    drawing.add(_rounded(bar.left, bottom, bar.length, LINE))
    if bar.done:
        drawing.add(_rounded(bar.left, bottom, bar.done, BRAND))
    for x in bar.ticks:
        drawing.add(Line(x, bottom + 2, x, bottom + 8, strokeColor=white, strokeWidth=1.5))
    return drawing


def line_drawing(line: bars.Line) -> Drawing:
    """Return the line of a theme over the cycles, each named beneath."""
    drawing = _drawing(line.width, line.height)
    for y in (line.base, line.top):
        up = line.height - y
        drawing.add(Line(0, up, line.width, up, strokeColor=LINE, strokeWidth=1.5))
    for stroke in line.strokes:
        points = [float(one) for pair in stroke.split(" ") for one in pair.split(",")]
        points[1::2] = [line.height - y for y in points[1::2]]
        drawing.add(PolyLine(points, strokeColor=BRAND, strokeWidth=2.5))
    for mark in line.marks:
        last = mark is line.marks[-1]
        disc = Circle(mark.x, line.height - mark.y, _DISC)
        disc.fillColor = BRAND if last else white
        disc.strokeColor, disc.strokeWidth = (white if last else INK), 2
        drawing.add(disc)
        name = String(mark.x, 3, mark.name, textAnchor="middle", fontName="Atkinson", fontSize=14)
        name.fillColor = MUTED
        drawing.add(name)
    return drawing


def mark_drawing(side: float = 54.0) -> Drawing:
    """Return the mark of the directory, an open circle of joined dots; ``side`` is in points."""
    drawing = Drawing(side, side)
    centre, ring, dot = side / 2, side * 0.38, side * 0.1
    angles = [math.radians(90 - 45 * step) for step in range(7)]
    dots = [(centre + ring * math.cos(one), centre + ring * math.sin(one)) for one in angles]
    points = [value for place in dots for value in place]
    drawing.add(PolyLine(points, strokeColor=BRAND, strokeWidth=2))
    for x, y in dots:
        drawing.add(Circle(x, y, dot, fillColor=BRAND, strokeColor=white, strokeWidth=1))
    return drawing


def _drawing(width: float, height: float) -> Drawing:
    drawing = Drawing(width * _SCALE, height * _SCALE)
    drawing.scale(_SCALE, _SCALE)
    return drawing


def _rounded(x: float, y: float, width: float, colour: Color) -> Rect:
    radius = min(5.0, width / 2)
    return Rect(
        x, y, width, _TRACK_HEIGHT, rx=radius, ry=radius, fillColor=colour, strokeColor=None
    )
