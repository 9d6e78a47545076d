"""What is written is found on return, once; a rebuild serves only when it is whole."""

from __future__ import annotations

import pickle
import threading

import pytest

from bdis_search.query import Query, Sort

from .documents import document


def ids(engine, text="", **query):
    asked = Query(text=text, sort=Sort.NAME, page_size=500, **query)
    return sorted(hit.id for hit in engine.search(asked).hits)


class Interrupted(Exception):
    """What goes wrong in the middle of a rebuild."""


def test_a_document_is_found_on_return(contract_engine):
    assert contract_engine.index([document(1, "Avant")]) == 1
    assert ids(contract_engine, "avant") == [1]
    assert contract_engine.search(Query()).total == 1


def test_a_document_replaces_the_one_of_its_id(contract_engine):
    contract_engine.index([document(1, "Avant", tags=("vieux",)), document(2, "Autre")])
    contract_engine.index([document(1, "Après", tags=("neuf",), fingerprint="g1")])
    assert ids(contract_engine, "avant") == []
    assert ids(contract_engine, "après") == [1]
    assert contract_engine.search(Query()).counts["tag"] == {"neuf": 1}
    assert dict(contract_engine.fingerprints()) == {1: "g1", 2: "f2"}


def test_nothing_is_nothing(contract_engine):
    assert contract_engine.index([]) == 0
    contract_engine.remove([])
    assert contract_engine.stats().documents == 0
    assert list(contract_engine.fingerprints()) == []
    results = contract_engine.search(Query(text="rien"))
    assert (results.total, results.hits) == (0, ())
    assert results.counts["tag"] == {}


def test_unknown_ids_are_removed_in_silence(contract_engine):
    contract_engine.index([document(1), document(2)])
    contract_engine.remove([1, 404, 404, 10**9])
    assert ids(contract_engine) == [2]
    contract_engine.remove([1])
    assert ids(contract_engine) == [2]


def test_what_is_removed_can_come_back(contract_engine):
    contract_engine.index([document(1, "Fanfare")])
    contract_engine.remove([1])
    assert ids(contract_engine) == []
    contract_engine.index([document(1, "Chorale")])
    assert ids(contract_engine, "chorale") == [1]
    assert ids(contract_engine, "fanfare") == []


def test_of_two_documents_with_one_id_in_a_batch_the_last_stays(contract_engine):
    contract_engine.index(
        [
            document(1, "Premier"),
            document(2, "Autre"),
            document(1, "Second", fingerprint="last"),
        ]
    )
    assert ids(contract_engine) == [1, 2]
    assert ids(contract_engine, "second") == [1]
    assert ids(contract_engine, "premier") == []
    assert dict(contract_engine.fingerprints()) == {1: "last", 2: "f2"}


def test_of_two_documents_with_one_id_in_a_rebuild_the_last_stays(contract_engine):
    batch = [document(1, "Premier"), document(2), document(1, "Second", fingerprint="last")]
    assert contract_engine.rebuild(batch) == 2
    assert ids(contract_engine) == [1, 2]
    assert ids(contract_engine, "premier") == []
    assert dict(contract_engine.fingerprints()) == {1: "last", 2: "f2"}


def test_thousands_in_one_batch(contract_engine):
    assert contract_engine.index(document(n, f"Lieu {n}") for n in range(1, 2_501)) == 2_500
    contract_engine.remove(range(1, 2_001))
    assert contract_engine.stats().documents == 500
    assert contract_engine.search(Query()).total == 500


def test_fingerprints_are_of_every_document_even_lapsed(contract_engine):
    contract_engine.index(document(n, public_until=n) for n in range(1, 400))
    found = list(contract_engine.fingerprints())
    assert len(found) == 399
    assert dict(found) == {n: f"f{n}" for n in range(1, 400)}


def test_beyond_ten_thousand_fingerprints(contract_engine):
    contract_engine.rebuild(document(n) for n in range(1, 10_502))
    found = dict(contract_engine.fingerprints())
    assert len(found) == contract_engine.stats().documents == 10_501


def test_stats_tell_the_engine_and_its_size(contract_engine):
    contract_engine.index([document(1), document(2), document(3, public_until=1)])
    stats = contract_engine.stats()
    assert stats.engine
    assert stats.documents == 3
    assert stats.size_bytes is None or stats.size_bytes > 0


def test_a_rebuild_replaces_everything(contract_engine):
    contract_engine.index([document(1), document(2)])
    assert contract_engine.rebuild(iter([document(3), document(4)])) == 2
    assert ids(contract_engine) == [3, 4]


def test_an_empty_rebuild_leaves_nothing(contract_engine):
    contract_engine.index([document(1, tags=("a",))])
    assert contract_engine.rebuild([]) == 0
    assert ids(contract_engine) == []
    assert contract_engine.search(Query()).counts["tag"] == {}
    contract_engine.index([document(2)])
    assert ids(contract_engine) == [2]


