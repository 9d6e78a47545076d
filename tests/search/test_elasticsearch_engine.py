"""What is Elasticsearch's own: its settings, its indexes and aliases, what it refuses."""

from __future__ import annotations

import datetime
import logging
import threading
import uuid
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from elasticsearch import Elasticsearch

from bdis_search.backends.base import EngineUnavailable, IndexMissing, SearchEngineError
from bdis_search.backends.elasticsearch import Engine, selection, store
from bdis_search.backends.elasticsearch.options import read_options
from bdis_search.query import Query, Sort
from bdis_search.synonyms import shipped_synonyms
from tests.contract.documents import document

HOST = "http://127.0.0.1:9200"
SECURE = "https://127.0.0.1:9200"
SECRET = "hunter2-secret"
BOTH = [
    pytest.param(
        major, marks=[pytest.mark.elasticsearch, pytest.mark.xdist_group(f"elasticsearch-{major}")]
    )
    for major in ("8", "9")
]


@pytest.fixture(autouse=True)
def _no_database(monkeypatch):
    """Engines need none: only the synonyms in force are kept there."""
    monkeypatch.setattr("bdis_search.synonyms._in_force", shipped_synonyms)


# Settings


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, ["HOSTS", "https://search-1.example.org:9200"]),
        ({"HOSTS": []}, ["HOSTS"]),
        ({"HOSTS": [3]}, ["HOSTS", "3"]),
        ({"HOSTS": "localhost:9200"}, ["HOSTS", "localhost:9200", "https://"]),
        ({"HOSTS": "ftp://here"}, ["HOSTS", "ftp://here"]),
        ({"HOSTS": "http://here:99999999"}, ["HOSTS", "99999999"]),
        ({"HOSTS": [HOST, SECURE]}, ["HOSTS", "http or https"]),
        ({"HOSTS": HOST, "HOST": 1}, ["HOST", "HOSTS"]),
        ({"HOSTS": HOST, "INDEX": "Région"}, ["INDEX", "Région", "small letters"]),
        ({"HOSTS": HOST, "SHARDS": 0}, ["SHARDS", "0"]),
        ({"HOSTS": HOST, "SHARDS": "three"}, ["SHARDS", "three", "whole number"]),
        ({"HOSTS": HOST, "REPLICAS": -1}, ["REPLICAS", "-1"]),
        ({"HOSTS": HOST, "TIMEOUT": "fast"}, ["TIMEOUT", "fast", "seconds"]),
        ({"HOSTS": HOST, "TIMEOUT": 0}, ["TIMEOUT", "more than 0"]),
        ({"HOSTS": HOST, "RETRIES": True}, ["RETRIES", "True"]),
        ({"HOSTS": HOST, "SETTINGS": "codec"}, ["SETTINGS", "codec", "dictionary"]),
        ({"HOSTS": SECURE, "CA_CERTS": "/no/such.pem"}, ["CA_CERTS", "/no/such.pem"]),
        ({"HOSTS": HOST, "CA_CERTS": __file__}, ["CA_CERTS", "https://"]),
        ({"HOSTS": SECURE, "VERIFY_CERTS": "no"}, ["VERIFY_CERTS", "no", "True or False"]),
    ],
)
def test_a_wrong_setting_is_told_with_its_value(options, told):
    with pytest.raises(ImproperlyConfigured) as error:
        Engine(options)
    for part in told:
        assert part in str(error.value)


@pytest.mark.parametrize(
    "options",
    [
        {"HOSTS": f"https://bdis:{SECRET}@here:9200"},
        {"HOSTS": f"https://bdis:{SECRET}@here:99999999"},
        {"HOSTS": SECURE, "BASIC_AUTH": SECRET},
        {"HOSTS": SECURE, "BASIC_AUTH": ("bdis", SECRET), "API_KEY": SECRET},
        {"HOSTS": SECURE, "API_KEY": ("id", SECRET)},
    ],
)
def test_no_error_shows_a_credential(options):
    with pytest.raises(ImproperlyConfigured) as error:
        Engine(options)
    assert SECRET not in str(error.value)
    assert SECRET not in repr(error.value.__cause__)


