"""Bring the territories of the database up to the shipped tables, or to official ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.utils.text import slugify

from bdis_cms.models import (
    Commune,
    CommuneAlias,
    Department,
    Epci,
    FormerRegion,
    PointPrecision,
    Region,
)

from .store import forget
from .tables import TERRITORIES, CommuneRow, Row, read_communes, read_rows

BATCH = 1000

Progress = Callable[[Iterable[Any], str], Iterable[Any]]


@dataclass
class LoadReport:
    """What a load did, by model: rows created, changed, left as they were."""

    created: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    approximate_points: int = 0

    @property
    def has_written(self) -> bool:
        """Whether any row was created or changed."""
        return any(self.created.values()) or any(self.changed.values())


@transaction.atomic
def load_territories(
    communes_file: Path | None = None, *, progress: Progress = lambda rows, _name: rows
) -> LoadReport:
    """Create or update every territory; all or nothing, and idempotent.

    ``communes_file`` has the columns of the shipped ``communes.csv.gz``; what it says of a commune
    wins, and its points replace approximations. Without it, points already loaded from such a file
    stay. No territory is deleted: listings may refer to it. ``progress`` wraps the rows written.

    Raises ``TableRefused``.
    """
    departments = {row["code"] for row in read_rows(TERRITORIES / "departements.csv")}
    sirens = {row["siren"] for row in read_rows(TERRITORIES / "epci.csv.gz")}
    sirens |= set(Epci.objects.values_list("code", flat=True))
    communes = read_communes(TERRITORIES / "communes.csv.gz", departments=departments, epci=sirens)
    if communes_file is not None:
        official = read_communes(communes_file, departments=departments, epci=sirens)
        communes |= {code: _best_point(row, communes.get(code)) for code, row in official.items()}

    loader = _Loader(progress)
    loader.regions()
    loader.departments()
    loader.epci()
    loader.communes(communes.values(), is_official=communes_file is not None)
    loader.aliases()
    loader.region_points()
    transaction.on_commit(forget)
    forget()
    return loader.report


def _best_point(row: CommuneRow, shipped: CommuneRow | None) -> CommuneRow:
    """Return ``row`` with the shipped point where its own is missing or only an approximation."""
    if shipped is None or shipped.lat is None:
        return row
    if row.lat is None or (row.is_approximate and not shipped.is_approximate):
        return CommuneRow(
            **{
                **row.__dict__,
                "lat": shipped.lat,
                "lon": shipped.lon,
                "is_approximate": shipped.is_approximate,
            }
        )
    return row


class _Loader:
    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.report = LoadReport()

    def regions(self) -> None:
        rows = [
            {
                "code": row["code"],
                "name": row["nom"],
                "slug": slugify(row["nom"]),
                "is_overseas": row["zone"] != "metro",
            }
            for row in self._shipped("regions.csv")
        ]
        # An address, once public, does not change with a new spelling of the name.
        self._upsert(Region, rows, keep=("slug",))
        regions = self._ids(Region)
        self._upsert(
            FormerRegion,
            [
                {"code": row["code"], "name": row["nom"], "successor_id": regions[row["region"]]}
                for row in self._shipped("anciennes_regions.csv")
            ],
        )

    def departments(self) -> None:
        regions, former = self._ids(Region), self._ids(FormerRegion)
        self._upsert(
            Department,
            [
                {
                    "code": row["code"],
                    "name": row["nom"],
                    "region_id": regions[row["region"]],
                    "former_region_id": former.get(row["ancienne_region_code"]),
                }
                for row in self._shipped("departements.csv")
            ],
        )

    def epci(self) -> None:
        self._upsert(
            Epci,
            [
                {
                    "code": row["siren"],
                    "name": row["nom"],
                    "kind": row["type"],
                    "population": int(row["population_municipale"]),
                }
                for row in self._shipped("epci.csv.gz")
            ],
        )

    def communes(self, communes: Iterable[CommuneRow], *, is_official: bool) -> None:
        departments, epci = self._ids(Department), self._ids(Epci)
        known = {
            code: (lat, lon, precision)
            for code, lat, lon, precision in Commune.objects.values_list(
                "code", "latitude", "longitude", "precision"
            )
        }

        def values(row: CommuneRow, parents: dict[str, int]) -> dict[str, Any]:
            precision = PointPrecision.APPROXIMATE if row.is_approximate else PointPrecision.COMMUNE
            point = (row.lat, row.lon, precision.value)
            stored = known.get(row.code)
            if stored and not _replaces(point, stored, is_official=is_official):
                point = stored
            self.report.approximate_points += point[2] == PointPrecision.APPROXIMATE.value
            return {
                "code": row.code,
                "name": row.name,
                "department_id": departments[row.department],
                "epci_id": epci[row.epci] if row.epci else None,
                "parent_id": parents[row.parent] if row.parent else None,
                "postcodes": row.postcodes,
                "population": row.population,
                "latitude": point[0],
                "longitude": point[1],
                "precision": point[2],
            }

        rows = list(communes)
        self._upsert(Commune, [values(row, {}) for row in rows if not row.parent])
        arrondissements = [row for row in rows if row.parent]
        parents = self._ids(Commune, code__in={row.parent for row in arrondissements})
        self._upsert(Commune, [values(row, parents) for row in arrondissements])

    def aliases(self) -> None:
        communes = self._ids(Commune)
        self._upsert(
            CommuneAlias,
            [
                {
                    "code": row["code"],
                    "name": row["nom"],
                    "kind": row["type"],
                    "commune_id": communes[row["commune_actuelle"]],
                }
                for row in self._shipped("communes_anciennes.csv.gz")
            ],
            key=("code", "name"),
        )

    def region_points(self) -> None:
        """Place each region in the middle of its communes."""
        middles = Commune.objects.filter(parent=None, latitude__isnull=False).values_list(
            "department__region"
        )
        points = {
            region: (round(lat, 5), round(lon, 5))
            for region, lat, lon in middles.annotate(
                models.Avg("latitude"), models.Avg("longitude")
            )
        }
        regions = list(Region.objects.filter(pk__in=points))
        for region in regions:
            region.latitude, region.longitude = points[region.pk]
        Region.objects.bulk_update(regions, ["latitude", "longitude"])

    def _shipped(self, name: str) -> Iterable[Row]:
        return read_rows(TERRITORIES / name)

    @staticmethod
    def _ids(model: type[models.Model], **filters: Any) -> dict[str, int]:
        return dict(model._default_manager.filter(**filters).values_list("code", "pk"))

    def _upsert(
        self,
        model: type[models.Model],
        rows: Sequence[dict[str, Any]],
        *,
        key: tuple[str, ...] = ("code",),
        keep: tuple[str, ...] = (),
    ) -> None:
        """Write the rows that are new or differ; ``keep`` names fields never changed."""
        if not rows:
            return
        fields = [name for name in rows[0] if name not in key and name not in keep]
        stored = {
            values[: len(key)]: values[len(key) :]
            for values in model._default_manager.values_list(*key, *fields)
        }
        news, changes = [], []
        for row in rows:
            identity = tuple(row[name] for name in key)
            if identity not in stored:
                news.append(row)
            elif stored[identity] != tuple(row[name] for name in fields):
                changes.append(row)
        writing = [*news, *changes]
        name = str(model._meta.verbose_name_plural)
        batches = [writing[start : start + BATCH] for start in range(0, len(writing), BATCH)]
        for batch in self.progress(batches, name):
            model._default_manager.bulk_create(
                [model(**row) for row in batch],
                update_conflicts=True,
                unique_fields=key,
                update_fields=[field.removesuffix("_id") for field in fields],
            )
        report = self.report
        for counts, count in (
            (report.created, len(news)),
            (report.changed, len(changes)),
            (report.unchanged, len(rows) - len(writing)),
        ):
            counts[name] = counts.get(name, 0) + count


def _replaces(
    point: tuple[Any, Any, str], stored: tuple[Any, Any, str], *, is_official: bool
) -> bool:
    """Tell whether a new point is worth the stored one: never a worse, an equal if official."""
    if point[0] is None:
        return False
    if stored[0] is None:
        return True
    is_worse = point[2] == PointPrecision.APPROXIMATE.value
    was_worse = stored[2] == PointPrecision.APPROXIMATE.value
    return was_worse or (is_official and not is_worse)
