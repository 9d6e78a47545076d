"""Reading a search from the parameters of an address; one grammar for pages and API."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from bdis_search.facets import known_values, registered_facets
from bdis_search.promotions import promoted_for
from bdis_search.query import FILTERS, BBox, Geography, Point, Query, Sort

MAX_TEXT = 300
MAX_PAGE_SIZE = 100
MAX_RADIUS_KM = 500.0
MAX_TOLD = 100
# Deep pages cost an engine more and serve nobody: 10,000 results are within reach.
MAX_RESULT = 10_000


@dataclass(frozen=True, slots=True)
class ParameterProblem:
    """A parameter that was not understood: its name, the value given and what to do."""

    name: str
    value: str
    detail: str


class InvalidParameters(ValueError):
    """Some parameters of a search were not understood; ``problems`` lists them all."""

    def __init__(self, problems: list[ParameterProblem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{p.name}={p.value!r}: {p.detail}" for p in problems))


def filter_names() -> tuple[str, ...]:
    """Return the names of all filters: their parameters may be repeated."""
    return (*FILTERS, *(name for name in registered_facets() if name not in FILTERS))


def without_refused(params: QueryDict, problems: Iterable[ParameterProblem]) -> QueryDict:
    """Return ``params`` without what was not understood: of a filter, the value refused only."""
    kept = params.copy()
    refused = {(problem.name, problem.value) for problem in problems}
    for name in {name for name, _value in refused}:
        values = kept.pop(name, [])
        if name in filter_names():
            good = [value for value in values if (name, value.strip()[:MAX_TOLD]) not in refused]
            kept.setlist(name, good)
    return kept


def whole_number(raw: str, low: int, high: int) -> int | None:
    """Return the number that ``raw`` writes in digits; ``None`` out of bounds or otherwise.

    However many digits come, Python is only asked to read as many as the bounds have.
    """
    digits = raw.lstrip("0") or raw[-1:]
    if not (raw.isascii() and raw.isdigit() and len(digits) <= len(str(high))):
        return None
    value = int(digits)
    return value if low <= value <= high else None


class _Reader:
    """Reads typed values and collects every problem, so that all are told at once."""

    def __init__(self, params: QueryDict) -> None:
        self.params = params
        self.problems: list[ParameterProblem] = []

    def refuse(self, name: str, value: str, detail: str) -> None:
        self.problems.append(ParameterProblem(name, value[:MAX_TOLD], detail))

    def floats(self, name: str, count: int, shape: str) -> tuple[float, ...] | None:
        raw = self.params.get(name, "").strip()
        if not raw:
            return None
        try:
            values = tuple(float(part) for part in raw.split(","))
        except ValueError:
            values = ()
        if len(values) != count or not all(math.isfinite(value) for value in values):
            self.refuse(name, raw, _("Expected %(shape)s, in decimal degrees.") % {"shape": shape})
            return None
        return values

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        raw = self.params.get(name, "").strip()
        if not raw:
            return default
        value = whole_number(raw, low, high)
        if value is not None:
            return value
        self.refuse(
            name,
            raw,
            _("Expected a whole number from %(low)s to %(high)s.") % {"low": low, "high": high},
        )
        return default

    def choice(self, name: str, allowed: Iterable[str], default: str) -> str:
        raw = self.params.get(name, "").strip()
        if not raw:
            return default
        if raw not in allowed:
            self.refuse(
                name, raw, _("Expected one of: %(values)s.") % {"values": ", ".join(allowed)}
            )
            return default
        return raw

    def codes(self, name: str) -> frozenset[str]:
        asked = {value.strip() for value in self.params.getlist(name) if value.strip()}
        known = known_values(name, asked)
        for value in sorted(asked - known):
            self.refuse(name, value, _("No such code; see /api/v1/nomenclature."))
        return frozenset(asked & known)


def parse_query(params: QueryDict, *, page_size: int = 20) -> Query:
    """Return the search that ``params`` ask for; raise ``InvalidParameters`` naming each problem.

    The names are those of the public API: q, family, legal_family, activity, region, department,
    epci, commune, tag, near=lat,lon, radius (km), geography, bbox=west,south,east,north, sort,
    page, page_size. Unknown names are ignored (a page adds its own); unknown values are not.
    """
    reader = _Reader(params)
    near, radius = _read_circle(reader)
    sort = reader.choice(
        "sort", [sort.value for sort in Sort], Sort.RELEVANCE if params.get("q") else ""
    )
    if not sort:
        sort = Sort.DISTANCE if near else Sort.RELEVANCE
    if sort == Sort.DISTANCE and near is None:
        reader.refuse("sort", sort, _("Sorting by distance needs near=lat,lon."))
    size = reader.integer("page_size", page_size, 1, MAX_PAGE_SIZE)
    query = Query(
        text=params.get("q", "").replace("\x00", " ").strip()[:MAX_TEXT],
        filters={
            name: codes
            for name in filter_names()
            if name in params and (codes := reader.codes(name))
        },
        near=near,
        radius_km=radius,
        bbox=_read_bbox(reader),
        geography=Geography(
            reader.choice("geography", [place.value for place in Geography], Geography.SEAT)
        ),
        sort=Sort(sort),
        page=reader.integer("page", 1, 1, max(1, MAX_RESULT // size)),
        page_size=size,
        facets=registered_facets(),
    )
    if reader.problems:
        raise InvalidParameters(reader.problems)
    return replace(query, promoted=promoted_for(query.text))


def _read_circle(reader: _Reader) -> tuple[Point | None, float | None]:
    near = None
    values = reader.floats("near", 2, "near=lat,lon")
    if values:
        lat, lon = values
        if abs(lat) <= 90 and abs(lon) <= 180:
            near = Point(lat, lon)
        else:
            reader.refuse("near", reader.params.get("near", ""), _("This point is not on Earth."))
    raw = reader.params.get("radius", "").strip()
    if not raw:
        return near, None
    try:
        radius = float(raw)
    except ValueError:
        radius = math.nan
    if not 0 < radius <= MAX_RADIUS_KM:
        reader.refuse(
            "radius", raw, _("Expected kilometres, from 0 to %(max)d.") % {"max": MAX_RADIUS_KM}
        )
        return near, None
    if near is None and "near" not in reader.params:
        reader.refuse("radius", raw, _("A radius needs near=lat,lon."))
    return near, radius


def _read_bbox(reader: _Reader) -> BBox | None:
    values = reader.floats("bbox", 4, "bbox=west,south,east,north")
    if not values:
        return None
    west, south, east, north = values
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        reader.refuse(
            "bbox",
            reader.params.get("bbox", ""),
            _("West must be left of east, south below north; the box cannot cross 180°."),
        )
        return None
    return BBox(west, south, east, north)
