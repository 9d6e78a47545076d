"""Distances on the sphere, and the points near a point."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator

EARTH_RADIUS_KM = 6371.0088
KM_PER_DEGREE = math.pi * EARTH_RADIUS_KM / 180


def distance_km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Return the haversine distance in km between two WGS 84 points, in degrees."""
    a, b = math.radians(lat_a), math.radians(lat_b)
    chord = (
        math.sin((b - a) / 2) ** 2
        + math.cos(a) * math.cos(b) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))


class PointGrid:
    """Labelled points in cells of a quarter degree, to look only at those around."""

    CELL = 0.25  # degrees

    def __init__(self, points: Iterable[tuple[str, float, float]]) -> None:
        self._cells: dict[tuple[int, int], list[tuple[str, float, float]]] = defaultdict(list)
        for label, lat, lon in points:
            self._cells[self._cell(lat, lon)].append((label, lat, lon))

    def within(self, lat: float, lon: float, radius_km: float) -> list[tuple[float, str]]:
        """Return (km, label) of the points at most ``radius_km`` away, nearest first."""
        found = [
            (away, label)
            for label, other_lat, other_lon in self._around(lat, lon, radius_km)
            if (away := distance_km(lat, lon, other_lat, other_lon)) <= radius_km
        ]
        return sorted(found)

    def nearest(
        self, lat: float, lon: float, *, at_most_km: float = 60.0
    ) -> tuple[float, str] | None:
        """Return (km, label) of the nearest point, or None if all are farther than the limit."""
        radius = 5.0
        while radius < at_most_km:
            if found := self.within(lat, lon, radius):
                return found[0]
            radius *= 2
        found = self.within(lat, lon, at_most_km)
        return found[0] if found else None

    def _cell(self, lat: float, lon: float) -> tuple[int, int]:
        return math.floor(lat / self.CELL), math.floor(lon / self.CELL)

    def _around(
        self, lat: float, lon: float, radius_km: float
    ) -> Iterator[tuple[str, float, float]]:
        tall = radius_km / KM_PER_DEGREE + 1e-9  # rounding must not leave a point out
        # The parallel that is shortest inside the circle decides how many degrees it spans.
        highest = min(89.9, abs(lat) + tall)
        wide = min(180.0, tall / math.cos(math.radians(highest)))
        south, west = self._cell(lat - tall, lon - wide)
        north, east = self._cell(lat + tall, lon + wide)
        columns_of_a_turn = round(360 / self.CELL)
        if east - west >= columns_of_a_turn or (north - south + 1) * (east - west + 1) > len(
            self._cells
        ):
            for (row, _column), points in self._cells.items():
                if south <= row <= north:
                    yield from points
            return
        half = columns_of_a_turn // 2
        for row in range(south, north + 1):
            for column in range(west, east + 1):
                # Beyond the antimeridian, longitudes go on from the other side.
                turned = (column + half) % columns_of_a_turn - half
                yield from self._cells.get((row, turned), ())
