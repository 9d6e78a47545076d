"""The embedded engine: odd texts, forgiveness, locks, generations, several processes."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bdis_search.backends.base import EngineUnavailable
from bdis_search.backends.tantivy import Engine
from bdis_search.backends.tantivy.cells import FINEST, cells_of, cover
from bdis_search.backends.tantivy.store import IndexLocked
from bdis_search.documents import InitiativeDocument
from bdis_search.query import Point, Query, Sort
from tests.contract.oracle import haversine

ROOT = Path(__file__).resolve().parents[2]


def document(identifier: int, title: str = "Titre", **facts) -> InitiativeDocument:
    texts = "acronym summary body keywords place_names legal_family region department epci commune"
    lists = (
        "tags tag_names families activities served_regions served_departments served_areas "
        "served_touches"
    )
    blank = dict.fromkeys(texts.split(), "")
    empty = dict.fromkeys(lists.split(), ())
    numbers = {"confirmed": 0, "public_until": 999_999, "completeness": 50}
    known: dict = {**blank, **empty, **numbers, "lat": None, "lon": None, **facts}
    return InitiativeDocument(id=identifier, title=title, fingerprint=f"f{identifier}", **known)


@pytest.fixture
def tantivy_engine(tmp_path) -> Engine:
    engine = Engine({"PATH": tmp_path / "index", "HEAP_MB": 30, "LOCK_TIMEOUT": 0.3})
    engine.rebuild([])
    return engine


def ids(engine: Engine, text: str = "", **query) -> list[int]:
    return [hit.id for hit in engine.search(Query(text=text, **query)).hits]


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "AND OR NOT",
        "((([[{",
        "titre:*~2^3 [a TO b]",
        "\\",
        "🎉 \x00 \ud800",
        "l'" * 200,
        "x" * 10_000,
        "mot " * 2_500,
        "-- // ;;",
    ],
)
def test_no_text_breaks_the_search(tantivy_engine, text):
    tantivy_engine.index([document(1)])
    tantivy_engine.search(Query(text=text))
    tantivy_engine.suggest(text)
    tantivy_engine.clusters(Query(text=text), 5)


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=150)
@given(st.text(max_size=80))
def test_any_text_is_searched_and_indexed(tantivy_engine, text):
    tantivy_engine.index([document(1, title=text, summary=text, tag_names=(text,))])
    tantivy_engine.search(Query(text=text))
    tantivy_engine.suggest(text)


def test_a_misspelt_word_is_forgiven_only_when_nothing_matches(tantivy_engine):
    tantivy_engine.index([document(1, "Jardin partagé"), document(2, "Boulangerie")])
    results = tantivy_engine.search(Query(text="jadrin"))
    assert [hit.id for hit in results.hits] == [1]
    assert results.forgiven
    tantivy_engine.index([document(3, "Jadrin")])
    results = tantivy_engine.search(Query(text="jadrin"))
    assert [hit.id for hit in results.hits] == [3]
    assert not results.forgiven


def test_filters_never_change_how_a_text_is_read(tantivy_engine):
    tantivy_engine.index(
        [document(1, "Jardin", families=("amap",)), document(2, "Jardon", families=("sel",))]
    )
    results = tantivy_engine.search(Query(text="jardon", filters={"family": frozenset(["amap"])}))
    assert results.total == 0
    assert not results.forgiven
    assert results.counts["family"] == {"sel": 1}


@pytest.mark.parametrize(
    "typed",
    ["jardindes délices", "jardin dess délices", "jar din des délices", "jardinxdes délices"],
)
def test_spaces_are_forgiven(tantivy_engine, typed):
    tantivy_engine.index([document(1, "Jardin des délices"), document(2, "Autre chose")])
    assert ids(tantivy_engine, typed) == [1]


def test_a_long_text_may_lack_words_and_says_so(tantivy_engine):
    tantivy_engine.index([document(1, "Atelier de réparation de vélos"), document(2, "Fanfare")])
    results = tantivy_engine.search(Query(text="atelier réparation vélos trottinettes"))
    assert [hit.id for hit in results.hits] == [1]
    assert results.relaxed


def test_titles_come_before_tags_then_keywords_summary_body(tantivy_engine):
    where = ["body", "summary", "keywords"]
    tantivy_engine.index(
        [
            *(
                document(n, f"Autre {n}", **{field: "Poterie et émail"})
                for n, field in enumerate(where, 1)
            ),
            document(4, "Autre 4", tag_names=("Atelier poterie",)),
            document(5, "Atelier de poterie du lac"),
            document(6, "Poterie"),
        ]
    )
    assert ids(tantivy_engine, "poterie") == [6, 5, 4, 3, 2, 1]


def test_synonyms_and_acronyms_find_one_another(tantivy_engine):
    tantivy_engine.index(
        [
            document(1, "AMAP du lac"),
            document(2, "Association pour le maintien d’une agriculture paysanne du bourg"),
            document(3, "Association agricole"),
        ]
    )
    assert set(ids(tantivy_engine, "A.M.A.P.")) == {1, 2}
    assert set(ids(tantivy_engine, "association pour le maintien de l'agriculture paysanne")) == {
        1,
        2,
    }


def test_suggestions_complete_the_last_word(tantivy_engine):
    tantivy_engine.index(
        [
            document(1, "Les Jardins de Cocagne"),
            document(2, "Jardinerie solidaire"),
            document(3, "Au jardin", public_until=1),
            document(4, "Épicerie", acronym="JARDI"),
        ]
    )
    found = [suggestion.id for suggestion in tantivy_engine.suggest("jard")]
    assert found[0] == 2
    assert set(found) == {1, 2, 4}
    assert [one.id for one in tantivy_engine.suggest("jardins de coc")] == [1]


def test_replacing_and_removing(tantivy_engine):
    tantivy_engine.index([document(1, "Avant"), document(2, "Autre")])
    tantivy_engine.index([document(1, "Après")])
    assert ids(tantivy_engine, "avant") == []
    assert ids(tantivy_engine, "après") == [1]
    tantivy_engine.remove([1, 404])
    assert dict(tantivy_engine.fingerprints()) == {2: "f2"}
    assert tantivy_engine.stats().documents == 1


def test_equal_scores_are_ordered_by_name_across_pages(tantivy_engine):
    tantivy_engine.index([document(n, f"Fanfare {chr(122 - n % 26)}") for n in range(1, 120)])
    whole = ids(tantivy_engine, "fanfare", page_size=200)
    paged = [
        identifier
        for page in range(1, 14)
        for identifier in ids(tantivy_engine, "fanfare", page=page, page_size=10)
    ]
    assert paged == whole
    assert len(set(whole)) == 119


def test_distances_are_exact_among_many(tantivy_engine):
    places = {n: (43 + n % 71 / 20, 1 + n * 37 % 97 / 20) for n in range(1, 1500)}
    tantivy_engine.index([document(n, lat=lat, lon=lon) for n, (lat, lon) in places.items()])
    here = Point(45.0, 3.0)
    away = sorted((haversine(45.0, 3.0, *point), n) for n, point in places.items())
    hits = tantivy_engine.search(Query(near=here, sort=Sort.DISTANCE, page=3, page_size=50)).hits
    assert [hit.distance_km for hit in hits] == [distance for distance, _ in away[100:150]]
    for km in (1.0, 20.0, 111.0, 400.0):
        found = tantivy_engine.search(Query(near=here, radius_km=km)).total
        assert found == sum(distance <= km for distance, _ in away)


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


def test_another_writer_is_seen_and_rebuilds_too(tantivy_engine):
    other = Engine(tantivy_engine.options)
    tantivy_engine.index([document(1)])
    assert ids(other) == [1]
    other.index([document(2)])
    assert sorted(ids(tantivy_engine)) == [1, 2]
    other.rebuild([document(3)])
    assert ids(tantivy_engine) == [3]
    tantivy_engine.index([document(4)])
    assert sorted(ids(other)) == [3, 4]


def test_old_generations_are_swept(tantivy_engine):
    for number in range(3):
        tantivy_engine.rebuild([document(number)])
    folders = [path for path in tantivy_engine.store.path.iterdir() if path.is_dir()]
    assert len(folders) == 1


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
        from tests.search.test_tantivy_engine import document
        from bdis_search.backends.tantivy import Engine

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
