"""An Elasticsearch server put together from the jars of Maven Central.

Elastic's own archives are not on the registries; the server's jars are. ``distribution`` lays them
out once per version in the user's cache (``BDIS_ELASTICSEARCH_CACHE``).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
MAIN = HERE / "TestNode.java"
JAVA_HOMES = Path("/usr/lib/jvm")


class CannotStart(Exception):
    """What a node needs is missing on this machine; the message says what."""


@dataclass(frozen=True, slots=True)
class Release:
    """A version of Elasticsearch and the Java it runs on."""

    version: str
    java: int


RELEASES = {"8": Release("8.19.21", 17), "9": Release("9.5.3", 25)}


@dataclass(frozen=True, slots=True)
class Distribution:
    """What is ready to run: ``java`` is the executable, ``folder`` holds lib/ and modules/."""

    release: Release
    java: Path
    folder: Path
    classes: Path


def distribution(major: str) -> Distribution:
    """Return the server of a major version ("8" or "9"), downloaded if need be."""
    release = RELEASES[major]
    java = find_java(release.java)
    folder = _cache() / f"elasticsearch-{release.version}"
    _once(folder, lambda draft: _assemble(draft, release))
    written = hashlib.sha256(MAIN.read_bytes()).hexdigest()[:12]
    classes = folder / f"classes-{written}"
    _once(classes, lambda draft: _compile(draft, java, folder / "lib"))
    return Distribution(release, java / "bin" / "java", folder, classes)


def find_java(version: int) -> Path:
    """Return the home of a JDK of that version: ``BDIS_JAVA_<version>``, else an installed one."""
    named = os.environ.get(f"BDIS_JAVA_{version}")
    if named:
        return Path(named)
    pattern = re.compile(rf"\b{version}\b")
    for home in sorted(JAVA_HOMES.glob("*")) if JAVA_HOMES.exists() else ():
        if pattern.search(home.name) and (home / "bin" / "javac").exists():
            return home
    raise CannotStart(f"Java {version} (a JDK) is missing: set BDIS_JAVA_{version} to its home")


def _cache() -> Path:
    named = os.environ.get("BDIS_ELASTICSEARCH_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "bdis"


def _once(folder: Path, fill: Callable[[Path], None]) -> None:
    """Have ``folder`` filled by ``fill`` unless it is there already."""
    if folder.exists():
        return
    # Beside, then renamed: killed half-way it leaves nothing, and another process may be at it.
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix="draft-"))
    try:
        fill(draft)
        draft.rename(folder)
    except OSError:
        if not folder.exists():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _assemble(folder: Path, release: Release) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise CannotStart("Maven (mvn) is missing: it downloads Elasticsearch")
    lib, netty = folder / "lib", folder / "modules" / "transport-netty4"
    command = [maven, "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
    command += [f"-Delasticsearch={release.version}", f"-DoutputDirectory={lib}"]
    _run(command)
    netty.mkdir(parents=True)
    for jar in [*lib.glob("netty-*.jar"), *lib.glob("transport-netty4-*.jar")]:
        jar.rename(netty / jar.name)
    (netty / "plugin-descriptor.properties").write_text(
        "name=transport-netty4\n"
        "description=HTTP and transport\n"
        f"version={release.version}\n"
        f"elasticsearch.version={release.version}\n"
        "java.version=17\n"
        "classname=org.elasticsearch.transport.netty4.Netty4Plugin\n"
        "extended.plugins=\n"
        "has.native.controller=false\n",
        encoding="utf-8",
    )


def _compile(folder: Path, java: Path, lib: Path) -> None:
    javac = java / "bin" / "javac"
    _run([str(javac), "-cp", f"{lib}/*", "-d", str(folder), str(MAIN)])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        told = (done.stdout + done.stderr).strip()[-2000:]
        raise CannotStart(f"{Path(command[0]).name} failed (exit {done.returncode}): {told}")
