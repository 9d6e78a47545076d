"""Scenes of the country and the sea."""

from __future__ import annotations

import math
import random

from bdis_cms.demo.canvas import Canvas, Point, wave
from bdis_cms.demo.palette import Colour, Palette, mix


def _sun(canvas: Canvas, palette: Palette, rng: random.Random, low: int = 150) -> float:
    x = rng.choice([rng.randint(190, 420), rng.randint(780, 1010)])
    canvas.disc(x, low + rng.randint(0, 70), rng.randint(70, 105), palette.sun)
    return x


def _tree(
    canvas: Canvas, x: float, foot: float, size: float, colour: Colour, trunk: Colour
) -> None:
    canvas.rect(x - size * 0.07, foot - size * 0.6, x + size * 0.07, foot, trunk)
    canvas.disc(x, foot - size * 0.85, size * 0.42, colour)


def _cypress(canvas: Canvas, x: float, foot: float, size: float, colour: Colour) -> None:
    top = foot - size
    left = [(x - size * 0.13 * math.sin(math.pi * t), top + size * t) for t in _steps(18)]
    right = [(x + size * 0.13 * math.sin(math.pi * t), top + size * t) for t in _steps(18)]
    canvas.polygon(left + right[::-1], colour)


def _steps(count: int) -> list[float]:
    return [index / count for index in range(count + 1)]


