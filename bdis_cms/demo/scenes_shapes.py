"""Scenes made of plain shapes: objects, wheels, circles, joined dots."""

from __future__ import annotations

import math
import random

from bdis_cms.demo.canvas import Canvas
from bdis_cms.demo.palette import Palette, mix

#: Corners of a tooth: distance from the hub, share of its width, side.
TOOTH = ((0.86, 1.15, -1), (0.86, 1.15, 1), (1.12, 0.75, 1), (1.12, 0.75, -1))


def objects(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Shelves of second-hand objects."""
    canvas.ground(palette.pale)
    tones = [palette.base, palette.mid, palette.friend, palette.clay, palette.deep, palette.sun]
    for shelf, floor in enumerate((214, 426, 638)):
        canvas.rect(0, floor, 1200, floor + 14, palette.deep)
        x = rng.randint(20, 70)
        while x < 1110:
            tone, kind = rng.choice(tones), rng.randint(0, 5)
            if kind == 0:
                for _ in range(rng.randint(3, 6)):
                    wide, high = rng.randint(16, 28), rng.randint(96, 150)
                    canvas.rounded(x, floor - high, x + wide, floor, 3, rng.choice(tones))
                    x += wide + 3
            elif kind == 1:
                canvas.polygon([(x + 20, floor - 70), (x + 80, floor - 70), (x + 100, floor - 140),
                                (x, floor - 140)], tone)  # fmt: skip
                canvas.line([(x + 50, floor - 70), (x + 50, floor - 8)], 9, palette.deep)
                canvas.rounded(x + 18, floor - 14, x + 82, floor, 6, palette.deep)
                x += 106
            elif kind == 2:
                canvas.slice(x + 52, floor - 70, 60, 0, 180, tone)
                canvas.rect(x + 28, floor - 16, x + 76, floor, tone)
                canvas.rect(x - 8, floor - 78, x + 112, floor - 68, palette.deep)
                x += 116
            elif kind == 3:
                canvas.rounded(x, floor - 112, x + 146, floor, 12, tone)
                canvas.disc(x + 46, floor - 54, 34, palette.paper)
                canvas.disc(x + 46, floor - 54, 13, palette.deep)
                for line in range(3):
                    y = floor - 82 + line * 24
                    canvas.rounded(x + 94, y, x + 130, y + 8, 4, palette.paper)
                x += 150
            elif kind == 4:
                canvas.rounded(x, floor - 92, x + 66, floor, 12, tone)
                canvas.arc(x + 70, floor - 48, 26, -90, 90, 9, tone)
                x += 92
            else:
                canvas.disc(x + 46, floor - 46, 46, tone)
                canvas.disc(x + 46, floor - 46, 33, mix(tone, palette.paper, 0.5))
                canvas.line([(x + 46, floor - 46), (x + 46, floor - 70)], 5, palette.deep)
                canvas.line([(x + 46, floor - 46), (x + 62, floor - 40)], 5, palette.deep)
                x += 92
            x += rng.randint(20, 46) + 4 * shelf
    canvas.rect(0, 652, 1200, 675, palette.mid)


def wheels(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """A bicycle, large, and a wall of tools behind it."""
    canvas.ground(palette.light)
    for row in range(4):
        for column in range(17):
            canvas.disc(36 + column * 72, 46 + row * 72, 5, palette.pale)
    for x in (120, 330, 560, 800, 1040):
        x += rng.randint(-24, 24)
        tone = rng.choice([palette.mid, palette.friend, palette.clay])
        canvas.line([(x, 60), (x, 190)], 18, tone)
        if rng.random() < 0.5:
            canvas.disc(x, 66, 34, tone)
            canvas.rect(x - 12, 20, x + 12, 62, palette.light)
        else:
            canvas.rounded(x - 40, 42, x + 40, 82, 8, tone)
    canvas.rect(0, 590, 1200, 675, palette.deep)
    left, right, axle = (380, 440), (820, 440), 158
    frame = rng.choice([palette.clay, palette.friend, palette.base])
    for x, y in (left, right):
        canvas.ring(x, y, axle, 19, palette.deep)
        canvas.ring(x, y, axle - 26, 5, palette.paper)
        for spoke in range(12):
            angle = math.radians(spoke * 30 + 8)
            end = (x + (axle - 28) * math.cos(angle), y + (axle - 28) * math.sin(angle))
            canvas.line([(x, y), end], 2.5, palette.paper)
        canvas.disc(x, y, 17, palette.deep)
    crank, seat, head = (575, 452), (522, 268), (742, 262)
    for points in (
        [left, crank], [left, seat, crank], [seat, head], [crank, head], [head, right],
    ):  # fmt: skip
        canvas.line(points, 17, frame)
    canvas.line([seat, (508, 226)], 13, palette.deep)
    canvas.rounded(450, 206, 562, 228, 11, palette.deep)
    canvas.line([head, (728, 214), (670, 200)], 13, palette.deep)
    canvas.ring(crank[0], crank[1], 46, 12, palette.sun)
    canvas.line([(crank[0] - 30, crank[1] + 50), (crank[0] + 30, crank[1] - 50)], 11, palette.deep)


def gears(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Cogwheels that mesh."""
    canvas.ground(palette.pale)
    tones = [palette.base, palette.mid, palette.friend, palette.clay, palette.deep, palette.sun]
    rng.shuffle(tones)
    spots = [(230, 250, 150), (500, 420, 150), (760, 235, 150), (1020, 430, 165), (70, 560, 130),
             (1180, 120, 120), (760, 640, 110), (480, 60, 104)]  # fmt: skip
    for index, (x, y, radius) in enumerate(spots):
        tone = tones[index % len(tones)]
        teeth = radius // 9
        turn = rng.random() * 40
        for tooth in range(teeth):
            angle = math.radians(tooth * 360 / teeth + turn)
            across = angle + math.pi / 2
            half = radius * math.pi / teeth * 0.5
            points = [
                (
                    x + radius * reach * math.cos(angle) + side * half * share * math.cos(across),
                    y + radius * reach * math.sin(angle) + side * half * share * math.sin(across),
                )
                for reach, share, side in TOOTH
            ]
            canvas.polygon(points, tone)
        canvas.disc(x, y, radius * 0.93, tone)
        canvas.disc(x, y, radius * 0.6, palette.pale if index % 2 else palette.light)
        canvas.disc(x, y, radius * 0.34, tone)
        canvas.disc(x, y, radius * 0.13, palette.paper)


def circles(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Quarter and half circles in a grid, like a tiled floor."""
    canvas.ground(palette.pale)
    tones = [palette.base, palette.mid, palette.friend, palette.sun, palette.clay, palette.deep,
             palette.light, palette.friend_light]  # fmt: skip
    size = 169
    for row in range(4):
        for column in range(8):
            left, top = column * size - 76, row * size
            ground, shape = rng.sample(tones, 2)
            canvas.rect(left, top, left + size, top + size, mix(ground, palette.paper, 0.15))
            kind = rng.randint(0, 3)
            if kind == 0:
                canvas.disc(left + size / 2, top + size / 2, size * 0.36, shape)
            elif kind == 1:
                corner = rng.randint(0, 3)
                x, y = left + (corner in (1, 2)) * size, top + (corner in (2, 3)) * size
                start = (0, 90, 180, 270)[corner]
                canvas.slice(x, y, size - 1, start, start + 90, shape)
            elif kind == 2:
                canvas.slice(left + size / 2, top + size / 2, size * 0.42, 180, 360, shape)
                canvas.slice(left + size / 2, top + size / 2 + 8, size * 0.42, 0, 180,
                             rng.choice(tones))  # fmt: skip
            else:
                canvas.ring(left + size / 2, top + size / 2, size * 0.4, size * 0.13, shape)


def exchange(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Points on a line, joined by arcs of every span."""
    canvas.ground(palette.pale)
    line = 470
    canvas.rect(0, line, 1200, 675, palette.deep)
    places = [100 + index * 125 for index in range(9)]
    tones = [palette.base, palette.mid, palette.friend, palette.clay, palette.sun]
    for start, span in sorted(
        ((rng.randint(0, 7), rng.randint(1, 6)) for _ in range(11)), key=lambda pair: -pair[1]
    ):
        end = min(8, start + span)
        x, radius = (places[start] + places[end]) / 2, (places[end] - places[start]) / 2
        tone = rng.choice(tones)
        canvas.arc(x, line, radius + 7, 180, 360, 14, tone)
        canvas.arc(x, line, radius * 0.42 + 5, 0, 180, 9, mix(tone, palette.deep, 0.35))
    for index, x in enumerate(places):
        canvas.disc(x, line, 30, palette.paper)
        canvas.disc(x, line, 19, tones[index % len(tones)])


def steps(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Blocks that climb towards the sun, with people on them."""
    canvas.ground(palette.pale)
    canvas.disc(990, 165, 105, palette.sun)
    canvas.disc(rng.randint(120, 300), 150, 56, palette.paper)
    tones = [palette.light, palette.mid, palette.base, palette.friend, palette.deep]
    count = 6
    for index in range(count):
        left, top = index * 200, 590 - index * 62
        tone = tones[index % len(tones)]
        canvas.rect(left, top, left + 200, 675, tone)
        canvas.rect(left, top, left + 200, top + 12, mix(tone, palette.paper, 0.4))
        x = left + 100 + rng.randint(-34, 34)
        body = rng.choice([palette.clay, palette.deep, palette.friend, palette.base])
        if index < count - 1 or rng.random() < 0.6:
            canvas.polygon([(x - 30, top), (x - 12, top - 92), (x + 12, top - 92), (x + 30, top)],
                           body)  # fmt: skip
            canvas.disc(x, top - 116, 22, palette.paper if index % 2 else palette.light)
            reach = (x + 66, top - 118)
            canvas.line([(x + 6, top - 78), reach], 10, body)


def blocks(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """A building game: cubes, arches and cones."""
    canvas.ground(palette.pale)
    canvas.disc(rng.randint(200, 1000), 260, 190, palette.paper)
    canvas.rect(0, 580, 1200, 675, palette.light)
    tones = [palette.base, palette.mid, palette.friend, palette.clay, palette.sun, palette.deep]
    unit = 112
    for column in range(10):
        x, top = 40 + column * unit, 580.0
        for level in range(rng.choice([2, 3, 3, 4, 4, 5])):
            tone, kind = (
                rng.choice(tones),
                rng.choice([0, 0, 1, 1, 2, 3]) if level else rng.randint(0, 1),
            )
            if kind == 0:
                canvas.rounded(x, top - unit, x + unit - 4, top, 6, tone)
                canvas.disc(x + unit / 2 - 2, top - unit / 2, 24, mix(tone, palette.paper, 0.55))
            elif kind == 1:
                canvas.rect(x, top - unit, x + unit - 4, top, tone)
                hole = palette.light if level == 0 else palette.pale
                canvas.slice(x + unit / 2 - 2, top - 36, 32, 180, 360, hole)
                canvas.rect(x + unit / 2 - 34, top - 37, x + unit / 2 + 30, top, hole)
            elif kind == 2:
                canvas.slice(x + unit / 2 - 2, top, unit / 2 - 2, 180, 360, tone)
                top += unit / 2 - 2
                top -= unit
                break
            else:
                canvas.polygon(
                    [(x, top), (x + unit / 2 - 2, top - unit), (x + unit - 4, top)], tone
                )
                top -= unit
                break
            top -= unit


def network(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """The mark of the network, large: a circle of joined dots."""
    canvas.ground(palette.pale)
    centres = [(600, 338, 232), (rng.randint(120, 220), rng.randint(470, 560), 150),
               (rng.randint(1000, 1090), rng.randint(110, 200), 170)]  # fmt: skip
    tones = [palette.base, palette.friend, palette.clay, palette.sun, palette.mid, palette.deep]
    for number, (x, y, radius) in enumerate(centres[::-1]):
        count = 7 + number
        turn = rng.random() * 50
        dots = [
            (
                x + radius * math.cos(math.radians(turn + index * 360 / count)),
                y + radius * math.sin(math.radians(turn + index * 360 / count)),
            )
            for index in range(count)
        ]
        canvas.disc(x, y, radius * 1.22, palette.light if number < 2 else palette.paper)
        for index, dot in enumerate(dots):
            canvas.line([dot, dots[(index + 1) % count]], 9, palette.mid)
            if index % 2 == 0:
                canvas.line([dot, dots[(index + count // 2) % count]], 4, palette.friend_light)
        for index, (dot_x, dot_y) in enumerate(dots):
            canvas.disc(dot_x, dot_y, radius * 0.135, tones[index % len(tones)])


def rings(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Interlaced rings."""
    canvas.ground(palette.deep)
    tones = [palette.sun, palette.mid, palette.friend, palette.clay, palette.light, palette.paper]
    rng.shuffle(tones)
    radius, thick = 150, 30
    for row, y in enumerate((60, 338, 616)):
        spots = [(-60 + (row % 2) * 100 + index * 200, tones[(index + row) % len(tones)])
                 for index in range(8)]  # fmt: skip
        for x, tone in spots:
            canvas.ring(x, y, radius, thick, tone)
        # Redraw half of each ring over its neighbour, so that they interlace.
        for x, tone in spots:
            canvas.arc(x, y, radius, 300, 344, thick, tone)
