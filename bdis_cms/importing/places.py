"""Find where a row is: its coordinates repaired, its commune recognised, or why not."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from bdis_cms.gazetteer import AmbiguousCommune, CommuneMatch, CommuneNotFound, match_commune
from bdis_cms.models import PointPrecision
from bdis_cms.text import fold

from .outline import is_in_france

#: A point further than this from the centre of its commune (km) is not believed.
FAR_KM = 60.0
#: Communes of Guyane are as wide as départements.
FAR_KM_GUYANE = 250.0
#: An island too small for the outline: a point this near its centre (km) is on it.
ISLAND_KM = 15.0
FRANCE = {"", "fr", "fra", "france", "france metropolitaine", "republique francaise"}
OVERSEAS = {
    "guadeloupe", "martinique", "guyane", "guyane francaise", "la reunion", "reunion", "mayotte",
    "saint pierre et miquelon", "gp", "mq", "gf", "re", "yt", "pm",
}  # fmt: skip


@dataclass
class OutOfPlace(Exception):
    """The row has no place in the directory; ``reason`` is a key of ``report.REJECTIONS``."""

    reason: str
    field: str
    value: str
    detail: str = ""


@dataclass
class Location:
    """Where a listing is: INSEE code of its commune, point in WGS 84 degrees."""

    commune: str
    region: str
    latitude: float | None
    longitude: float | None
    precision: str
    postcode: str = ""
    #: (reason, field, value, detail) of what was repaired.
    repairs: list[tuple[str, str, str, str]] = field(default_factory=list)


def parse_degrees(value: str) -> float | None:
    """Return degrees, ``None`` for an empty value; raises ``ValueError``."""
    text = re.sub(r"[\s\u00a0\u202f°]", "", value).replace("−", "-")
    if not text:
        return None
    sign = -1.0 if re.search(r"[SsWwOo]$", text) else 1.0
    text = re.sub(r"[NnSsEeWwOo]$", "", text)
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    degrees = sign * float(text)
    if not math.isfinite(degrees):
        raise ValueError(value)
    return degrees


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the great-circle distance (haversine) between two points in degrees."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    a = (
        math.sin((phi2 - phi1) / 2) ** 2
        + math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(a)))


class Locator:
    """Locates rows one after the other; communes already recognised are remembered."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], CommuneMatch] = {}

    def locate(
        self,
        *,
        code: str = "",
        postcode: str = "",
        name: str = "",
        country: str = "",
        latitude: str = "",
        longitude: str = "",
        precision: str = PointPrecision.EXACT,
    ) -> Location:
        """Return the place of a row; raises ``OutOfPlace``."""
        if fold(country) not in FRANCE | OVERSEAS:
            raise OutOfPlace("out_of_france", "country", country)
        repairs: list[tuple[str, str, str, str]] = []
        raw_point = ", ".join(filter(None, (latitude.strip(), longitude.strip())))
        point = self._point(latitude, longitude, repairs)
        postcode = self._postcode(postcode, repairs)
        named = bool(code or postcode or name)
        if not named and point is None:
            raise OutOfPlace("no_place", "commune", raw_point)
        if point and not (inside := is_in_france(*point)):
            swapped = (point[1], point[0])
            if abs(point[1]) <= 90 and is_in_france(*swapped):
                repairs.append(("swapped_coordinates", "latitude", raw_point, ""))
                point, inside = swapped, True
            if not inside and not named and not self._on_island(point):
                raise OutOfPlace("out_of_france", "latitude", raw_point)
        match = self._match(code, postcode, name, point, named, raw_point)
        repairs += [
            (key, "commune", " ".join(filter(None, (code, postcode, name))), match.name)
            for key in match.repairs
            if not any(repair[0] == key for repair in repairs)
        ]
        if match.rule == "point":
            repairs.append(("from_point", "commune", raw_point, match.name))
        return self._place(match, point, raw_point, postcode, precision, repairs)

    @staticmethod
    def _point(
        latitude: str, longitude: str, repairs: list[tuple[str, str, str, str]]
    ) -> tuple[float, float] | None:
        raw = ", ".join(filter(None, (latitude.strip(), longitude.strip())))
        try:
            lat, lon = parse_degrees(latitude), parse_degrees(longitude)
        except ValueError:
            repairs.append(("unreadable_coordinates", "latitude", raw, ""))
            return None
        if lat is None and lon is None:
            repairs.append(("missing_coordinates", "latitude", "", ""))
            return None
        if lat is None or lon is None:
            repairs.append(("half_coordinates", "latitude", raw, ""))
            return None
        if lat == 0 and lon == 0:
            # What spreadsheets and geocoders write when they do not know.
            repairs.append(("missing_coordinates", "latitude", raw, ""))
            return None
        if abs(lat) > 180 or abs(lon) > 180:
            repairs.append(("unreadable_coordinates", "latitude", raw, ""))
            return None
        if "," in latitude + longitude:
            repairs.append(("decimal_comma", "latitude", raw, ""))
        return lat, lon

    @staticmethod
    def _postcode(value: str, repairs: list[tuple[str, str, str, str]]) -> str:
        """Return five digits, or "": F-75011, 75 011 and 1000 (which lost its zero) are read."""
        text = re.sub(r"^(?:F|FR)[- ]?(?=\d)|\.0$|[\s\u00a0\u202f]", "", value.strip().upper())
        if not text:
            return ""
        if re.fullmatch(r"\d{4}", text):
            repairs.append(("lost_zero", "postcode", value, f"0{text}"))
            return f"0{text}"
        if re.fullmatch(r"\d{5}", text) and text[:2] not in {"00", "99"}:
            return text
        repairs.append(("bad_postcode", "postcode", value, ""))
        return ""

    def _on_island(self, point: tuple[float, float]) -> bool:
        """Whether the point is on an island that the outline does not draw."""
        try:
            match = match_commune(lat=point[0], lon=point[1])
        except CommuneNotFound:
            return False
        if match.lat is None or match.lon is None or is_in_france(match.lat, match.lon):
            return False
        return distance_km(*point, match.lat, match.lon) <= ISLAND_KM

    def _match(
        self,
        code: str,
        postcode: str,
        name: str,
        point: tuple[float, float] | None,
        named: bool,
        raw_point: str,
    ) -> CommuneMatch:
        key = (code, postcode, name)
        if named and key in self._known:
            return self._known[key]
        usable = point if point and is_in_france(*point) else None
        if not named:
            usable = point
        lat, lon = usable or (None, None)
        given = " ".join(filter(None, (code, postcode, name))) or raw_point
        try:
            match = match_commune(code or None, postcode or None, name or None, lat, lon)
        except AmbiguousCommune as error:
            raise OutOfPlace("ambiguous_commune", "commune", given, str(error)) from error
        except CommuneNotFound as error:
            if point and not usable:
                raise OutOfPlace("out_of_france", "latitude", f"{given} {raw_point}") from error
            raise OutOfPlace("unknown_commune", "commune", given) from error
        # Only what the words alone decide holds for another row of the same words.
        if named and "point" not in match.rule:
            self._known[key] = match
        return match

    @staticmethod
    def _place(
        match: CommuneMatch,
        point: tuple[float, float] | None,
        raw_point: str,
        postcode: str,
        precision: str,
        repairs: list[tuple[str, str, str, str]],
    ) -> Location:
        if point and match.lat is not None and match.lon is not None:
            far = FAR_KM_GUYANE if match.department_code == "973" else FAR_KM
            away = distance_km(*point, match.lat, match.lon)
            if away > far:
                abroad = not is_in_france(*point)
                reason = "coordinates_out_of_france" if abroad else "coordinates_elsewhere"
                repairs.append((reason, "latitude", raw_point, f"{match.name}, {away:.0f} km"))
                point = None
        elif point and not is_in_france(*point):
            repairs.append(("coordinates_out_of_france", "latitude", raw_point, match.name))
            point = None
        latitude, longitude = point or (match.lat, match.lon)
        return Location(
            commune=match.code,
            region=match.region_code,
            latitude=None if latitude is None else round(latitude, 6),
            longitude=None if longitude is None else round(longitude, 6),
            precision=str(precision if point else PointPrecision.COMMUNE),
            postcode=postcode,
            repairs=repairs,
        )
