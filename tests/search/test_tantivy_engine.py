"""What is the embedded engine's own: its cells, locks, generations and processes."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import textwrap
import threading
import weakref
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bdis_search.backends.base import EngineUnavailable
from bdis_search.backends.tantivy import Engine, selection
from bdis_search.backends.tantivy.cells import FINEST, cells_of, cover, cover_box
from bdis_search.backends.tantivy.store import IndexLocked
from bdis_search.query import BBox, Point, Query
from tests.contract.documents import document
from tests.contract.oracle import haversine

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tantivy_engine(tmp_path) -> Engine:
    engine = Engine({"PATH": tmp_path / "index", "HEAP_MB": 30, "LOCK_TIMEOUT": 0.3})
    engine.rebuild([])
    return engine


def ids(engine: Engine, text: str = "", **query) -> list[int]:
    return [hit.id for hit in engine.search(Query(text=text, **query)).hits]


@settings(deadline=None)
@given(
    st.floats(-89, 89), st.floats(-180, 180), st.floats(0.2, 500), st.floats(-1.3, 1.3),
    st.floats(-1.3, 1.3),
)  # fmt: skip
def test_cells_cover_a_circle_and_no_more(lat, lon, km, north, east):
    import math

    at_lat = max(-90.0, min(90.0, lat + north * km / 111.2))
    at_lon = lon + east * km / 111.2 / max(0.02, math.cos(math.radians(at_lat)))
    at_lon = (at_lon + 180) % 360 - 180
    cells = cover(lat, lon, km, 4)
    own = set(cells_of(at_lat, at_lon))
    inside = haversine(lat, lon, at_lat, at_lon) <= km
    if own & set(cells.inside):
        assert inside
    if inside:
        assert own & {*cells.inside, *cells.edge}
    assert all(len(cell) <= FINEST for cell in cells.edge)


# The folder of the index


_SHARE = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0]))  # corners and middles too


@settings(deadline=None)
@given(
    st.floats(-85, 85), st.floats(-175, 170), st.floats(0, 4), st.floats(0, 4), _SHARE, _SHARE,
)  # fmt: skip
def test_cells_cover_a_box_and_no_more(south, west, tall, wide, up, right):
    bbox = BBox(west, south, west + wide, south + tall)
    cells = cover_box(bbox)
    inside = cells_of(south + up * tall, west + right * wide)
    assert {*cells.inside, *cells.edge} & {*inside}
    outside = cells_of(south - 0.01, west + right * wide)
    assert not {*cells.inside} & {*outside}


def test_without_an_index_the_remedy_is_told(tmp_path):
    with pytest.raises(EngineUnavailable, match=r"manage\.py reindex"):
        Engine({"PATH": tmp_path / "nowhere"}).search(Query())


@pytest.mark.parametrize("damage", ["meta.json", "bdis.json", "folder", "garbage"])
def test_a_damaged_index_is_unavailable_and_can_be_rebuilt(tmp_path, damage):
    path = tmp_path / "index"
    Engine({"PATH": path}).rebuild([document(1)])
    folder = path / (path / "current").read_text()
    match damage:
        case "folder":
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()
        case "garbage":
            (folder / "meta.json").write_text("{garbage")
        case _:
            (folder / damage).unlink()
    engine = Engine({"PATH": path})
    with pytest.raises(EngineUnavailable, match=r"manage\.py reindex"):
        engine.search(Query())
    engine.rebuild([document(2)])
    assert ids(engine) == [2]


def test_old_generations_are_swept(tantivy_engine):
    for number in range(3):
        tantivy_engine.rebuild([document(number)])
    folders = [path for path in tantivy_engine.store.path.iterdir() if path.is_dir()]
    assert len(folders) == 1


def test_an_index_removed_while_it_is_being_opened_is_opened_anew(tantivy_engine, monkeypatch):
    """A rebuild swaps generations and sweeps the old one between two reads of another process."""
    reader = Engine(tantivy_engine.options)
    reader.rebuild([document(1, "Fanfare")])
    late = Engine(tantivy_engine.options)
    plain = late.store._open_index

    def opening(generation):
        monkeypatch.setattr(late.store, "_open_index", plain)
        tantivy_engine.rebuild([document(2, "Fanfare")])
        return plain(generation)

    monkeypatch.setattr(late.store, "_open_index", opening)
    assert ids(late, "fanfare") == [2]


def test_what_was_worked_out_from_an_index_goes_with_it(tantivy_engine):
    seen = []
    for number in range(1, 4):
        tantivy_engine.rebuild([document(number, lat=45.0, lon=5.0)])
        assert ids(tantivy_engine, near=Point(45.0, 5.0), radius_km=10) == [number]
        seen.append(weakref.ref(tantivy_engine.store.open()))
    gc.collect()
    assert [opened() is None for opened in seen] == [True, True, False]


def test_a_large_index_counts_the_same_with_threads(tantivy_engine, monkeypatch):
    tantivy_engine.rebuild(
        document(n, families=(f"f{n % 3}",), legal_family=f"l{n % 2}", tags=(f"t{n % 5}",))
        for n in range(1, 60)
    )
    query = Query(
        filters={"family": frozenset({"f1"}), "legal_family": frozenset({"l0"})},
        facets=("family", "legal_family", "tag"),
    )
    one_by_one = tantivy_engine.search(query)
    monkeypatch.setattr(selection, "_LARGE", 0)
    together = tantivy_engine.search(query)
    assert together == one_by_one
    assert together.counts["family"] == {"f0": 9, "f1": 10, "f2": 10}


def test_a_writer_that_never_ends_is_told_of(tantivy_engine):
    with (
        tantivy_engine.store.writing(),
        pytest.raises(IndexLocked, match="Another process has been writing"),
    ):
        Engine(tantivy_engine.options).index([document(1)])


def test_threads_write_in_turn(tmp_path):
    options = {"PATH": tmp_path / "index", "HEAP_MB": 30, "LOCK_TIMEOUT": 60}
    Engine(options).rebuild([])
    errors: list[Exception] = []

    def write(first: int) -> None:
        try:
            engine = Engine(options)
            for number in range(first, first + 5):
                engine.index([document(number)])
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(first,)) for first in (1, 11, 21)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Engine(options).stats().documents == 15


def test_a_rebuild_killed_outright_leaves_the_old_index(tantivy_engine):
    tantivy_engine.index([document(1)])
    script = textwrap.dedent(
        """
        import os, signal, sys
        import django; django.setup()
        from tests.contract.documents import document
        from bdis_search.backends.tantivy import Engine, selection

        def documents():
            for number in range(100, 1100):
                yield document(number)
            os.kill(os.getpid(), signal.SIGKILL)

        Engine({"PATH": sys.argv[1], "HEAP_MB": 30}).rebuild(documents())
        """
    )
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(
            str(ROOT / part) for part in (".", "site", "evaluation", "ethics", "search")
        ),
    }
    done = subprocess.run(
        [sys.executable, "-c", script, str(tantivy_engine.store.path)],
        env=environment,
        check=False,
        timeout=120,
    )
    assert done.returncode < 0
    assert ids(tantivy_engine) == [1]
    tantivy_engine.index([document(2)])
    tantivy_engine.rebuild([document(3)])
    assert ids(tantivy_engine) == [3]
    assert sum(path.is_dir() for path in tantivy_engine.store.path.iterdir()) == 1
