"""Relevance: what people look for, and where it comes; each engine beside the others.

The queries and their answers are those of the shared data. Listings are taken twice: as the file
has them, and as the import makes them, which refuses those that are abroad. Engines: tantivy, and
Elasticsearch at the addresses in BDIS_ELASTICSEARCH_8 and BDIS_ELASTICSEARCH_9. Every run adds
lines to ``bench/history/relevance.jsonl``; BDIS_BENCH_MISSES=1 tells what was not found.
"""

from __future__ import annotations

import csv
import html
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdis_site.settings.dev")

if TYPE_CHECKING:
    from bdis_search.backends.base import SearchEngine
    from bdis_search.documents import InitiativeDocument

HISTORY = Path(__file__).parent / "history" / "relevance.jsonl"
FIRST = 5
PAGE = 50
MOST_POINTS_APART = 2.0


@dataclass(frozen=True)
class Asked:
    """A query, what it should find, and the set it belongs to."""

    text: str
    expected: frozenset[str]
    of: str


@dataclass(frozen=True)
class Corpus:
    """Listings ready to be indexed; ``names`` gives their ids in the file by page id."""

    name: str
    documents: list[InitiativeDocument]
    names: dict[int, str]


@dataclass
class Score:
    """What a set of queries got: sums, then means over ``count`` queries, in percent."""

    count: int = 0
    sums: dict[str, float] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)

    def add(self, **values: float) -> None:
        self.count += 1
        for name, value in values.items():
            self.sums[name] = self.sums.get(name, 0.0) + value

    @property
    def means(self) -> dict[str, float]:
        return {name: round(100 * total / self.count, 2) for name, total in self.sums.items()}


