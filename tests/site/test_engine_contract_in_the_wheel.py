"""A third party runs the contract of search engines on its own, from the installed package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site.test_packaging import wheel

__all__ = ["wheel"]

pytestmark = pytest.mark.slow

GOOD = "from bdis_search.contract.memory import Engine\n\n__all__ = ['Engine']\n"
# Ten values of a facet and no more: what an engine does that leaves its default as it is.
BAD = """
from dataclasses import replace
from bdis_search.contract.memory import Engine as Whole


class Engine(Whole):
    def search(self, query):
        results = super().search(query)
        counts = {name: dict(list(of.items())[:10]) for name, of in results.counts.items()}
        return replace(results, counts=counts)
"""


def run_contract(wheel: Path, folder: Path, engine: str) -> subprocess.CompletedProcess[str]:
    installed = folder / "installed"
    if not installed.exists():
        subprocess.run(
            [sys.executable, "-m", "zipfile", "-e", str(wheel), str(installed)], check=True
        )
    (folder / "their_engine.py").write_text(engine)
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
        *("--ds", "bdis_site.settings.test", "-p", "bdis_search.contract.plugin"),
        *("--bdis-engine", "their_engine", "--bdis-engine-options", '{"NAME": "{unique}"}'),
        *("--pyargs", "bdis_search.contract.test_many_values"),
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(installed), str(folder)])}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_an_engine_of_another_network_is_checked_from_the_wheel(
    wheel: Path,
    tmp_path: Path,
) -> None:
    done = run_contract(wheel, tmp_path, GOOD)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "[their_engine]" not in done.stdout
    assert " passed" in done.stdout
    done = run_contract(wheel, tmp_path, BAD)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "test_every_value_of_a_facet_is_counted[their_engine-tag]" in done.stdout
