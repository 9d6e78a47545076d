"""The picture of France by region, drawn from data/france_regions.json."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

PICTURE = Path(__file__).parent / "data" / "france_regions.json"
OVERSEAS = ("01", "02", "03", "04", "06")  # in the order of the insets
SHADES = 4
INSET_LABEL_DROP = 16  # SVG units between the foot of an overseas inset and its name
INSET_LABEL_LINE = 24  # the count beneath the name, in the larger letters of phones


@lru_cache(maxsize=1)
def read_picture() -> dict[str, Any]:
    """Return the picture as scripts/front_geography.py wrote it (SVG units)."""
    return json.loads(PICTURE.read_text("utf-8"))


@lru_cache(maxsize=1)
def drawn_regions() -> frozenset[str]:
    """Return the codes of the regions of the picture: the 18 of 2016."""
    return frozenset(shape["code"] for shape in read_picture()["regions"])


def shade_of(count: int, highest: int) -> int:
    """Return the tint of a region, 0 (none) to 4 (most); square roots keep small ones apart."""
    if count <= 0 or highest <= 0:
        return 0
    return max(1, min(SHADES, round(SHADES * (count / highest) ** 0.5)))


def france_picture(regions: Iterable[Any]) -> dict[str, Any]:
    """Return what components/france_map.html draws.

    ``regions`` have ``code``, ``name``, ``url`` and ``count``; those without a shape are left to
    the list beneath the picture.
    """
    picture = read_picture()
    by_code = {region.code: region for region in regions}
    highest = max((region.count for region in by_code.values()), default=0)
    drawn = [
        {
            "code": shape["code"],
            "path": shape["path"],
            "x": f"{shape['x']:g}",
            "y": f"{shape['y'] + 6:g}",
            "overseas": shape["overseas"],
            "name": by_code[shape["code"]].name,
            "url": by_code[shape["code"]].url,
            "count": by_code[shape["code"]].count,
            "shade": shade_of(by_code[shape["code"]].count, highest),
        }
        for shape in picture["regions"]
        if shape["code"] in by_code
    ]
    insets = picture["insets"]
    for shape in (shape for shape in drawn if shape["overseas"]):
        inset = insets[OVERSEAS.index(shape["code"])]
        shape["label_x"] = f"{inset['x'] + inset['size'] / 2:g}"
        shape["label_y"] = f"{inset['y'] + inset['size'] + INSET_LABEL_DROP:g}"
    return {
        "width": picture["width"],
        "height": picture["height"] + INSET_LABEL_DROP + INSET_LABEL_LINE + 4,
        "shapes": drawn,
    }


def region_shape(code: str) -> dict[str, Any] | None:
    """Return the outline of one region: {"path", "view_box"}; ``None`` when it is not drawn."""
    for shape in read_picture()["regions"]:
        if shape["code"] == code:
            left, top, right, bottom = shape["box"]
            view_box = f"{left - 4} {top - 4} {right - left + 8} {bottom - top + 8}"
            return {"path": shape["path"], "view_box": view_box}
    return None
