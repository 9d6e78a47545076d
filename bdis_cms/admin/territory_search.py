"""Find communes and territories as an editor types; answers of the autocompletes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from bdis_cms.gazetteer.search import search_places
from bdis_cms.models import Commune, ServedArea, TerritoryLevel
from bdis_cms.models.territories import Territory

LIMIT = 12
LEVELS: dict[str, str] = {
    "country": TerritoryLevel.COUNTRY,
    "region": TerritoryLevel.REGION,
    "department": TerritoryLevel.DEPARTMENT,
    "epci": TerritoryLevel.EPCI,
    "commune": TerritoryLevel.COMMUNE,
}


def search_communes(query: str, limit: int = LIMIT) -> list[dict[str, Any]]:
    """Return communes by name, postcode or code, best first.

    Each is ``{"key", "label", "detail", "postcodes", "lat", "lon"}``, WGS 84 degrees.
    """
    codes = [place.code for place in search_places(query, 3 * limit) if place.type == "commune"]
    communes = {commune.code: commune for commune in Commune.objects.filter(code__in=codes)}
    return [
        {
            "key": str(communes[code].pk),
            "label": str(communes[code]),
            "detail": _postcodes(communes[code]),
            "postcodes": communes[code].postcodes.split(),
            "lat": communes[code].latitude,
            "lon": communes[code].longitude,
        }
        for code in codes[:limit]
        if code in communes
    ]


def search_territories(query: str, limit: int = LIMIT) -> list[dict[str, str]]:
    """Return territories of every level, best first; each ``{"key": "level:code", "label", …}``."""
    keys = [
        f"{LEVELS[place.type]}:{'' if place.type == 'country' else place.code}"
        for place in search_places(query, 2 * limit)
        if place.type in LEVELS
    ]
    return labels_of(dict.fromkeys(keys))[:limit]


def labels_of(keys: Iterable[str]) -> list[dict[str, str]]:
    """Return the territories of ``keys`` ("level:code") in their order; unknown ones drop.

    Each is ``{"key", "label", "detail"}``.
    """
    keys = list(keys)
    codes: dict[str, set[str]] = {}
    for key in keys:
        level, _colon, code = key.partition(":")
        codes.setdefault(level, set()).add(code)
    found: dict[str, dict[str, str]] = {}
    if codes.pop(TerritoryLevel.COUNTRY, None):
        item = _item(TerritoryLevel.COUNTRY, None)
        found[item["key"]] = item
    for level, wanted in codes.items():
        model = ServedArea.MODELS.get(level)
        for place in model._default_manager.filter(code__in=wanted) if model else ():
            found[f"{level}:{place.code}"] = _item(level, place)
    return [found[key] for key in keys if key in found]


def _item(level: str, place: Territory | None) -> dict[str, str]:
    if place is None:
        return {
            "key": f"{TerritoryLevel.COUNTRY}:",
            "label": _("Whole of France"),
            "detail": str(TerritoryLevel.COUNTRY.label),
        }
    detail = str(TerritoryLevel(level).label)
    if isinstance(place, Commune):
        detail = f"{detail} · {_postcodes(place)}" if place.postcodes else detail
    return {"key": f"{level}:{place.code}", "label": str(place), "detail": detail}


def _postcodes(commune: Commune) -> str:
    codes = commune.postcodes.split()
    return ", ".join(codes[:3]) + ("…" if len(codes) > 3 else "")
