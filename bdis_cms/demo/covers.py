"""Generated cover pictures: flat landscapes and shapes, the same for the same seed."""

from __future__ import annotations

import io
import random

from PIL import Image

from bdis_cms.demo import scenes
from bdis_cms.demo.canvas import Canvas
from bdis_cms.demo.palette import Palette

WIDTH, HEIGHT = 1200, 675

#: Every scene, with what a person who does not see the picture is told.
SCENES: dict[str, tuple[scenes.Scene, str]] = {
    "fields": (scenes.fields, "Des champs en sillons sous un grand soleil"),
    "orchard": (scenes.orchard, "Un verger en rangs au pied des collines"),
    "vegetables": (scenes.vegetables, "Des légumes alignés comme sur un étal"),
    "objects": (scenes.objects, "Des objets alignés sur des étagères"),
    "wheels": (scenes.wheels, "Un vélo devant un mur d’outils"),
    "gears": (scenes.gears, "Des roues dentées qui s’entraînent"),
    "village": (scenes.village, "Une rue de maisons aux toits pointus"),
    "terrace": (scenes.terrace, "Une terrasse avec ses tables sous un auvent rayé"),
    "stage": (scenes.stage, "Trois personnes sur une scène, entre deux rideaux"),
    "circles": (scenes.circles, "Un carrelage de cercles et de demi-cercles"),
    "market": (scenes.market, "Des étals de marché côte à côte"),
    "exchange": (scenes.exchange, "Des points reliés par des arcs"),
    "workshop": (scenes.workshop, "Un atelier aux toits en dents de scie"),
    "steps": (scenes.steps, "Des personnes montent un escalier de blocs vers le soleil"),
    "bridge": (scenes.bridge, "Des cyclistes sur un pont à arches"),
    "mountains": (scenes.mountains, "Des montagnes et un lac"),
    "turbines": (scenes.turbines, "Des éoliennes sur une ligne de crête"),
    "solar": (scenes.solar, "Des maisons aux toits solaires"),
    "kites": (scenes.kites, "Des cerfs-volants au-dessus des dunes"),
    "blocks": (scenes.blocks, "Un château de cubes et d’arches"),
    "lighthouse": (scenes.lighthouse, "Un phare, la mer et des voiles"),
    "network": (scenes.network, "Un cercle de points reliés entre eux"),
    "rings": (scenes.rings, "Des anneaux entrelacés"),
    "roofs": (scenes.roofs, "Des toits serrés vus du ciel"),
}
#: Scenes that suit a colour group.
BY_HUE: dict[int, tuple[str, str, str]] = {
    1: ("fields", "orchard", "vegetables"),
    2: ("objects", "wheels", "gears"),
    3: ("village", "terrace", "stage"),
    4: ("circles", "market", "exchange"),
    5: ("workshop", "steps", "bridge"),
    6: ("mountains", "turbines", "solar"),
    7: ("kites", "blocks", "lighthouse"),
    8: ("network", "rings", "roofs"),
}
#: Scenes that suit a family better than those of its colour group.
BY_FAMILY: dict[str, tuple[str, ...]] = {
    "aide-a-domicile": ("village", "roofs", "terrace"),
    "aide-alimentaire": ("market", "vegetables"),
    "amap": ("fields", "vegetables", "orchard"),
    "atelier-velo": ("wheels", "bridge"),
    "autorehabilitation": ("village", "roofs", "blocks"),
    "biocoop": ("market", "vegetables", "orchard"),
    "cafe-associatif": ("terrace", "village"),
    "creche-familiale-ou-associative": ("blocks", "kites"),
    "education-populaire": ("kites", "blocks", "mountains"),
    "energie-citoyenne": ("solar", "turbines"),
    "entreprise-d-insertion": ("workshop", "gears"),
    "entreprise-textile-solidaire": ("objects", "circles"),
    "environnement": ("mountains", "orchard", "lighthouse"),
    "epicerie-solidaire": ("market", "terrace", "vegetables"),
    "fablab": ("gears", "workshop"),
    "foyer-rural": ("village", "stage", "fields"),
    "habitat-participatif": ("village", "roofs", "solar"),
    "jardin-collectif": ("vegetables", "orchard"),
    "lieu-culturel": ("stage",),
    "logement-solidaire": ("roofs", "village"),
    "mobilite-solidaire": ("bridge", "wheels"),
    "monnaie-locale": ("market", "circles", "exchange"),
    "recyclerie": ("objects", "gears"),
    "repair-cafe": ("gears", "objects"),
    "ressourcerie": ("objects",),
    "rers": ("exchange", "network"),
    "scic": ("network", "circles", "bridge", "steps"),
    "scop": ("rings", "workshop", "gears", "network", "roofs"),
    "sel": ("exchange", "circles"),
    "service-itinerant": ("bridge", "fields"),
    "tiers-lieu": ("workshop", "roofs", "village"),
    "tourisme-solidaire": ("mountains", "lighthouse"),
}


def suiting_scenes(family: str, hue: int) -> tuple[str, ...]:
    """Return the scenes fit for a family of a colour group."""
    return BY_FAMILY.get(family) or BY_HUE[hue]


def draw_cover(scene: str, hue: int, seed: str) -> bytes:
    """Return a JPEG of 1200 by 675 pixels: ``scene`` in the colours of a group (1 to 8)."""
    rng = random.Random(f"{seed}/{scene}/{hue}")  # noqa: S311 - pictures, not secrets
    canvas = Canvas(WIDTH, HEIGHT)
    SCENES[scene][0](canvas, Palette.of(hue), rng)
    return encode(canvas.finished())


def encode(picture: Image.Image) -> bytes:
    """Return ``picture`` as a light JPEG that keeps flat colours clean."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=72, optimize=True, progressive=True, subsampling=0)
    return buffer.getvalue()
