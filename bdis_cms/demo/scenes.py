"""What the covers show; every scene draws on a canvas of 1200 by 675 pixels."""

from __future__ import annotations

import random
from collections.abc import Callable

from bdis_cms.demo.canvas import Canvas
from bdis_cms.demo.palette import Palette
from bdis_cms.demo.scenes_country import (
    fields,
    kites,
    lighthouse,
    mountains,
    orchard,
    solar,
    turbines,
    vegetables,
)
from bdis_cms.demo.scenes_shapes import (
    blocks,
    circles,
    exchange,
    gears,
    network,
    objects,
    rings,
    steps,
    wheels,
)
from bdis_cms.demo.scenes_town import bridge, market, roofs, stage, terrace, village, workshop

Scene = Callable[[Canvas, Palette, random.Random], None]

__all__ = [
    "Scene",
    "blocks",
    "bridge",
    "circles",
    "exchange",
    "fields",
    "gears",
    "kites",
    "lighthouse",
    "market",
    "mountains",
    "network",
    "objects",
    "orchard",
    "rings",
    "roofs",
    "solar",
    "stage",
    "steps",
    "terrace",
    "turbines",
    "vegetables",
    "village",
    "wheels",
    "workshop",
]
