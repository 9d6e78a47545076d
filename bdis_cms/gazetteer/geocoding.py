"""Points of addresses: an address service where one is configured, communes everywhere.

``BDIS_GEOCODER`` names who answers: ``commune`` (the communes of the database, without network),
``geopf`` (https://data.geopf.fr/geocodage, official, France), ``nominatim`` (OpenStreetMap), or the
dotted path of a class with a ``search(query, limit)`` method. Whatever a service does (silence,
error, nonsense), communes answer in its place.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import time
from dataclasses import asdict, dataclass
from typing import Any, Protocol
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from bdis_cms.models import PointPrecision

from .names import name_key
from .places import Place
from .search import PlaceSearch, search_places
from .store import gazetteer

logger = logging.getLogger("bdis.gazetteer")

REMEMBER_SECONDS = 30 * 24 * 3600
RETRY_SECONDS = 60
LONGEST_QUERY = 200
_STREET = re.compile(r"[\d,;]|\b(?:rue|place|avenue|boulevard|chemin|route)\b", re.IGNORECASE)
LARGEST_ANSWER = 500_000  # bytes


@dataclass(frozen=True, slots=True)
class GeocodedPlace:
    """A point for an address, WGS 84 degrees; ``precision`` is a ``PointPrecision``."""

    label: str
    lat: float
    lon: float
    precision: str
    commune_code: str = ""
    postcode: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the shape of the admin's ``/geocode/`` answers."""
        return asdict(self)


class GeocoderUnavailable(Exception):
    """The service did not answer, or not with places."""


class Geocoder(Protocol):
    """What answers addresses."""

    def search(self, query: str, limit: int) -> list[GeocodedPlace]:
        """Return places best first; raises ``GeocoderUnavailable``."""


def geocode(q: str, limit: int = 5) -> list[GeocodedPlace]:
    """Return points for an address or a place name, best first; never raises for the network."""
    query = " ".join(q.split())[:LONGEST_QUERY]
    if not name_key(query):
        return []
    name = getattr(settings, "BDIS_GEOCODER", "commune")
    offline = CommuneGeocoder()
    if name == "commune":
        return offline.search(query, limit)
    key = "bdis-geocode-" + hashlib.sha256(f"{name}|{limit}|{query.lower()}".encode()).hexdigest()
    remembered: list[GeocodedPlace] | None = cache.get(key)
    if remembered is not None:
        return remembered
    silent = f"bdis-geocoder-silent-{name}"
    if not cache.get(silent):
        try:
            found = geocoder(name).search(query, limit)
        except GeocoderUnavailable as error:
            # One slow service must not slow down every keystroke: leave it alone for a while.
            logger.warning("The geocoder %s does not answer: %s", name, error)
            cache.set(silent, True, RETRY_SECONDS)
        else:
            if found:
                cache.set(key, found, REMEMBER_SECONDS)
                return found
    return offline.search(query, limit)


def geocoder(name: str) -> Geocoder:
    """Return the geocoder that ``BDIS_GEOCODER`` names."""
    if name in GEOCODERS:
        return GEOCODERS[name]()
    try:
        found: Geocoder = import_string(name)()
    except ImportError as error:
        raise ImproperlyConfigured(
            f"BDIS_GEOCODER={name!r} is neither one of {', '.join(GEOCODERS)} "
            "nor the path of a class."
        ) from error
    return found


class CommuneGeocoder:
    """Answers any address with the centre of its commune."""

    def search(self, query: str, limit: int) -> list[GeocodedPlace]:
        """See ``Geocoder.search``."""
        return [
            GeocodedPlace(
                label=f"{place.name} ({place.department_code})",
                lat=place.lat,
                lon=place.lon,
                precision=PointPrecision.COMMUNE.value,
                commune_code=place.code,
                postcode=place.postcodes[0] if len(place.postcodes) == 1 else "",
            )
            for place in communes_of_address(query, limit)
            if place.lat is not None and place.lon is not None
        ]


def communes_of_address(query: str, limit: int = 5) -> list[Place]:
    """Return the communes that an address may be in, best first.

    « 12 rue de la Paix 26150 Die », « Place du marché, Die », « 3 quai Perrache Lyon ».
    """

    def communes(text: str) -> list[Place]:
        found = search_places(text, 4 * limit)
        return [place for place in found if place.type == "commune"][:limit]

    if found := re.search(r"(?<!\d)\d{5}(?!\d)", query):
        after = query[found.end() :].strip(" ,;-")
        town = re.split(r"[,;]", after)[0]
        if places := communes(f"{found[0]} {town}"):
            return places
    names = PlaceSearch(gazetteer()).names
    is_address = _STREET.search(query) and not names.is_known(name_key(query))
    if not is_address and (places := communes(query)):
        return places
    for part in reversed(re.split(r"[,;\n]", query)):
        words = part.split()
        # The longest end that is a name: « rue du Puy-en-Velay » after « Le Puy-en-Velay ».
        for start in range(max(0, len(words) - 7), len(words)):
            end = " ".join(words[start:])
            if names.is_name(name_key(end)) and (places := communes(end)):
                return places
    return []


