"""A node of Elasticsearch on this machine, with its own data, on loopback."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.elasticsearch.distribution import CannotStart, Distribution

_PATIENCE = 90.0  # seconds
_ROOM = 2 << 30  # bytes
_LOGGING = """status = error
appender.rolling.type = File
appender.rolling.name = file
appender.rolling.fileName = ${sys:es.logs.base_path}/node.log
appender.rolling.layout.type = PatternLayout
appender.rolling.layout.pattern = %d %p %c %m%n
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _fast_folder() -> Path | None:
    """Return a folder in memory: a node waits for the disk at every change of its indexes."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= _ROOM:
        return memory
    return None


class Node:
    """A server process; ``settings`` are added to its elasticsearch.yml.

    ``kill`` leaves the data: ``start`` brings the same node back, on the same ports.
    """

    def __init__(
        self, distribution: Distribution, *, port: int = 0, heap: str = "512m", **settings: object
    ) -> None:
        self.distribution = distribution
        self.port = port or free_port()
        self.heap = heap
        self.settings = settings
        self.home = Path(tempfile.mkdtemp(prefix="bdis-elasticsearch-", dir=_fast_folder()))
        self.process: subprocess.Popen[bytes] | None = None
        self._lay_out()
        atexit.register(self.remove)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, wait: bool = True) -> Node:
        """Start the node and wait until it answers; raise ``CannotStart`` with its last words."""
        folder = self.distribution.folder
        command = [
            str(self.distribution.java),
            f"-Xms{self.heap}",
            f"-Xmx{self.heap}",
            # Made to start fast and to leave the processor to others.
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Des.distribution.type=tar",
            f"-Djava.io.tmpdir={self.home / 'tmp'}",
            "-cp",
            f"{self.distribution.classes}:{folder / 'lib'}/*",
            "TestNode",
            str(self.home),
        ]
        with (self.home / "output.log").open("ab") as output:
            self.process = subprocess.Popen(
                command,
                # A pipe that nobody writes to: when this process ends, however it does, the node
                # sees it closed and ends too.
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd=self.home,
                start_new_session=True,
            )
        if wait:
            self.wait()
        return self

    def wait(self) -> None:
        """Wait until the node answers."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                health = f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=5s"
                with urllib.request.urlopen(health, timeout=10):
                    return
            time.sleep(0.1)
        told = (self.home / "output.log").read_text(errors="replace")[-3000:]
        self.kill()
        raise CannotStart(f"Elasticsearch {self.distribution.release.version} died: {told}")

    def kill(self) -> None:
        """End the node at once, as a power cut does."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()
        self.process = None

    def remove(self) -> None:
        """End the node and delete its data."""
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)
        atexit.unregister(self.remove)

    def _lay_out(self) -> None:
        for name in ("config", "plugins", "logs", "data", "tmp"):
            (self.home / name).mkdir()
        (self.home / "modules").symlink_to(self.distribution.folder / "modules")
        settings: dict[str, object] = {
            "network.host": "127.0.0.1",
            "http.port": self.port,
            "transport.port": free_port(),
            "discovery.type": "single-node",
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            **self.settings,
        }
        lines = [f"{name}: {value}" for name, value in settings.items() if value is not None]
        config = self.home / "config"
        (config / "elasticsearch.yml").write_text("\n".join([*lines, ""]), encoding="utf-8")
        (config / "log4j2.properties").write_text(_LOGGING, encoding="utf-8")
