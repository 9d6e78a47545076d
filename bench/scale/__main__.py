"""Run everything, side by side, and write it down: ``make bench-search``.

Each part has a process of its own, so that its memory is its own. The first run makes a million
documents and a directory of 100,000 listings, kept in ``var/bench`` (``BDIS_BENCH_DIR``): half an
hour and 6 GB. ``BDIS_BENCH_COUNTS`` ("100000,1000000") and ``BDIS_BENCH_PARTS`` ("engines,pages,
wagtail") do less.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from bench._corpus import ROOT
from bench._measure import machine, write_history
from bench.scale.report import table

COUNTS = [int(n) for n in os.environ.get("BDIS_BENCH_COUNTS", "100000,1000000").split(",")]
PARTS = os.environ.get("BDIS_BENCH_PARTS", "engines,pages,wagtail").split(",")
PAGES = int(os.environ.get("BDIS_BENCH_LISTINGS", "100000"))
WAGTAIL_PAGES = int(os.environ.get("BDIS_BENCH_WAGTAIL_PAGES", "11500"))


def main() -> None:
    """Print a table, and keep the figures in ``bench/history``."""
    result: dict[str, Any] = {"machine": machine()}
    if "engines" in PARTS:
        result["engines"] = {
            name: {str(count): run("engines", name, str(count)) for count in COUNTS}
            for name in ("tantivy", "elasticsearch")
        }
    if "pages" in PARTS:
        result["pages"] = run("pages", str(PAGES))
    if "wagtail" in PARTS:
        result["wagtail"] = run("wagtail_search", str(WAGTAIL_PAGES))
    result["machine"]["load_after"] = machine()["load"]
    print(table(result))
    print(f"\nKept in {write_history(ROOT / 'bench' / 'history', result).relative_to(ROOT)}.")


def run(part: str, *arguments: str) -> Any:
    """Return what a part prints last."""
    print(f"… {part} {' '.join(arguments)}", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", f"bench.scale.{part}", *arguments]
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
