"""Times, memory and sizes; what a benchmark writes down about the machine."""

from __future__ import annotations

import json
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

Spent = list[float]  # milliseconds


def timed(label: str, act: Callable[[Any], object], arguments: Iterable[Any]) -> float:
    """Print the figures of ``act`` over ``arguments``, and return the median (ms)."""
    (spent,) = side_by_side([act], list(arguments))
    told = figures(spent)
    print(
        f"{label:34} median {told['median']:7.2f} ms   p95 {told['p95']:7.2f} ms   "
        f"max {told['max']:7.2f} ms"
    )
    return told["median"]


def side_by_side(
    acts: Sequence[Callable[[Any], object]], arguments: Sequence[Any], rounds: int = 1
) -> list[Spent]:
    """Return what each act takes on each argument; they take turns, in an order that changes.

    What else the machine does then weighs alike on all of them.
    """
    chance = random.Random(4)
    spent: list[Spent] = [[] for _ in acts]
    for argument in list(arguments) * rounds:
        turns = list(enumerate(acts))
        chance.shuffle(turns)
        for number, act in turns:
            began = time.perf_counter()
            act(argument)
            spent[number].append((time.perf_counter() - began) * 1000)
    return spent


def figures(spent: Spent) -> dict[str, float]:
    """Return the median, the 95th percentile and the longest of times, in milliseconds."""
    return {
        "median": round(statistics.median(spent), 3),
        "p95": round(statistics.quantiles(spent, n=20)[18], 3),
        "max": round(max(spent), 3),
    }


def peak_mb(pid: int | str = "self") -> float:
    """Return the most memory that a process has held, in megabytes; files it maps included."""
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1000, 1)
    return 0.0


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    packages = ("Django", "wagtail", "tantivy", "elasticsearch")
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 1e9, 1),
        "python": platform.python_version(),
        **{package: version(package) for package in packages},
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def write_history(folder: Path, result: dict[str, Any], *, name: str = "search") -> Path:
    """Keep ``result`` beside those of earlier runs."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}-{time.strftime('%Y%m%d-%H%M')}.json"
    file.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return file