def test_options_as_read_show_no_credential():
    assert SECRET not in repr(read_options({"HOSTS": SECURE, "API_KEY": SECRET}))


def test_addresses_get_the_usual_port():
    given = ["https://a.example.org", "https://b.example.org:9243/search/", "https://[::1]:9200"]
    assert read_options({"HOSTS": given}).hosts == [
        "https://a.example.org:443",
        "https://b.example.org:9243/search",
        "https://[::1]:9200",
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"auto_expand_replicas": "0-1"}),
        ({"SHARDS": 3, "REPLICAS": 2}, {"number_of_shards": 3, "number_of_replicas": 2}),
        (
            {"SETTINGS": {"index": {"codec": "best_compression", "number_of_replicas": 1}}},
            {"codec": "best_compression", "number_of_replicas": 1},
        ),
        (
            {"SHARDS": 2, "SETTINGS": {"index.number_of_shards": 5}},
            {"number_of_shards": 5, "auto_expand_replicas": "0-1"},
        ),
    ],
)
def test_settings_of_the_index_are_named_in_any_way(given, expected):
    assert read_options({"HOSTS": HOST, **given}).settings == expected


def test_the_client_knows_who_asks_and_whom_to_trust():
    engine = Engine({"HOSTS": SECURE, "BASIC_AUTH": ["bdis", SECRET], "VERIFY_CERTS": False})
    headers = engine.store.client._headers
    assert headers["authorization"].startswith("Basic ")
    assert Engine({"HOSTS": SECURE, "API_KEY": "abc"}).store.client._headers["authorization"] == (
        "ApiKey abc"
    )


def test_nobody_at_the_address(caplog):
    caplog.set_level(logging.INFO)
    engine = Engine({"HOSTS": "http://127.0.0.1:9", "RETRIES": 0, "INDEX": "x"})
    for act in (
        lambda: engine.search(Query(text=SECRET)),
        lambda: engine.index([document(1, SECRET)]),
        lambda: engine.rebuild([document(1, SECRET)]),
        engine.stats,
    ):
        with pytest.raises(EngineUnavailable, match="HOSTS"):
            act()
    assert SECRET not in caplog.text


# Indexes


@pytest.fixture(params=BOTH)
def there(request):
    """An engine, the client that looks at what it does, and the name of its index."""
    url = request.getfixturevalue(f"elasticsearch_{request.param}")
    name = f"own-{uuid.uuid4().hex[:12]}"
    client = Elasticsearch(url)
    yield SimpleNamespace(
        url=url, name=name, client=client, engine=Engine({"HOSTS": url, "INDEX": name})
    )
    for index in client.indices.get(index=f"{name}*"):
        client.indices.delete(index=index)


def indexes(there) -> set[str]:
    return set(there.client.indices.get(index=f"{there.name}*"))


def ids(engine, **query) -> list[int]:
    return [hit.id for hit in engine.search(Query(**query)).hits]


def test_without_an_index_it_says_so_and_makes_none(there):
    for act in (
        lambda: there.engine.search(Query()),
        lambda: there.engine.index([document(1)]),
        lambda: there.engine.remove([1]),
        lambda: list(there.engine.fingerprints()),
        there.engine.stats,
    ):
        with pytest.raises(IndexMissing, match="reindex"):
            act()
    assert indexes(there) == set()


def test_a_rebuild_leaves_one_index_and_its_alias(there):
    there.engine.rebuild([document(1)])
    (first,) = indexes(there)
    there.engine.rebuild([document(2)])
    (second,) = indexes(there)
    assert first != second
    assert list(there.client.indices.get_alias(index=second)[second]["aliases"]) == [
        there.engine.store.alias
    ]
    assert ids(there.engine) == [2]