class GeopfGeocoder:
    """The national address service of the Géoplateforme."""

    url = "https://data.geopf.fr/geocodage/search"
    seconds_between_requests = 0.05
    precisions = {
        "housenumber": PointPrecision.EXACT,
        "street": PointPrecision.STREET,
        "locality": PointPrecision.STREET,
        "municipality": PointPrecision.COMMUNE,
    }

    def search(self, query: str, limit: int) -> list[GeocodedPlace]:
        """See ``Geocoder.search``."""
        answer = ask(
            self.url,
            {"q": query, "limit": limit, "index": "address"},
            seconds_between_requests=self.seconds_between_requests,
        )
        try:
            return [self._place(feature) for feature in answer["features"][:limit]]
        except (KeyError, TypeError, ValueError) as error:
            raise GeocoderUnavailable(f"unexpected answer ({error!r})") from error

    def _place(self, feature: dict[str, Any]) -> GeocodedPlace:
        lon, lat = feature["geometry"]["coordinates"][:2]
        properties = feature["properties"]
        precision = self.precisions.get(properties.get("type", ""), PointPrecision.APPROXIMATE)
        return GeocodedPlace(
            label=str(properties["label"]),
            lat=_degrees(lat, 90),
            lon=_degrees(lon, 180),
            precision=precision.value,
            commune_code=str(properties.get("citycode") or ""),
            postcode=str(properties.get("postcode") or ""),
        )


class NominatimGeocoder:
    """OpenStreetMap's geocoder, under its usage policy: named, at most one request a second."""

    url = "https://nominatim.openstreetmap.org/search"
    seconds_between_requests = 1.0
    countries = "fr,gp,mq,gf,re,yt,pm,bl,mf,wf,pf,nc"
    precisions = {
        **dict.fromkeys(
            ("house", "building", "amenity", "shop", "office", "place", "leisure", "craft"),
            PointPrecision.EXACT,
        ),
        **dict.fromkeys(("road", "pedestrian", "street", "path"), PointPrecision.STREET),
        **dict.fromkeys(
            ("city", "town", "village", "municipality", "hamlet"), PointPrecision.COMMUNE
        ),
    }

    def search(self, query: str, limit: int) -> list[GeocodedPlace]:
        """See ``Geocoder.search``."""
        answer = ask(
            getattr(settings, "BDIS_NOMINATIM_URL", self.url),
            {
                "q": query,
                "limit": limit,
                "format": "jsonv2",
                "addressdetails": 1,
                "countrycodes": self.countries,
                "accept-language": "fr",
            },
            seconds_between_requests=self.seconds_between_requests,
        )
        try:
            return [self._place(row) for row in answer[:limit]]
        except (KeyError, TypeError, ValueError) as error:
            raise GeocoderUnavailable(f"unexpected answer ({error!r})") from error

    def _place(self, row: dict[str, Any]) -> GeocodedPlace:
        kind = row.get("addresstype") or row.get("type") or ""
        return GeocodedPlace(
            label=str(row["display_name"]),
            lat=_degrees(row["lat"], 90),
            lon=_degrees(row["lon"], 180),
            precision=self.precisions.get(kind, PointPrecision.APPROXIMATE).value,
            postcode=str((row.get("address") or {}).get("postcode") or ""),
        )


GEOCODERS: dict[str, type[Geocoder]] = {
    "commune": CommuneGeocoder,
    "geopf": GeopfGeocoder,
    "nominatim": NominatimGeocoder,
}


def ask(url: str, parameters: dict[str, Any], *, seconds_between_requests: float) -> Any:
    """Return the JSON answer of a service; raises ``GeocoderUnavailable``.

    Waits its turn: processes that share a cache share the rate, one of their requests at a time.
    """
    timeout = getattr(settings, "BDIS_GEOCODER_TIMEOUT", 4.0)
    _wait_turn(url, seconds_between_requests, patience=timeout)
    request = Request(  # noqa: S310 - the address is written above or in the settings
        f"{url}?{urlencode(parameters)}",
        headers={
            "User-Agent": f"BDIS directory ({getattr(settings, 'WAGTAILADMIN_BASE_URL', '')})",
            "Accept": "application/json",
        },
    )
    try:
        with urlopen(request, timeout=timeout) as response:  # noqa: S310 - same
            return json.loads(response.read(LARGEST_ANSWER))
    except (URLError, OSError, ValueError) as error:
        raise GeocoderUnavailable(str(error)) from error


def _wait_turn(url: str, seconds: float, *, patience: float) -> None:
    slot = "bdis-geocoder-turn-" + hashlib.sha256(url.encode()).hexdigest()[:16]
    give_up = time.monotonic() + patience
    # Some caches only count whole seconds: the time of the next turn is stored, not an expiry.
    while (next_turn := cache.get(slot)) is not None and next_turn > time.time():
        if time.monotonic() > give_up:
            raise GeocoderUnavailable("too many requests are waiting")
        time.sleep(min(0.05, max(0.0, next_turn - time.time())))
    cache.set(slot, time.time() + seconds, timeout=max(1, int(seconds) + 1))


def _degrees(value: Any, limit: float) -> float:
    degrees = float(value)
    if not -limit <= degrees <= limit:
        raise ValueError(f"{degrees} is no coordinate")
    return degrees
