"""A directory of synthetic listings in its own data folder, kept between runs."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from bench._corpus import FOLDER, ROOT, WORDS, rows

FAMILIES = (
    "atelier-chantier-d-insertion",
    "association-intermediaire",
    "entreprise-d-insertion",
    "etti",
)
_PATIENCE_S = 60


def setup(count: int) -> None:
    """Make this process the directory of ``count`` listings, imported and indexed once.

    With 0 it is an empty one: engines read the synonyms that a network edits.
    """
    folder = FOLDER / str(count)
    os.environ |= {"BDIS_DATA_DIR": str(folder), "DEBUG": "0"}
    os.environ.pop("DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdis_site.settings.dev")
    import django

    django.setup()
    from django.core.management import call_command

    from bdis_cms.models import InitiativePage
    from bdis_search.backends.base import EngineUnavailable
    from bdis_search.engine import engines

    call_command("migrate", verbosity=0)
    if not count:
        return
    if InitiativePage.objects.count() < count * 0.9:
        _load(count)
    try:
        indexed = engines()["primary"].stats().documents
    except EngineUnavailable:
        indexed = 0
    if indexed < count * 0.9:  # the index is of another version of the site
        call_command("reindex", verbosity=0)


def _load(count: int) -> None:
    from django.core.management import call_command

    call_command("load_reference", verbosity=0)
    source = FOLDER / f"{count}.json"
    source.write_text(json.dumps(list(rows(count)), ensure_ascii=False), encoding="utf-8")
    call_command(
        "import_listings",
        source,
        source="echelle",
        mapping=ROOT / "bench" / "echelle.yaml",
        publish=True,
        verbosity=0,
    )
    source.unlink()


def searches(count: int) -> list[str]:
    """Return searches as people send them: 0–2 words, filters, half of them in a box."""
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
        made.append(urlencode(search, doseq=True))
    return made


class Server:
    """The directory as it is deployed: production settings, one worker of gunicorn."""

    def __init__(self, port: int, pid: int) -> None:
        self.port, self.pid = port, pid

    def get(self, path: str) -> bytes:
        """Return the whole answer, as a browser asks for it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            content = answer.read()
            assert answer.status == 200, (path, answer.status)
            return content
        finally:
            connection.close()

    def worker(self) -> int:
        """Return the process that answers."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text("ascii")
        return int(children.split()[0])


@contextlib.contextmanager
def served(count: int) -> Iterator[Server]:
    """Serve the directory that ``setup`` made."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bdis_site.settings.production",
        "BDIS_DATA_DIR": str(FOLDER / str(count)),
        "SECRET_KEY": "for this benchmark alone: " + "0123456789" * 5,
        "ALLOWED_HOSTS": "127.0.0.1",
        "BDIS_INSECURE_HTTP": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-m", "django", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, env=environment, check=True)
    command = [sys.executable, "-m", "gunicorn", "bdis_site.wsgi", "--workers", "1"]
    command += ["--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    with subprocess.Popen(command, env=environment) as process:
        try:
            server = Server(port, process.pid)
            _wait(server)
            yield server
        finally:
            process.terminate()


def _wait(server: Server) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            server.get("/recherche/")
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