@pytest.mark.parametrize("after", [0, 1, 1_500])
def test_a_rebuild_that_fails_leaves_the_old_index(contract_engine, after):
    contract_engine.index([document(1, "Ancien")])

    def documents():
        yield from (document(number, "Nouveau") for number in range(100, 100 + after))
        raise Interrupted

    with pytest.raises(Interrupted):
        contract_engine.rebuild(documents())
    assert ids(contract_engine) == [1]
    assert dict(contract_engine.fingerprints()) == {1: "f1"}
    contract_engine.index([document(2)])
    assert ids(contract_engine) == [1, 2]
    assert contract_engine.rebuild([document(3)]) == 1
    assert ids(contract_engine) == [3]


def test_while_a_rebuild_goes_on_the_old_index_serves_and_takes_changes(contract_engine):
    contract_engine.rebuild([document(1, "Ancien"), document(2, "Autre")])

    def documents():
        yield document(10, "Nouveau")
        assert ids(contract_engine) == [1, 2]
        contract_engine.index([document(3, "Intervalle")])
        contract_engine.remove([2])
        assert ids(contract_engine) == [1, 3]
        assert contract_engine.suggest("inter")[0].id == 3
        yield from (document(number, "Nouveau") for number in range(11, 600))
        assert ids(contract_engine) == [1, 3]

    assert contract_engine.rebuild(documents()) == 590
    # What changed meanwhile is for the outbox to write again.
    assert ids(contract_engine, "ancien") == []
    assert contract_engine.search(Query()).total == 590


def test_one_rebuild_after_another(contract_engine):
    for number in range(1, 6):
        contract_engine.rebuild([document(number)])
        assert ids(contract_engine) == [number]


def test_a_batch_that_fails_does_not_break_the_next(contract_engine):
    contract_engine.index([document(1)])

    def documents():
        yield document(2)
        raise Interrupted

    with pytest.raises(Interrupted):
        contract_engine.index(documents())
    assert 1 in ids(contract_engine)
    contract_engine.index([document(3)])
    assert {1, 3} <= set(ids(contract_engine))


def test_another_engine_with_the_same_options_is_the_same_index(contract_engine):
    other = type(contract_engine)(contract_engine.options)
    contract_engine.index([document(1)])
    assert ids(other) == [1]
    other.index([document(2)])
    assert ids(contract_engine) == [1, 2]
    other.rebuild([document(3)])
    assert ids(contract_engine) == [3]
    contract_engine.index([document(4)])
    assert ids(other) == [3, 4]
    other.remove([3])
    assert ids(contract_engine) == [4]


def test_two_indexes_are_apart(new_engine):
    one, two = new_engine(), new_engine()
    one.index([document(1)])
    two.index([document(2)])
    assert (ids(one), ids(two)) == ([1], [2])
    two.rebuild([])
    assert ids(one) == [1]


def test_answers_travel_between_processes(contract_engine):
    one = document(1, "Fanfare", tags=("a",), lat=45.0, lon=5.0)
    contract_engine.index([pickle.loads(pickle.dumps(one))])
    query = pickle.loads(pickle.dumps(Query(text="fanfare")))
    results = contract_engine.search(query)
    assert pickle.loads(pickle.dumps(results)) == results
    marks, suggestions = contract_engine.clusters(query, 4), contract_engine.suggest("fan")
    assert pickle.loads(pickle.dumps((marks, suggestions))) == (marks, suggestions)
    assert pickle.loads(pickle.dumps(contract_engine.stats())) == contract_engine.stats()


def test_eight_threads_search_while_one_writes(contract_engine):
    contract_engine.rebuild(document(n, f"Fanfare {n}", tags=("a",)) for n in range(1, 101))
    over = threading.Event()
    failures = []

    def read():
        while not over.is_set():
            try:
                results = contract_engine.search(Query(text="fanfare", page_size=300))
                # 1 to 100 are never touched; each listing is there once.
                found = [hit.id for hit in results.hits]
                assert len(found) == len(set(found)) == results.total
                assert set(range(1, 101)) <= set(found)
                assert results.counts["tag"]["a"] == 100
                contract_engine.suggest("fan")
                contract_engine.clusters(Query(text="fanfare"), 3)
            except BaseException as error:
                failures.append(error)
                return

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        for turn in range(6):
            fresh = range(1_000 + 10 * turn, 1_010 + 10 * turn)
            contract_engine.index(document(n, f"Fanfare {n}", tags=("b",)) for n in fresh)
            contract_engine.remove(list(fresh)[:5])
        kept = {n for n in ids(contract_engine) if n > 100}
        contract_engine.rebuild(
            document(n, f"Fanfare {n}", tags=("a",) if n <= 100 else ("b",))
            for n in [*range(1, 101), *sorted(kept)]
        )
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert contract_engine.stats().documents == 130
