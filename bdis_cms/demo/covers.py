"""Generated cover pictures: flat landscapes and shapes, the same for the same seed."""

from __future__ import annotations

import io
import random

from PIL import Image

from bdis_cms.demo import scenes
from bdis_cms.demo.canvas import Canvas
from bdis_cms.demo.palette import Palette

WIDTH, HEIGHT = 1200, 675

#: Scenes by colour group, with what a person who does not see the picture is told.
SCENES: dict[int, tuple[tuple[scenes.Scene, str], ...]] = {
    1: (
        (scenes.fields, "Des champs en sillons sous un grand soleil"),
        (scenes.orchard, "Un verger en rangs au pied des collines"),
        (scenes.vegetables, "Des légumes alignés comme sur un étal"),
    ),
    2: (
        (scenes.objects, "Des objets empilés sur des étagères"),
        (scenes.wheels, "Deux roues de vélo et des outils"),
        (scenes.gears, "Des roues dentées qui s’entraînent"),
    ),
    3: (
        (scenes.village, "Une rue de maisons aux toits colorés"),
        (scenes.terrace, "Une terrasse avec ses tables sous un auvent rayé"),
        (scenes.stage, "Une scène, des rideaux et des gradins"),
    ),
    4: (
        (scenes.circles, "Des cercles qui se croisent"),
        (scenes.market, "Des étals de marché côte à côte"),
        (scenes.exchange, "Des points reliés par des arcs"),
    ),
    5: (
        (scenes.workshop, "Un atelier aux toits en dents de scie"),
        (scenes.steps, "Un escalier de blocs qui monte vers le soleil"),
        (scenes.bridge, "Un pont à arches au-dessus de l’eau"),
    ),
    6: (
        (scenes.mountains, "Des montagnes et un lac"),
        (scenes.turbines, "Des éoliennes sur une ligne de crête"),
        (scenes.solar, "Des maisons aux toits solaires"),
    ),
    7: (
        (scenes.kites, "Des cerfs-volants au-dessus des dunes"),
        (scenes.blocks, "Un jeu de cubes et d’arches"),
        (scenes.lighthouse, "Un phare, la mer et des voiles"),
    ),
    8: (
        (scenes.network, "Un cercle de points reliés entre eux"),
        (scenes.hands, "Des anneaux entrelacés"),
        (scenes.roofs, "Des toits serrés vus du ciel"),
    ),
}


def describe_cover(hue: int, variant: int) -> str:
    """Return the description of a cover, for its alternative text."""
    return SCENES[hue][variant % len(SCENES[hue])][1]


def draw_cover(hue: int, variant: int, seed: str) -> bytes:
    """Return a JPEG of 1200 by 675 pixels for a colour group (1 to 8) and a scene of it."""
    rng = random.Random(f"{seed}/{hue}/{variant}")  # noqa: S311 - pictures, not secrets
    canvas = Canvas(WIDTH, HEIGHT)
    scene = SCENES[hue][variant % len(SCENES[hue])][0]
    scene(canvas, Palette.of(hue), rng)
    return encode(canvas.finished())


def encode(picture: Image.Image) -> bytes:
    """Return ``picture`` as a light JPEG that keeps flat colours clean."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=72, optimize=True, progressive=True, subsampling=0)
    return buffer.getvalue()