def fields(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Furrows that run to the horizon, hills and a sun."""
    canvas.ground(palette.pale)
    _sun(canvas, palette, rng)
    canvas.below(wave(330, 34, rng.randint(900, 1300), rng.random() * 6), palette.light)
    canvas.below(wave(380, 22, rng.randint(600, 900), rng.random() * 6), palette.mid)
    horizon, vanishing = 420.0, rng.randint(350, 850)
    canvas.rect(0, horizon, 1200, 675, palette.base)
    stripes = 15
    tones = (palette.deep, palette.base, palette.friend_light, palette.base)
    for index in range(-stripes, stripes):
        left = vanishing + index * 190
        right = left + 190
        near = [(left, 675), (right, 675)]
        far = [(vanishing + (index + 1) * 22, horizon), (vanishing + index * 22, horizon)]
        canvas.polygon([*near, *far], tones[index % len(tones)])
    canvas.below(lambda x: 424 if x < 0 else 675, palette.deep)
    for x in range(rng.randint(20, 90), 1200, rng.randint(150, 240)):
        _cypress(canvas, x, 432, rng.randint(70, 120), palette.deep)


def orchard(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Rows of round trees at the foot of the hills."""
    canvas.ground(palette.paper)
    _sun(canvas, palette, rng, 120)
    canvas.below(wave(300, 60, 1100, rng.random() * 6), palette.pale)
    canvas.below(wave(350, 34, 760, rng.random() * 6), palette.light)
    canvas.rect(0, 385, 1200, 675, mix(palette.friend_light, palette.paper, 0.3))
    for row, (foot, size, gap) in enumerate(((436, 62, 92), (528, 98, 132), (660, 142, 186))):
        canvas.rect(0, foot - 9 - row * 2, 1200, foot + 7 + row * 4, palette.mid)
        shift = rng.randint(-gap // 2, gap // 2)
        for index, x in enumerate(range(shift, 1300, gap)):
            colour = (palette.base, palette.deep, palette.mid)[(index + row) % 3]
            _tree(canvas, x, foot, size, colour, palette.deep)
            if (index + row) % 2:
                for dx, dy in ((-0.16, -0.95), (0.12, -0.72), (0.2, -1.02)):
                    canvas.disc(x + dx * size, foot + dy * size, size * 0.055, palette.clay)


def vegetables(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Carrots, radishes and cabbages in rows, seen from above."""
    canvas.ground(palette.pale)
    for column in range(7):
        left = column * 172 - 4
        canvas.rect(left, 0, left + 172, 675, palette.pale if column % 2 else palette.light)
    for row in range(4):
        for column in range(7):
            x, y = column * 172 + 82, row * 172 + 84
            kind = (column + 2 * row + rng.randint(0, 1)) % 4
            if kind == 0:
                for tilt in (-34, 0, 34):
                    canvas.line([(x, y - 24), (x + tilt, y - 68)], 11, palette.base)
                canvas.polygon([(x - 27, y - 26), (x + 27, y - 26), (x, y + 70)], palette.clay)
                canvas.disc(x, y - 24, 27, palette.clay)
            elif kind == 1:
                for tone, radius in ((palette.deep, 62), (palette.base, 48), (palette.mid, 31)):
                    canvas.disc(x, y, radius, tone)
                canvas.disc(x, y, 14, palette.pale)
            elif kind == 2:
                canvas.disc(x, y + 12, 47, palette.sun)
                for angle in (0, 60, 120):
                    dx, dy = 45 * math.cos(math.radians(angle)), 45 * math.sin(math.radians(angle))
                    canvas.line([(x - dx, y + 12 - dy), (x + dx, y + 12 + dy)], 5, palette.friend)
                canvas.line([(x, y - 35), (x + 12, y - 58)], 11, palette.deep)
            else:
                for tilt in (-46, -16, 16, 46):
                    canvas.line([(x, y + 52), (x + tilt, y - 48)], 17, palette.base)
                    canvas.disc(x + tilt, y - 48, 19, palette.deep)
                canvas.line([(x, y + 62), (x, y - 10)], 15, palette.paper)


def mountains(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Two ranges of peaks reflected in a lake."""
    canvas.ground(palette.pale)
    _sun(canvas, palette, rng, 130)
    shore = 455
    for tone, low, high, step in (
        (palette.light, 150, 270, 230),
        (palette.mid, 235, 345, 190),
        (palette.base, 330, 405, 165),
    ):
        x = -step + rng.randint(-60, 40)
        while x < 1300:
            peak = rng.randint(low, high)
            half = (shore - peak) * rng.uniform(0.8, 1.05)
            canvas.polygon([(x - half, shore), (x, peak), (x + half, shore)], tone)
            if tone is not palette.base:
                cap = 0.2
                snow: list[Point] = [(x, peak)]
                for share in (-1, -0.4, 0.1, 0.5, 1):
                    drop = cap * (1 if share in (-1, 1) else rng.uniform(0.75, 1.25))
                    snow.append((x + share * half * cap, peak + (shore - peak) * drop))
                canvas.polygon(snow, palette.paper)
            x += step + rng.randint(-30, 60)
    canvas.rect(0, shore, 1200, 675, palette.friend_light)
    for y in range(shore + 26, 660, 38):
        for _ in range(4):
            x, length = rng.randint(-60, 1150), rng.randint(70, 240)
            canvas.line([(x, y), (x + length, y)], 6, palette.paper)
    for x in range(rng.randint(10, 50), 1200, 64):
        size = rng.randint(46, 96)
        canvas.polygon(
            [(x - 20, shore + 8), (x, shore + 8 - size), (x + 20, shore + 8)], palette.deep
        )


def turbines(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Wind turbines on a ridge above rolling fields."""
    canvas.ground(palette.pale)
    _sun(canvas, palette, rng, 150)
    ridge = wave(430, 42, 1250, rng.random() * 6)
    canvas.below(wave(370, 46, 980, rng.random() * 6), palette.light)
    for x, height in zip(range(150, 1200, 225), (200, 285, 235, 310, 215), strict=True):
        place = x + rng.randint(-46, 46)
        foot, top = ridge(place) + 20, ridge(place) - height
        canvas.polygon(
            [(place - 8, foot), (place - 3.5, top), (place + 3.5, top), (place + 8, foot)],
            palette.paper,
        )
        turn = rng.randint(0, 119)
        for blade in range(3):
            angle = math.radians(turn + 120 * blade)
            across = angle + math.pi / 2
            tip = (place + height * 0.5 * math.cos(angle), top + height * 0.5 * math.sin(angle))
            side = height * 0.045
            root = (place + side * math.cos(across), top + side * math.sin(across))
            canvas.polygon([(place, top), root, tip], palette.paper)
        canvas.disc(place, top, 9, palette.clay)
    canvas.below(ridge, palette.mid)
    canvas.below(wave(520, 34, 880, rng.random() * 6), palette.base)
    canvas.below(wave(596, 26, 1500, rng.random() * 6), palette.deep)


def solar(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """A hamlet whose southern roofs are covered with panels."""
    canvas.ground(palette.pale)
    _sun(canvas, palette, rng, 110)
    canvas.below(wave(420, 52, 1100, rng.random() * 6), palette.light)
    canvas.below(wave(500, 22, 700, rng.random() * 6), palette.mid)
    x = -40
    for index in range(5):
        width, wall = rng.randint(210, 260), rng.randint(150, 215)
        base = 610
        eaves, ridge = base - wall, base - wall - rng.randint(95, 125)
        canvas.rect(x, eaves, x + width, base + 70, palette.paper)
        front = (x - 16, eaves), (x + 46, ridge), (x + width + 46, ridge), (x + width + 16, eaves)
        canvas.polygon(front, palette.deep if index % 2 else palette.base)
        if index % 2 == 0 or rng.random() < 0.5:
            for column in range(4):
                for row in range(2):
                    low, high = eaves - 12 - row * 36, eaves - 40 - row * 36
                    rise = (46 + 16) / (eaves - ridge)
                    shift_low, shift_high = (eaves - low) * rise, (eaves - high) * rise
                    left = x + 6 + column * 48
                    canvas.polygon(
                        [
                            (left + shift_low, low),
                            (left + shift_high, high),
                            (left + 42 + shift_high, high),
                            (left + 42 + shift_low, low),
                        ],
                        palette.friend_light,
                    )
        for window in range(2):
            left = x + 44 + window * 92
            canvas.rounded(left, eaves + 46, left + 44, eaves + 104, 4, palette.sun)
        x += width + rng.randint(10, 34)
    canvas.below(wave(622, 8, 620, rng.random() * 6), palette.deep)


def kites(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """Kites above the dunes."""
    canvas.ground(palette.pale)
    canvas.disc(rng.randint(150, 1050), 200, rng.randint(80, 110), palette.paper)
    places = [(170, 210), (390, 120), (620, 250), (830, 130), (1040, 260)]
    colours = [palette.base, palette.clay, palette.sun, palette.friend, palette.mid]
    rng.shuffle(colours)
    for (x, y), colour in zip(places, colours, strict=True):
        x, y, size = x + rng.randint(-30, 30), y + rng.randint(-30, 40), rng.randint(66, 96)
        lean = rng.uniform(-0.3, 0.3)
        string = [
            (x + 40 * math.sin(3 * t) + lean * 500 * t, y + size * 1.3 + t * 330)
            for t in _steps(24)
        ]
        canvas.line(string, 3, palette.mid)
        top, bottom = (x + lean * 40, y - size), (x - lean * 40, y + size * 1.35)
        left, right = (x - size * 0.72, y), (x + size * 0.72, y)
        canvas.polygon([top, left, bottom], colour)
        canvas.polygon([top, right, bottom], mix(colour, palette.paper, 0.35))
    canvas.below(wave(505, 38, 1000, rng.random() * 6), palette.friend_light)
    canvas.below(wave(560, 32, 820, rng.random() * 6), palette.light)
    canvas.below(wave(618, 26, 1200, rng.random() * 6), palette.base)


def lighthouse(canvas: Canvas, palette: Palette, rng: random.Random) -> None:
    """A lighthouse, the sea in bands, and sails."""
    canvas.ground(palette.pale)
    canvas.disc(rng.randint(600, 1000), 330, 120, palette.sun)
    for index, tone in enumerate((palette.friend_light, palette.light, palette.mid, palette.base)):
        canvas.below(wave(392 + index * 72, 9 + index * 3, 320 + index * 90, index * 1.3), tone)
        if index < 3:
            for _ in range(2):
                x, y, size = rng.randint(430, 1150), 402 + index * 70, 44 + index * 22
                canvas.polygon([(x, y - size * 2), (x, y - 8), (x + size, y - 8)], palette.paper)
                canvas.polygon([(x - 6, y - size * 1.7), (x - 6, y - 8), (x - size * 0.7, y - 8)],
                               palette.clay)  # fmt: skip
                canvas.polygon(
                    [(x - size * 0.8, y), (x + size * 1.1, y), (x + size * 0.7, y + 16),
                     (x - size * 0.5, y + 16)], palette.deep)  # fmt: skip
    x = rng.randint(150, 270)
    canvas.polygon([(x - 260, 675), (x - 110, 505), (x + 105, 500), (x + 330, 675)], palette.deep)
    for band in range(5):
        top, bottom = 520 - (band + 1) * 64, 520 - band * 64
        wide, narrow = 52 - band * 4, 52 - (band + 1) * 4
        colour = palette.paper if band % 2 else palette.clay
        canvas.polygon(
            [(x - wide, bottom), (x + wide, bottom), (x + narrow, top), (x - narrow, top)], colour
        )
    canvas.rect(x - 44, 190, x + 44, 202, palette.deep)
    canvas.rect(x - 22, 150, x + 22, 192, palette.sun)
    canvas.polygon([(x - 34, 152), (x, 108), (x + 34, 152)], palette.deep)
