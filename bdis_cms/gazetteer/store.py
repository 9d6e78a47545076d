"""The gazetteer of this process, built from the database and renewed when that changes."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import Length

from bdis_cms.models import Commune, CommuneAlias, Department, Epci, FormerRegion, Region

from .index import Alias, Gazetteer
from .places import Place

# Keys rather than joins: on tables filled a moment ago, PostgreSQL has no statistics yet and joins
# tens of thousands of communes to themselves by reading all of them for each.
COMMUNE_FIELDS = (
    *("pk", "code", "name", "department_id", "epci_id", "parent_id", "postcodes"),
    *("population", "latitude", "longitude"),
)

_lock = threading.Lock()
_current: Gazetteer | None = None
_stamp: Any = None
_checked_at = 0.0


def gazetteer() -> Gazetteer:
    """Return the gazetteer, rebuilt if the territories changed since it was built.

    The database is asked at most every ``BDIS_GAZETTEER_CHECK_SECONDS`` (30), so that what another
    process loads is seen here.
    """
    global _current, _stamp, _checked_at
    wait = getattr(settings, "BDIS_GAZETTEER_CHECK_SECONDS", 30)
    if _current is not None and time.monotonic() - _checked_at < wait:
        return _current
    with _lock:
        stamp = territories_stamp()
        if _current is None or stamp != _stamp:
            _current, _stamp = build_gazetteer(), stamp
        _checked_at = time.monotonic()
        return _current


def forget() -> None:
    """Drop the gazetteer of this process: the next question rebuilds it."""
    global _current
    with _lock:
        _current = None


def territories_stamp() -> tuple[Any, ...]:
    """Return values that change whenever territories do, from aggregates (no version is kept)."""
    communes = Commune.objects.aggregate(
        Count("id"),
        Sum("id"),
        Min("code"),
        Max("code"),
        Sum("latitude"),
        Sum("longitude"),
        Sum("population"),
        Min("name"),
        Max("name"),
        letters=Sum(Length("name")),
        postcodes=Sum(Length("postcodes")),
    )
    aliases = CommuneAlias.objects.aggregate(Count("id"), Sum("id"), Sum("commune_id"))
    others = [
        model.objects.aggregate(
            Count("id"), Sum("id"), letters=Sum(Length("name")), code=Max("code")
        )
        for model in (Region, FormerRegion, Department, Epci)
    ]
    return tuple(value for counts in (communes, aliases, *others) for value in counts.values())


def build_gazetteer() -> Gazetteer:
    """Read every territory from the database."""
    regions = {
        code: Place("region", code, name, region=name, region_code=code)
        for code, name in Region.objects.values_list("code", "name")
    }
    former_regions = {
        code: Place("former_region", code, name, region=region, region_code=region_code)
        for code, name, region, region_code in FormerRegion.objects.values_list(
            "code", "name", "successor__name", "successor__code"
        )
    }
    departments = {}
    former_region_of = {}
    for code, name, region_code, former_code in Department.objects.values_list(
        "code", "name", "region__code", "former_region__code"
    ):
        departments[code] = Place(
            "department",
            code,
            name,
            department=name,
            region=regions[region_code].name,
            department_code=code,
            region_code=region_code,
        )
        if former_code:
            former_region_of[code] = former_code

    communes: dict[str, Place] = {}
    department_codes = dict(Department.objects.values_list("pk", "code"))
    sirens = dict(Epci.objects.values_list("pk", "code"))
    codes: dict[int, str] = {}
    parent_keys: dict[str, int] = {}
    epci_of: dict[str, str] = {}
    members: dict[str, list[str]] = defaultdict(list)
    for pk, code, name, department_pk, epci_pk, parent_pk, postcodes, population, lat, lon in (
        Commune.objects.order_by("code").values_list(*COMMUNE_FIELDS).iterator(chunk_size=5000)
    ):
        department_code = department_codes[department_pk]
        department = departments[department_code]
        codes[pk] = code
        communes[code] = Place(
            "commune",
            code,
            name,
            department.name,
            department.region,
            lat,
            lon,
            population,
            department_code,
            department.region_code,
            tuple(postcodes.split()),
        )
        if parent_pk:
            parent_keys[code] = parent_pk
        if epci_pk:
            epci_of[code] = sirens[epci_pk]
            members[sirens[epci_pk]].append(code)
    parents = {code: codes[parent_pk] for code, parent_pk in parent_keys.items()}
    totals = _Totals(communes, parents, former_region_of)
    return Gazetteer(
        regions={code: totals.locate(place) for code, place in regions.items()},
        former_regions={code: totals.locate(place) for code, place in former_regions.items()},
        departments={code: totals.locate(place) for code, place in departments.items()},
        epci={
            code: _epci_place(code, name, population, [communes[one] for one in members[code]])
            for code, name, population in Epci.objects.values_list("code", "name", "population")
        },
        communes=communes,
        parents=parents,
        epci_of=epci_of,
        former_region_of=former_region_of,
        aliases=[
            Alias(code, name, kind, codes[commune_pk])
            for code, name, kind, commune_pk in CommuneAlias.objects.values_list(
                "code", "name", "kind", "commune_id"
            )
        ],
    )


class _Totals:
    """Population and middle of the wide territories, summed over their communes."""

    def __init__(
        self,
        communes: dict[str, Place],
        parents: dict[str, str],
        former_region_of: dict[str, str],
    ) -> None:
        self.population: dict[tuple[str, str], int] = defaultdict(int)
        self.points: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
        for place in communes.values():
            if place.code in parents:
                continue
            department = place.department_code or ""
            for key in (
                ("department", department),
                ("region", place.region_code or ""),
                ("former_region", former_region_of.get(department, "")),
            ):
                self.population[key] += place.population or 0
                if place.lat is not None and place.lon is not None:
                    self.points[key].append((place.lat, place.lon))

    def locate(self, place: Place) -> Place:
        key = (place.type, place.code)
        lat, lon = _middle(self.points[key])
        return _with_totals(place, lat, lon, self.population[key] or None)


def _epci_place(code: str, name: str, population: int | None, communes: list[Place]) -> Place:
    lat, lon = _middle(
        [
            (commune.lat, commune.lon)
            for commune in communes
            if commune.lat is not None and commune.lon is not None
        ]
    )
    # An EPCI over two départements is shown under the one of its largest commune.
    largest = max(communes, key=lambda commune: commune.population or 0, default=None)
    return Place(
        "epci",
        code,
        name,
        department=largest.department if largest else None,
        region=largest.region if largest else None,
        lat=lat,
        lon=lon,
        population=population,
        department_code=largest.department_code if largest else None,
        region_code=largest.region_code if largest else None,
        communes=tuple(commune.code for commune in communes),
    )


def _middle(points: list[tuple[float, float]]) -> tuple[float | None, float | None]:
    if not points:
        return None, None
    return (
        round(sum(lat for lat, _ in points) / len(points), 5),
        round(sum(lon for _, lon in points) / len(points), 5),
    )


def _with_totals(
    place: Place, lat: float | None, lon: float | None, population: int | None
) -> Place:
    return Place(
        place.type,
        place.code,
        place.name,
        place.department,
        place.region,
        lat,
        lon,
        population,
        place.department_code,
        place.region_code,
    )
