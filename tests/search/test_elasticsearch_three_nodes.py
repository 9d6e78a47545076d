"""A cluster that loses a node under load goes on answering, and loses nothing."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator

import pytest
from django.core.management import call_command

from bdis_search.backends.base import SearchEngineError
from bdis_search.engine import engines, get_engine
from bdis_search.models import IndexTask
from bdis_search.query import Query
from tests.elasticsearch.cluster import Cluster
from tests.elasticsearch.distribution import CannotStart, distribution
from tests.elasticsearch.fixtures import give_up
from tests.factories import InitiativePageFactory
from tests.search.public_addresses import assert_up

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.elasticsearch,
    pytest.mark.slow,
    pytest.mark.xdist_group("elasticsearch-cluster"),
]

LISTINGS = 30
INDEX = "three-nodes"
_SECONDS = 4.0  # of load before the loss; twice as many after


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    try:
        made = Cluster(distribution("9")).start()
    except CannotStart as reason:
        give_up("9", reason)
    yield made
    made.remove()


@pytest.fixture
def directory(settings, site_tree, territories, cluster):
    """Listings on three shards with a copy each."""
    settings.BDIS_SEARCH = {
        "BACKEND": "bdis_search.backends.elasticsearch",
        "OPTIONS": {
            "HOSTS": cluster.urls,
            "INDEX": INDEX,
            "SHARDS": 3,
            "REPLICAS": 1,
            "TIMEOUT": 10,
            "RETRIES": 3,
        },
    }
    pages = [
        InitiativePageFactory(title=f"Atelier vélo {number}", commune=territories.die)
        for number in range(LISTINGS)
    ]
    cluster.start()
    call_command("reindex", verbosity=0)
    cluster.wait_for(nodes=3, status="green")
    yield pages
    engines.cache_clear()
    get_engine.cache_clear()


class Searching(threading.Thread):
    """Searches without a pause, and keeps every total and every failure."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.totals: list[int] = []
        self.failures: list[str] = []
        self.slowest = 0.0
        self.over = threading.Event()

    def run(self) -> None:
        engine = get_engine()
        while not self.over.is_set():
            began = time.monotonic()
            try:
                self.totals.append(engine.search(Query(text="atelier")).total)
            except SearchEngineError as error:
                self.failures.append(f"{error} {error.__cause__!r}")
            self.slowest = max(self.slowest, time.monotonic() - began)


@pytest.mark.parametrize("role", ["master", "holder"])
def test_one_node_is_lost_under_load(
    client, directory, cluster, role, django_capture_on_commit_callbacks
):
    numbers = itertools.count(1)

    def edit_for(seconds: float) -> int:
        """Retitle one listing after the other; return how many edits were made in all."""
        end = time.monotonic() + seconds
        for number in numbers:
            page = directory[number % LISTINGS]
            page.title = f"Atelier poterie {page.pk} {number}"
            with django_capture_on_commit_callbacks(execute=True):
                page.save()
            if time.monotonic() > end:
                break
        return number

    searchers = [Searching() for _ in range(2)]
    for searcher in searchers:
        searcher.start()
    edit_for(_SECONDS)
    lost = cluster.master() if role == "master" else _holder_that_is_not_master(cluster)
    cluster.nodes[lost].kill()
    edits = edit_for(2 * _SECONDS)
    assert_up(client)
    for searcher in searchers:
        searcher.over.set()
        searcher.join(60)

    failures = [failure for searcher in searchers for failure in searcher.failures]
    totals = [total for searcher in searchers for total in searcher.totals]
    assert not failures
    assert set(totals) == {LISTINGS}
    assert len(totals) > 20
    assert edits > 10

    IndexTask.objects.update(not_before=None)
    call_command("drain_index", verbosity=0)
    call_command("check_index", verbosity=0)
    cluster.start()
    call_command("check_index", verbosity=0)
    assert get_engine().search(Query(text="poterie")).total == min(edits, LISTINGS)


def _holder_that_is_not_master(cluster: Cluster) -> str:
    master = cluster.master()
    holders = [cluster.holder(f"{INDEX}-*", shard) for shard in range(3)]
    return next(holder for holder in holders if holder != master)
