"""Importing listings: ``import_listings`` against a page saved and published at a time.

The naive loop is timed at its best, without the search index; the import is timed whole, reading,
cleaning, matching communes, writing and indexing included. Both write in the same new database.
"""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdis_site.settings.dev")

ROWS = int(os.environ.get("BDIS_BENCH_IMPORT_ROWS", "4000"))
NAIVE_ROWS = int(os.environ.get("BDIS_BENCH_NAIVE_ROWS", "200"))
COLUMNS = [
    *("id", "siret", "naf", "type_structure", "nom", "raison_sociale", "adresse", "code_postal"),
    *("commune", "code_insee", "lat", "lon", "description", "site_web", "date_maj_fiche"),
]
KINDS = ("ACI", "AI", "EI", "ETTI", "GEIQ")
WORDS = (
    *("ATELIER", "SOLIDARITE", "RECUP", "JARDINS", "RELAIS", "EMPLOI", "HORIZON", "PASSERELLE"),
    *("ESPOIR", "SERVICES"),
)


def main() -> None:
    """Print pages a second and the ratio.

    A process of its own: its database is new and thrown away, never the one of the site.
    """
    with tempfile.TemporaryDirectory(prefix="bdis-bench-") as folder:
        environment = {
            **os.environ,
            "BDIS_DATA_DIR": folder,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        environment.pop("DATABASE_URL", None)
        subprocess.run(
            [sys.executable, "-m", "bench.import_speed", folder], env=environment, check=True
        )


def compare(folder: Path) -> None:
    """Time both on a new database in ``folder``."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    call_command("reindex", verbosity=0)
    files = [write_rows(folder / f"{n}.csv", n, rows) for n, rows in enumerate((NAIVE_ROWS, ROWS))]

    settings.BDIS_SEARCH_DRAIN = "worker"
    naive = NAIVE_ROWS / timed(lambda: one_by_one(files[0]))
    print(f"{'add_child, save_revision().publish()':46} {naive:8.1f} pages/s, index left aside")
    call_command("drain_index", verbosity=0)
    settings.BDIS_SEARCH_DRAIN = "inline"
    bulk = ROWS / timed(lambda: at_once(files[1]))
    print(f"{'import_listings, everything included':46} {bulk:8.1f} pages/s, index up to date")
    print(f"{'':46}   × {bulk / naive:.1f}")
    again = ROWS / timed(lambda: at_once(files[1]))
    print(f"{'the same file again, unchanged':46} {again:8.1f} rows/s")


def timed(act: Callable[[], None]) -> float:
    """Return the seconds that ``act`` takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def write_rows(path: Path, seed: int, count: int) -> Path:
    """Write invented rows over real communes, with the columns of the mapping « siae »."""
    from bdis_cms.models import Commune

    chance = random.Random(seed)  # the same rows at each run
    communes = list(
        Commune.objects.filter(arrondissements=None, department__region__page__isnull=False)
        .exclude(postcodes="")
        .order_by("code")
        .values_list("code", "name", "postcodes", "latitude", "longitude")
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for number in range(count):
            code, name, postcodes, lat, lon = chance.choice(communes)
            title = f"ASSOC {' '.join(chance.sample(WORDS, 3))} {number}"
            writer.writerow(
                {
                    "id": f"{seed}-{number}",
                    "naf": chance.choice(("8899B", "9499Z", "7830Z", "3832Z", "8130Z")),
                    "type_structure": chance.choice(KINDS),
                    "raison_sociale": title,
                    "adresse": f"{chance.randrange(1, 99)} rue du Moulin",
                    "code_postal": postcodes.split()[0],
                    "commune": name,
                    "code_insee": code,
                    "lat": lat,
                    "lon": lon,
                    "description": "Un chantier ouvert à tous. " * chance.randrange(0, 6),
                    "site_web": f"www.exemple-{number}.fr",
                    "date_maj_fiche": "2024-05-06",
                }
            )
    return path


def one_by_one(path: Path) -> None:
    """Create each listing as a short script would: same facts, nothing cleaned or compared."""
    from bdis_cms.models import Commune, Family, InitiativePage, RegionPage
    from bdis_cms.services import grace_until

    family = Family.objects.get(code="entreprise-d-insertion")
    for row in csv.DictReader(path.open(encoding="utf-8", newline="")):
        commune = Commune.objects.select_related("department").get(code=row["code_insee"])
        parent = RegionPage.objects.get(region=commune.department.region_id)
        page = InitiativePage(
            title=row["raison_sociale"],
            summary=row["description"][:300],
            description=row["description"],
            commune=commune,
            address=row["adresse"],
            postcode=row["code_postal"],
            latitude=float(row["lat"]),
            longitude=float(row["lon"]),
            source="naive",
            external_id=row["id"],
            charter_valid_until=grace_until(),
        )
        page.families = [family]
        parent.add_child(instance=page)
        page.save_revision().publish()


def at_once(path: Path) -> None:
    """Import the file with the command, index included."""
    from django.core.management import call_command

    with Path(os.devnull).open("w") as nowhere:
        call_command(
            "import_listings", str(path), "--source", "siae", "--publish", stdout=nowhere,
            verbosity=0,
        )  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) > 1:
        compare(Path(sys.argv[1]))
    else:
        main()
