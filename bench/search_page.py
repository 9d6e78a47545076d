"""The whole HTTP answer of a search over 100,000 listings, against the bare engine query.

The listings are synthetic and kept in ``var/bench`` (or ``BDIS_BENCH_DIR``) between runs.
"""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("BDIS_BENCH_DIR") or ROOT / "var" / "bench")
COUNT = int(os.environ.get("BDIS_BENCH_LISTINGS", "100000"))
FAMILIES = (
    "atelier-chantier-d-insertion",
    "association-intermediaire",
    "entreprise-d-insertion",
    "etti",
)


def main() -> None:
    """Print medians and 95th percentiles in milliseconds, side by side."""
    os.environ["BDIS_DATA_DIR"] = str(FOLDER / str(COUNT))
    os.environ["DEBUG"] = "0"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdis_site.settings.dev")
    import django

    django.setup()
    from django.http import QueryDict
    from django.test import Client

    from bdis_search.engine import get_engine
    from bdis_search.params import parse_query
    from bench.search_engine import HandWritten, timed

    prepare()
    engine = get_engine()
    searches = [urlencode(search, doseq=True) for search in made_searches(200)]
    queries = [parse_query(QueryDict(search)) for search in searches]
    by_hand = HandWritten(engine)
    client = Client(headers={"accept-encoding": "gzip"})
    for search, query in zip(searches[:20], queries[:20], strict=True):  # warm up
        assert client.get(f"/recherche/?{search}").status_code == 200
        by_hand.search(query)

    bare = timed("bare tantivy query, five facets", by_hand.search, queries)
    port = timed("engine.search, all facets", engine.search, queries)
    page = timed("search page over HTTP", lambda s: client.get(f"/recherche/?{s}"), searches)
    api = timed("API over HTTP", lambda s: client.get(f"/api/v1/initiatives?{s}"), searches)
    for label, median in (("engine", port), ("page", page), ("API", api)):
        print(f"{'':34} the {label} costs × {median / bare:.1f} the bare query")


def prepare() -> None:
    """Load the synthetic listings once."""
    from django.core.management import call_command

    from bdis_cms.models import InitiativePage
    from bench._corpus import rows

    call_command("migrate", verbosity=0)
    if InitiativePage.objects.count() >= COUNT * 0.9:
        return
    call_command("load_reference", verbosity=0)
    source = FOLDER / f"{COUNT}.json"
    source.write_text(json.dumps(list(rows(COUNT)), ensure_ascii=False), encoding="utf-8")
    began = time.perf_counter()
    call_command(
        "import_listings",
        source,
        source="echelle",
        mapping=ROOT / "bench" / "echelle.yaml",
        publish=True,
        verbosity=0,
    )
    print(f"{InitiativePage.objects.count()} listings in {time.perf_counter() - began:.0f} s")


def made_searches(count: int) -> list[dict[str, object]]:
    """Return parameters as people send them: 0–2 words, filters, half of them in a box."""
    from bench._corpus import WORDS

    chance = random.Random(7)
    made = []
    for _ in range(count):
        search: dict[str, object] = {"q": " ".join(chance.sample(WORDS, chance.choice([0, 1, 2])))}
        if chance.random() < 0.4:
            search["family"] = chance.sample(FAMILIES, chance.choice([1, 2]))
        if chance.random() < 0.3:
            search["region"] = chance.sample(["84", "93", "53", "11", "76"], 2)
        if chance.random() < 0.5:
            south, west = chance.uniform(43, 48), chance.uniform(-1, 5)
            size = chance.choice([0.5, 1.5, 4.0])
            search["bbox"] = f"{west:.3f},{south:.3f},{west + size:.3f},{south + size:.3f}"
        made.append(search)
    return made


if __name__ == "__main__":
    main()
