"""Synthetic listings as rows and as documents, and searches over them; deterministic."""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from bdis_cms.text import fold
from bdis_search.documents import InitiativeDocument
from bdis_search.query import BBox, Query

ROOT = Path(__file__).resolve().parents[1]
#: What takes minutes to make is kept there between runs.
FOLDER = Path(os.environ.get("BDIS_BENCH_DIR") or ROOT / "var" / "bench")
SHARED = Path(os.environ.get("BDIS_SHARED_DATA") or ROOT.parent / "shared" / "data")
GENERATOR = SHARED.parent / "tools" / "gen_echelle.py"
FAMILIES = [f"famille-{number}" for number in range(30)]
LEGAL = ["association", "cooperative", "mutuelle", "fondation", "societe-commerciale"]
ACTIVITIES = [(f"a{root}", f"a{root}.b{leaf}") for root in range(16) for leaf in range(8)]
TODAY = 739_000


def rows(count: int) -> Iterator[dict[str, Any]]:
    """Yield rows of the generator that lies beside the shared data, made once and kept."""
    with gzip.open(_kept(count), "rt", encoding="utf-8") as lines:
        yield from map(json.loads, islice(lines, count))


def _kept(count: int) -> Path:
    """Return a file of at least ``count`` rows; the first ones are the same whatever the count."""
    kept = {int(file.name.split("-")[1].split(".")[0]): file for file in FOLDER.glob("rows-*.gz")}
    if enough := [size for size in sorted(kept) if size >= count]:
        return kept[enough[0]]
    if not GENERATOR.exists():
        sys.exit(f"This benchmark needs {GENERATOR}: set BDIS_SHARED_DATA.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    draft, file = FOLDER / f"draft-{os.getpid()}", FOLDER / f"rows-{count}.jsonl.gz"
    command = [sys.executable, str(GENERATOR), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as made:
        assert made.stdout
        with gzip.open(draft, "wb", compresslevel=1) as lines:
            shutil.copyfileobj(made.stdout, lines)
    if made.returncode:
        sys.exit(f"{GENERATOR} failed (exit {made.returncode}).")
    return draft.rename(file)


def documents(count: int) -> Iterator[InitiativeDocument]:
    """Yield ``count`` documents, classified at random."""
    chance = random.Random(2010)
    with (SHARED / "geo" / "departements.csv").open(encoding="utf-8", newline="") as lines:
        regions = {row["code"]: row["region"] for row in csv.DictReader(lines)}
    for number, row in enumerate(rows(count), start=1):
        code = row["code_insee"]
        department = code[:3] if code.startswith("97") else code[:2]
        region = regions.get(department, "")
        names = [name.strip() for name in row["mots_cles"].split(",") if name.strip()]
        activity = chance.choice(ACTIVITIES)
        yield InitiativeDocument(
            id=number,
            title=row["nom"],
            acronym="",
            summary=row["description"][:300],
            body=row["description"],
            keywords=row["type_structure"],
            tags=tuple(dict.fromkeys(fold(name).replace(" ", "-")[:100] for name in names)),
            tag_names=tuple(names),
            place_names=f"{row['commune']} {row['code_postal']}",
            families=tuple(chance.sample(FAMILIES, chance.choice([1, 1, 2]))),
            legal_family=chance.choice(LEGAL),
            activities=activity,
            region=region,
            department=department,
            epci="",
            commune=code,
            served_regions=(region,),
            served_departments=(department,),
            served_areas=(f"commune:{code}",),
            served_touches=(f"commune:{code}", f"department:{department}", f"region:{region}"),
            lat=row["lat"],
            lon=row["lon"],
            confirmed=TODAY - chance.randrange(2000),
            public_until=TODAY + 2000 + chance.randrange(300),
            completeness=chance.randrange(101),
        )


_SEARCHED = (
    "vélo jardin légumes insertion habitat solidaire énergie café formation bois ferme "
    "association recyclage alimentation culture pain climat transition couture librairie"
)
WORDS = _SEARCHED.split()


def searches(count: int, facets: tuple[str, ...]) -> list[Query]:
    """Return searches as people make them: 0–2 words, filters, half of them in a box."""
    chance = random.Random(7)
    made = []
    for _ in range(count):
        filters: dict[str, frozenset[str]] = {}
        if chance.random() < 0.4:
            filters["family"] = frozenset(chance.sample(FAMILIES, chance.choice([1, 2, 3])))
        if chance.random() < 0.3:
            filters["activity"] = frozenset(node[0] for node in chance.sample(ACTIVITIES, 2))
        if chance.random() < 0.3:
            filters["legal_family"] = frozenset(chance.sample(LEGAL, 2))
        box = None
        if chance.random() < 0.5:
            south, west = chance.uniform(43, 48), chance.uniform(-1, 5)
            size = chance.choice([0.5, 1.5, 4.0])
            box = BBox(west, south, west + size, south + size)
        made.append(
            Query(
                text=" ".join(chance.sample(WORDS, chance.choice([0, 1, 1, 2]))),
                filters=filters,
                bbox=box,
                facets=facets,
            )
        )
    return made