def main() -> None:
    """Print each figure by engine, and keep them.

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
            [sys.executable, "-m", "bench.relevance", folder], env=environment, check=True
        )


def measure(folder: Path) -> None:
    """Measure everything in a new site whose data are in ``folder``."""
    import django

    django.setup()
    from django.core.management import call_command

    for command in ("migrate", "load_reference", "reindex"):
        call_command(command, verbosity=0)
    show("places", {"places": dict(of_places())})
    listings = rows("listings", "alternatives_pwa.csv")
    for corpus in (as_in_the_file(listings), as_imported()):
        refused = {row["id"] for row in listings} - set(corpus.names.values())
        asked = [*queries(), *misspelt(listings)]
        unreachable = sum(one.expected <= refused for one in asked if one.of != "typos in names")
        print(
            f"\n{corpus.name}: {len(corpus.documents)} listings; {unreachable} queries expect "
            "refused ones only and are left out"
        )
        asked = [one for one in asked if not one.expected <= refused]
        found = {}
        for name, engine in engines(folder):
            engine.rebuild(corpus.documents)
            found[name] = dict(of_listings(engine, corpus, asked, refused))
            engine.rebuild([])
        show(corpus.name, found)
        compare(found)


def rows(*path: str) -> list[dict[str, str]]:
    """Return the rows of a file of the shared data."""
    from bench._corpus import SHARED

    file = SHARED.joinpath(*path)
    if not file.exists():
        sys.exit(f"This benchmark needs {file}: set BDIS_SHARED_DATA.")
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def queries() -> Iterator[Asked]:
    """Yield the queries of listings: by tag, by name without accents, by name misspelt."""
    sets = {"mot_cle": "tags", "nom_sans_accent": "names folded", "nom_faute": "names misspelt"}
    for row in rows("queries", "requetes_fiches_pwa_dev.csv"):
        expected = frozenset(row["ids_attendus"].split("|"))
        yield Asked(row["requete"], expected, sets[row["categorie"]])


def misspelt(listings: list[dict[str, str]]) -> Iterator[Asked]:
    """Yield every name with one slip of the finger, the same at each run."""
    chance = random.Random(1)
    same: dict[str, set[str]] = {}
    for row in listings:
        same.setdefault(row["nom"].lower(), set()).add(row["id"])
    for row in listings:
        name = html.unescape(row["nom"]).strip()
        if name:
            yield Asked(slip(name, chance), frozenset(same[row["nom"].lower()]), "typos in names")


def slip(name: str, chance: random.Random) -> str:
    """Return ``name`` with a letter left out, doubled, exchanged, replaced, or a space added."""
    at = chance.randrange(max(1, len(name) - 1))
    letter = chance.choice("aeinrst")
    return chance.choice(
        [
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
            name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :],
            name[:at] + letter + name[at + 1 :],
            name[:at] + " " + name[at:],
        ]
    )


def of_places() -> Iterator[tuple[str, Score]]:
    """Yield how often the place meant is among the first three understood."""
    from bdis_cms.gazetteer import search_places

    files = {"communes": "requetes_lieux_dev.csv", "wider areas": "requetes_territoires.csv"}
    for name, file in files.items():
        score = Score()
        for row in rows("queries", file):
            answers = row.get("codes_insee_attendus") or row.get("code_attendu") or ""
            expected = re.split(r"[\s|]+", answers)
            got = [place.code for place in search_places(row["requete"], limit=3)]
            hit = not set(got).isdisjoint(expected)
            score.add(**{"success@3": hit, "first": got[:1] != [] and got[0] in expected})
            if not hit:
                score.misses.append(f"{row['requete']}: {got}, not {expected}")
        yield name, score


def as_in_the_file(listings: Iterable[dict[str, str]]) -> Corpus:
    """Return every row of the file as a document."""
    from bdis_cms.text import fold
    from bdis_search.documents import InitiativeDocument

    made, names = [], {}
    for number, row in enumerate(listings, 1):
        names[number] = row["id"]
        tags = [tag.strip() for tag in row["mots_cles"].split(",") if tag.strip()]
        body = re.sub("<[^>]+>", " ", html.unescape(row["description"]))
        blank: Any = dict.fromkeys(
            ("acronym", "keywords", "place_names", "legal_family", "region", "department", "epci",
             "commune"), "",
        )  # fmt: skip
        none: Any = dict.fromkeys(
            ("families", "activities", "served_regions", "served_departments", "served_areas",
             "served_touches"), (),
        )  # fmt: skip
        made.append(
            InitiativeDocument(
                id=number,
                title=html.unescape(row["nom"]).strip(),
                summary=body[:300],
                body=body,
                tags=tuple(fold(tag).replace(" ", "-") for tag in tags),
                tag_names=tuple(tags),
                lat=None,
                lon=None,
                confirmed=738_000,
                public_until=800_000,
                completeness=50,
                **blank,
                **none,
            )
        )
    return Corpus("as in the file", made, names)


def as_imported() -> Corpus:
    """Return the listings that the import makes of the file."""
    from django.core.management import call_command

    from bdis_cms.models import InitiativePage
    from bdis_search.building import build_documents
    from bench._corpus import SHARED

    file = SHARED / "listings" / "alternatives_pwa.csv"
    with Path(os.devnull).open("w") as nowhere:
        call_command(
            "import_listings", str(file), "--source", "pwa", "--publish", stdout=nowhere,
            stderr=nowhere, verbosity=0,
        )  # fmt: skip
    names = dict(InitiativePage.objects.public().values_list("pk", "external_id"))
    return Corpus("as imported", list(build_documents()), names)


def engines(folder: Path) -> Iterator[tuple[str, SearchEngine]]:
    """Yield the engines there are, each with an index of its own."""
    from bdis_search.backends.tantivy import Engine as Tantivy

    yield "tantivy", Tantivy({"PATH": folder / f"relevance-{uuid.uuid4().hex}", "HEAP_MB": 30})
    for major in ("8", "9"):
        if address := os.environ.get(f"BDIS_ELASTICSEARCH_{major}"):
            from bdis_search.backends.elasticsearch import Engine as Elasticsearch

            options = {"HOSTS": address, "INDEX": f"relevance-{uuid.uuid4().hex[:12]}"}
            yield f"elasticsearch {major}", Elasticsearch(options)


def of_listings(
    engine: SearchEngine, corpus: Corpus, asked: Iterable[Asked], refused: set[str]
) -> Iterator[tuple[str, Score]]:
    """Yield the figures of each set: how soon a right answer comes, how many are on a page."""
    from bdis_search.query import Query

    scores: dict[str, Score] = {}
    for one in asked:
        hits = engine.search(Query(text=one.text, page_size=PAGE, facets=())).hits
        got = [corpus.names[hit.id] for hit in hits]
        expected = one.expected - refused
        ranks = [rank for rank, name in enumerate(got, 1) if name in expected]
        figures: dict[str, float] = {"mrr": 1 / ranks[0] if ranks else 0.0}
        if one.of == "tags":
            figures["recall@50"] = len(ranks) / min(PAGE, len(expected))
        else:
            figures["success@1"] = bool(ranks) and ranks[0] == 1
            figures[f"success@{FIRST}"] = bool(ranks) and ranks[0] <= FIRST
        score = scores.setdefault(one.of, Score())
        score.add(**figures)
        if min(figures.get(f"success@{FIRST}", 1), figures.get("recall@50", 1)) < 1:
            missed = sorted(expected - set(got))[:6]
            score.misses.append(f"{one.text}: {len(hits)} found, {missed} missed, {got[:FIRST]}")
    yield from scores.items()


def show(corpus: str, found: dict[str, dict[str, Score]]) -> None:
    """Print the figures side by side, and keep them."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    print(f"{'':32}" + "".join(f"{name:>18}" for name in found))
    for of, score in next(iter(found.values())).items():
        for figure in score.means:
            cells = "".join(f"{scores[of].means[figure]:18.2f}" for scores in found.values())
            print(f"{of:20}{figure:12}{cells}   % of {score.count}")
    HISTORY.parent.mkdir(exist_ok=True)
    with HISTORY.open("a", encoding="utf-8") as file:
        for engine, scores in found.items():
            line = {"date": time.strftime("%Y-%m-%d"), "commit": commit, "corpus": corpus}
            sets = {of: score.means | {"queries": score.count} for of, score in scores.items()}
            line |= {"engine": engine, "sets": sets}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    if os.environ.get("BDIS_BENCH_MISSES"):
        for engine, scores in found.items():
            for of, score in scores.items():
                for miss in score.misses:
                    print(f"  {engine}, {of}: {miss}")


def compare(found: dict[str, dict[str, Score]]) -> None:
    """Print by how much engines differ at most."""
    reference, *others = found.values()
    apart = [
        abs(value - other[of].means[figure])
        for other in others
        for of, score in reference.items()
        for figure, value in score.means.items()
    ]
    if apart:
        told = "as asked" if max(apart) <= MOST_POINTS_APART else "TOO FAR APART"
        print(f"engines differ by at most {max(apart):.2f} points: {told}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
    else:
        main()