def test_an_index_of_another_version_is_no_index(there, monkeypatch):
    there.engine.rebuild([document(1)])
    monkeypatch.setattr(store, "SCHEMA_VERSION", store.SCHEMA_VERSION + 1)
    newer = Engine({"HOSTS": there.url, "INDEX": there.name})
    with pytest.raises(IndexMissing):
        newer.search(Query())
    newer.rebuild([document(2)])
    # Processes of the older version go on, until the next rebuild.
    assert (ids(there.engine), ids(newer)) == ([1], [2])
    newer.rebuild([document(3)])
    assert ids(newer) == [3]
    with pytest.raises(IndexMissing):
        there.engine.search(Query())


def test_an_older_version_leaves_the_newer_alone(there, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(store, "SCHEMA_VERSION", store.SCHEMA_VERSION + 1)
        newer = Engine({"HOSTS": there.url, "INDEX": there.name})
        newer.rebuild([document(2)])
    for _ in range(2):
        there.engine.rebuild([document(1)])
    assert ids(newer) == [2]


def test_the_debris_of_a_killed_rebuild_goes_and_a_live_one_stays(there, monkeypatch):
    def dying(index):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        # As a process that is killed: it cannot tidy up.
        patch.setattr(there.engine.store, "_serve", dying)
        patch.setattr(there.engine.store, "_discard", lambda index: None)
        with pytest.raises(KeyboardInterrupt):
            there.engine.rebuild([document(1)])
    (draft,) = indexes(there)
    there.engine.rebuild([document(2)])
    assert draft in indexes(there)
    later = timezone.now() + datetime.timedelta(minutes=11)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    there.engine.rebuild([document(3)])
    assert draft not in indexes(there)
    assert ids(there.engine) == [3]


def test_a_site_whose_name_begins_alike_keeps_its_index(there):
    other = Engine({"HOSTS": there.url, "INDEX": f"{there.name}-v3-ile"})
    other.rebuild([document(9)])
    for _ in range(2):
        there.engine.rebuild([document(1)])
    assert ids(other) == [9]


def test_searches_go_on_while_indexes_are_replaced(there):
    there.engine.rebuild([document(1)])
    stop, failed, done = threading.Event(), [], []

    def search():
        engine = Engine({"HOSTS": there.url, "INDEX": there.name})
        while not stop.is_set():
            try:
                done.append(engine.search(Query()).total)
            except SearchEngineError as error:
                failed.append(error)

    thread = threading.Thread(target=search)
    thread.start()
    for _ in range(8):
        there.engine.rebuild([document(1)])
    stop.set()
    thread.join()
    assert not failed
    assert set(done) == {1}


def test_two_rebuilds_at_once_leave_one_whole_index(there):
    engines = [Engine({"HOSTS": there.url, "INDEX": there.name}) for _ in range(2)]
    threads = [
        threading.Thread(target=engine.rebuild, args=([document(n) for n in range(1, 30)],))
        for engine in engines
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    there.engine.rebuild([document(n) for n in range(1, 30)])
    assert len(indexes(there)) == 1
    assert there.engine.search(Query()).total == 29


def test_a_draft_that_vanishes_is_not_made_up(there):
    there.engine.rebuild([document(1)])

    def documents():
        yield from (document(number) for number in range(2, 700))
        for index in indexes(there):
            if (
                there.engine.store.alias
                not in there.client.indices.get(index=index)[index]["aliases"]
            ):
                there.client.indices.delete(index=index)
        yield from (document(number) for number in range(700, 1500))

    with pytest.raises(SearchEngineError):
        there.engine.rebuild(documents())
    assert len(indexes(there)) == 1
    assert ids(there.engine) == [1]


def test_settings_reach_the_index_once_it_serves(there):
    engine = Engine(
        {
            "HOSTS": there.url,
            "INDEX": there.name,
            "SHARDS": 2,
            "REPLICAS": 0,
            "SETTINGS": {"refresh_interval": "7s", "index": {"max_result_window": 20_000}},
        }
    )
    engine.rebuild([document(1)])
    (index,) = indexes(there)
    settings = there.client.indices.get_settings(index=index)[index]["settings"]["index"]
    assert settings["number_of_shards"] == "2"
    assert settings["number_of_replicas"] == "0"
    assert settings["refresh_interval"] == "7s"
    assert settings["max_result_window"] == "20000"


def test_an_index_template_of_the_cluster_has_its_say(there):
    there.client.indices.put_index_template(
        name=there.name,
        index_patterns=[f"{there.name}-*"],
        template={"settings": {"number_of_shards": 3}},
    )
    try:
        there.engine.rebuild([document(1)])
        (index,) = indexes(there)
        settings = there.client.indices.get_settings(index=index)[index]["settings"]["index"]
        assert settings["number_of_shards"] == "3"
    finally:
        there.client.indices.delete_index_template(name=there.name)


# Writing and answers


def test_what_is_refused_is_named_without_its_content_and_without_losing_the_rest(there):
    there.engine.rebuild([])
    refused = document(2, "x" * 40_000 + SECRET, summary=SECRET)
    with pytest.raises(SearchEngineError, match=r"1 listings \(2: ") as error:
        there.engine.index([document(1), refused, document(3)])
    assert not isinstance(error.value, EngineUnavailable)
    assert SECRET not in str(error.value)
    there.engine.index([document(4)])
    assert sorted(ids(there.engine)) == [1, 3, 4]


def test_the_order_is_one_whatever_the_shards(there):
    listings = [
        document(number, f"Fanfare {'du lac ' * (number % 4)}", tag_names=("lac",))
        for number in range(1, 60)
    ]
    orders = []
    for shards in (1, 3):
        engine = Engine({"HOSTS": there.url, "INDEX": there.name, "SHARDS": shards})
        engine.rebuild(listings)
        hits = engine.search(Query(text="fanfare lac", page_size=60)).hits
        orders.append([(hit.id, round(hit.score, 3)) for hit in hits])
    assert orders[0] == orders[1]


def test_more_values_than_an_answer_holds_are_all_counted(there, monkeypatch):
    monkeypatch.setattr(selection, "_MOST_VALUES", 10)
    there.engine.rebuild(
        document(number, tags=(f"t{number}", "all"), extra=(("theme", (f"x{number}",)),))
        for number in range(1, 36)
    )
    expected = {"all": 35} | {f"t{number}": 1 for number in range(1, 36)}
    query = Query(facets=("tag", "theme"), filters={"tag": frozenset(["t3"])})
    counts = there.engine.search(query).counts
    assert counts["tag"] == expected
    assert counts["theme"] == {"x3": 1}
    assert len(there.engine.search(Query(facets=("theme",))).counts["theme"]) == 35


@pytest.mark.parametrize("sort", [Sort.NAME, Sort.RELEVANCE, Sort.DISTANCE])
def test_a_far_page_is_walked_to(there, monkeypatch, sort):
    from bdis_search.backends.elasticsearch import paging
    from bdis_search.query import Point

    there.engine.rebuild(
        document(
            number, f"Fanfare {number:03}", **({"lat": 45.0, "lon": 5.0} if number % 3 else {})
        )
        for number in range(1, 61)
    )
    query = {"text": "fanfare", "sort": sort, "near": Point(45.1, 5.0)}
    whole = ids(there.engine, page_size=60, **query)
    monkeypatch.setattr(paging, "_WINDOW", 10)
    walked = [
        identifier
        for page in range(1, 11)
        for identifier in ids(there.engine, page=page, page_size=7, **query)
    ]
    assert walked == whole
    assert ids(there.engine, page=2, page_size=25, **query) == whole[25:50]


def test_the_version_of_the_servers_is_told(there):
    there.engine.rebuild([document(1)])
    stats = there.engine.stats()
    assert (stats.engine, stats.documents) == ("elasticsearch", 1)
    assert stats.version.split(".")[0] in ("8", "9")
