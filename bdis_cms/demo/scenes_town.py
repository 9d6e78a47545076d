"""Scenes of streets, workshops and markets."""

from __future__ import annotations

import random

from bdis_cms.demo.canvas import Canvas, wave
from bdis_cms.demo.palette import Colour, Palette, mix


def _windows(
    canvas: Canvas,
    box: tuple[float, float, float, float],
    colours: tuple[Colour, Colour],
    rng: random.Random,
) -> None:
    left, top, right, bottom = box
    columns = max(2, int((right - left) // 62))
    gap = (right - left) / columns
    y = top
    while y + 54 < bottom:
        for column in range(columns):
            x = left + gap * column + gap / 2
            lit = colours[0] if rng.random() < 0.35 else colours[1]
            canvas.rounded(x - 15, y, x + 15, y + 42, 3, lit)
        y += 74


def village(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """A street of gabled houses, some windows lit."""
    canvas.ground(palette.pale)
    canvas.disc(rng.randint(200, 1000), 150, 84, palette.sun)
    canvas.below(wave(330, 50, 1000, rng.random() * 6), mix(palette.light, palette.paper, 0.35))
    walls = [palette.paper, palette.light, palette.friend_light, palette.mid, palette.base]
    x, previous = -30.0, None
    while x < 1200:
        width, height = rng.randint(130, 205), rng.randint(190, 330)
        wall = rng.choice([tone for tone in walls if tone is not previous])
        previous = wall
        top = 590 - height
        canvas.rect(x, top, x + width, 600, wall)
        roof = palette.deep if wall is not palette.base else palette.clay
        if rng.random() < 0.3:
            roof = palette.clay
        peak = top - rng.randint(60, 105)
        canvas.polygon([(x - 8, top), (x + width / 2, peak), (x + width + 8, top)], roof)
        dark = palette.deep if wall not in (palette.base, palette.mid) else palette.pale
        _windows(canvas, (x + 12, top + 26, x + width - 12, 508), (palette.sun, dark), rng)
        canvas.rounded(x + width / 2 - 23, 512, x + width / 2 + 23, 606, 6, roof)
        x += width
    canvas.rect(0, 590, 1200, 675, palette.deep)
    for x_mark in range(30, 1200, 120):
        canvas.rounded(x_mark, 626, x_mark + 62, 636, 5, palette.mid)


def terrace(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Tables under a striped awning."""
    canvas.ground(palette.light)
    canvas.rect(0, 250, 1200, 560, palette.paper)
    for left in (90, 470, 850):
        canvas.rounded(left, 312, left + 260, 560, 8, palette.mid)
        canvas.rect(left + 20, 332, left + 122, 560, palette.pale)
        canvas.rect(left + 138, 332, left + 240, 560, palette.pale)
    stripe = 60
    for index, x in enumerate(range(0, 1200, stripe)):
        tone = palette.base if index % 2 else palette.paper
        canvas.polygon([(x + 30, 120), (x + 90, 120), (x + 60, 262), (x, 262)], tone)
        canvas.slice(x + 30, 262, 30, 0, 180, tone)
    canvas.rect(0, 0, 1200, 122, palette.deep)
    for x in range(70, 1200, 132):
        canvas.disc(x, 62, 13, palette.sun)
        canvas.line([(x - 66, 44), (x, 50), (x + 66, 44)], 3, palette.mid)
    canvas.rect(0, 560, 1200, 675, palette.friend_light)
    for index, x in enumerate((160, 455, 750, 1045)):
        x += rng.randint(-14, 14)
        canvas.rounded(x - 66, 520, x + 66, 536, 8, palette.deep)
        canvas.line([(x, 534), (x, 640)], 10, palette.deep)
        canvas.line([(x - 40, 642), (x + 40, 642)], 9, palette.deep)
        for side in (-1, 1):
            seat = x + side * 100
            canvas.line([(seat + side * 30, 520), (seat + side * 26, 596)], 9, palette.clay)
            canvas.rounded(seat - 32, 584, seat + 32, 597, 6, palette.clay)
            canvas.line([(seat - 24, 596), (seat - 30, 652)], 8, palette.clay)
            canvas.line([(seat + 24, 596), (seat + 30, 652)], 8, palette.clay)
        canvas.rounded(x - 40, 494, x - 14, 520, 5, palette.sun if index % 2 else palette.paper)
        canvas.rounded(x + 12, 486, x + 30, 520, 5, palette.friend)


def stage(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Curtains, a stage and rows of seats."""
    canvas.ground(palette.deep)
    beam = rng.randint(480, 720)
    canvas.polygon([(beam - 40, 0), (beam + 40, 0), (870, 520), (330, 520)], palette.mid)
    canvas.polygon([(beam - 18, 0), (beam + 18, 0), (740, 520), (460, 520)], palette.sun)
    for side in (0, 1):
        for fold in range(5):
            left = fold * 62 if side == 0 else 1200 - (fold + 1) * 62
            tone = palette.base if fold % 2 else mix(palette.base, palette.deep, 0.35)
            canvas.rect(left, 0, left + 62, 540, tone)
            canvas.slice(left + 31, 540, 31, 0, 180, tone)
    for index, x in enumerate(range(0, 1200, 100)):
        tone = palette.mid if index % 2 else palette.light
        canvas.slice(x + 50, 40, 58, 0, 180, tone)
        canvas.rect(x, 0, x + 100, 42, tone)
    canvas.rect(0, 520, 1200, 675, palette.friend_light)
    canvas.rect(0, 520, 1200, 534, palette.paper)
    for x, size in ((470, 1.0), (600, 1.16), (735, 0.94)):
        x += rng.randint(-14, 14)
        canvas.disc(x, 390 - 30 * size, 24 * size, palette.paper)
        canvas.polygon([(x - 38 * size, 522), (x - 16, 390), (x + 16, 390), (x + 38 * size, 522)],
                       rng.choice([palette.clay, palette.friend, palette.deep]))  # fmt: skip
    for row, y in enumerate((616, 668)):
        for x in range(-20 + row * 44, 1240, 88):
            canvas.disc(x, y, 40, palette.deep if row else mix(palette.deep, palette.base, 0.4))


def market(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Stalls side by side."""
    canvas.ground(palette.pale)
    canvas.disc(rng.randint(250, 950), 130, 78, palette.sun)
    canvas.below(wave(300, 40, 900, rng.random() * 6), palette.light)
    tones = [palette.base, palette.clay, palette.friend, palette.deep]
    rng.shuffle(tones)
    for index, left in enumerate((20, 315, 610, 905)):
        tone = tones[index]
        canvas.line([(left + 14, 300), (left + 14, 600)], 10, palette.deep)
        canvas.line([(left + 262, 300), (left + 262, 600)], 10, palette.deep)
        for stripe in range(6):
            x = left - 6 + stripe * 48
            colour = tone if stripe % 2 == 0 else palette.paper
            canvas.polygon([(x + 10, 235), (x + 46, 235), (x + 48, 318), (x, 318)], colour)
            canvas.slice(x + 24, 318, 24, 0, 180, colour)
        canvas.rounded(left, 470, left + 276, 610, 6, mix(palette.mid, palette.deep, 0.25))
        canvas.rect(left + 12, 492, left + 264, 500, palette.light)
        for spot in range(7):
            x = left + 34 + spot * 35
            for level in range(rng.randint(1, 3)):
                colour = rng.choice([palette.sun, palette.clay, palette.friend, palette.base])
                canvas.disc(x, 452 - level * 27, 17, colour)
    canvas.rect(0, 600, 1200, 675, palette.friend_light)


def workshop(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Saw-tooth roofs, a chimney and a line of doors."""
    canvas.ground(palette.pale)
    canvas.disc(rng.randint(180, 1020), 170, 90, palette.sun)
    canvas.below(wave(380, 34, 900, rng.random() * 6), palette.light)
    chimney = rng.randint(2, 4) * 200 + 130
    canvas.polygon(
        [(chimney - 30, 470), (chimney - 20, 120), (chimney + 20, 120), (chimney + 30, 470)],
        palette.clay,
    )
    canvas.rect(chimney - 26, 120, chimney + 26, 138, palette.deep)
    for index, x in enumerate(range(-50, 1200, 200)):
        tone = palette.base if index % 2 else mix(palette.base, palette.mid, 0.45)
        canvas.polygon([(x, 410), (x, 272), (x + 200, 410)], palette.deep)
        canvas.polygon([(x + 10, 404), (x + 10, 300), (x + 62, 336), (x + 62, 404)],
                       palette.friend_light)  # fmt: skip
        canvas.rect(x, 408, x + 200, 600, tone)
        if index % 2:
            canvas.rounded(x + 48, 462, x + 152, 604, 8, palette.deep)
            for slat in range(4):
                canvas.rect(x + 58, 482 + slat * 28, x + 142, 488 + slat * 28, palette.mid)
        else:
            for window in range(3):
                left = x + 28 + window * 52
                lit = palette.sun if rng.random() < 0.4 else palette.pale
                canvas.rounded(left, 450, left + 40, 528, 4, lit)
    canvas.rect(0, 596, 1200, 675, palette.deep)
    for x in range(20, 1200, 150):
        canvas.rounded(x, 630, x + 80, 640, 5, palette.mid)


def bridge(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """A bridge with arches over the water."""
    canvas.ground(palette.pale)
    canvas.disc(rng.randint(200, 1000), 175, 88, palette.sun)
    canvas.below(wave(330, 62, 1150, rng.random() * 6), palette.light)
    canvas.below(wave(400, 40, 760, rng.random() * 6), palette.mid)
    canvas.rect(0, 500, 1200, 675, palette.friend_light)
    canvas.polygon([(0, 360), (600, 322), (1200, 360), (1200, 560), (0, 560)], palette.deep)
    for x in range(110, 1200, 196):
        canvas.slice(x, 506, 78, 180, 360, palette.friend_light)
        canvas.rect(x - 78, 504, x + 78, 562, palette.friend_light)
    canvas.line([(0, 352), (600, 314), (1200, 352)], 12, palette.clay)
    x = rng.randint(120, 260)
    for index in range(4):
        left = x + index * rng.randint(190, 230)
        y = 352 - 38 * (1 - abs(left - 600) / 600) - 4
        canvas.ring(left - 26, y - 22, 22, 4, palette.deep)
        canvas.ring(left + 30, y - 22, 22, 4, palette.deep)
        canvas.line([(left - 26, y - 22), (left + 2, y - 26), (left + 22, y - 58)], 4, palette.clay)
        canvas.line([(left - 12, y - 60), (left + 2, y - 26), (left + 30, y - 22)], 4, palette.clay)
        canvas.line([(left - 8, y - 66), (left + 8, y - 104)], 15, palette.base)
        canvas.disc(left + 14, y - 124, 13, palette.paper)
    for y in range(580, 675, 32):
        for _ in range(4):
            left, length = rng.randint(-40, 1120), rng.randint(80, 230)
            canvas.line([(left, y), (left + length, y)], 6, palette.paper)


def roofs(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Roofs seen from the sky, with courtyards and trees."""
    canvas.ground(palette.pale)
    tones = [palette.mid, palette.base, palette.deep, palette.friend, palette.friend_light]
    for row in range(4):
        x = -rng.randint(20, 90)
        while x < 1200:
            width = rng.choice([130, 165, 205])
            top = row * 172 + 8
            kind = rng.random()
            if kind < 0.18:
                canvas.rounded(x + 6, top + 6, x + width - 6, top + 152, 10, palette.light)
                for dx, dy, size in ((0.3, 60, 34), (0.62, 104, 29), (0.68, 46, 22)):
                    canvas.disc(x + width * dx, top + dy, size, palette.friend)
            else:
                tone = palette.clay if kind > 0.76 else rng.choice(tones)
                light = mix(tone, palette.paper, 0.28)
                middle = top + 78
                canvas.rect(x + 6, top + 6, x + width - 6, middle, tone)
                canvas.rect(x + 6, middle, x + width - 6, top + 152, light)
                if rng.random() < 0.45:
                    canvas.rect(x + 26, top + 24, x + 50, top + 48, palette.sun)
                if rng.random() < 0.5:
                    canvas.rect(
                        x + width - 58, middle + 22, x + width - 30, middle + 50, palette.deep
                    )
            x += width
