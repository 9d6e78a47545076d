"""What befalls an Elasticsearch, each on a real one: nothing is lost, and no page breaks."""

from __future__ import annotations

import contextlib
import time
import uuid
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from elasticsearch import Elasticsearch

from bdis_cms.models import InitiativePage
from bdis_search import outbox
from bdis_search.backends.base import EngineUnavailable
from bdis_search.building import build_documents
from bdis_search.engine import engines, get_engine
from bdis_search.models import IndexTask
from bdis_search.query import Query
from tests.elasticsearch import fault_proxy as faults
from tests.elasticsearch.fault_proxy import FaultProxy
from tests.factories import InitiativePageFactory
from tests.search.public_addresses import assert_says_it_is_away, assert_up

pytestmark = [pytest.mark.django_db, pytest.mark.elasticsearch]

LISTINGS = 12


BOTH = [
    pytest.param(major, marks=pytest.mark.xdist_group(f"elasticsearch-{major}"))
    for major in ("8", "9")
]
#: For what the proxy makes up: the version of the node has no part in it.
on_one_version = pytest.mark.parametrize("node", BOTH[1:], indirect=True)


@pytest.fixture(params=BOTH)
def node(request) -> str:
    """The address of a real node."""
    return request.getfixturevalue(f"elasticsearch_{request.param}")


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    """Try again at once what Elasticsearch refuses for a moment."""
    monkeypatch.setattr("elasticsearch.helpers.actions.time", SimpleNamespace(sleep=lambda _: 0))


@pytest.fixture
def directory(settings, site_tree, territories, node, django_capture_on_commit_callbacks):
    """A directory searched by an Elasticsearch behind a proxy that can fail."""
    proxy = FaultProxy(node)
    name = f"faults-{uuid.uuid4().hex[:12]}"
    settings.BDIS_SEARCH = {
        "BACKEND": "bdis_search.backends.elasticsearch",
        "OPTIONS": {"HOSTS": [proxy.url], "INDEX": name, "TIMEOUT": 1, "RETRIES": 1},
        "BREAKER": {"PAUSE": 0},  # it is asked each time
    }
    pages = [
        InitiativePageFactory(title=f"Atelier vélo {number}", commune=territories.die)
        for number in range(LISTINGS)
    ]
    call_command("reindex", verbosity=0)
    yield SimpleNamespace(
        proxy=proxy,
        pages=pages,
        name=name,
        commune=territories.die,
        cluster=Elasticsearch(node),
        commit=lambda: django_capture_on_commit_callbacks(execute=True),
    )
    proxy.refuse()
    engines.cache_clear()
    get_engine.cache_clear()
    direct = Elasticsearch(node)
    for index in direct.indices.get(index=f"{name}-*"):
        direct.indices.delete(index=index)


def edit(directory, word: str, pages=None) -> None:
    """Retitle listings, in one transaction."""
    with directory.commit():
        for page in pages or directory.pages:
            page.title = f"Atelier {word} {page.pk}"
            page.save()


def total(text: str = "") -> int:
    return get_engine().search(Query(text=text)).total


def assert_nothing_lost(client, directory, word: str, expected: int = LISTINGS) -> None:
    """Once the engine is back and the outbox drained, index and database agree."""
    directory.proxy.heal()
    IndexTask.objects.update(not_before=None)
    call_command("drain_index", verbosity=0)
    call_command("check_index", verbosity=0)
    assert not IndexTask.objects.exists()
    assert total(word) == expected
    assert_up(client, directory.pages[0].url)


AWAY = {
    "429": faults.status(429),
    "503": faults.status(503, "master_not_discovered_exception"),
    "502 in HTML": faults.bad_gateway,
    "401": faults.status(401, "security_exception"),
    "garbage": faults.garbage,
    "another product": faults.another_product,
    "hang up": faults.hang_up,
    "cut short": faults.cut_short,
}


@on_one_version
@pytest.mark.parametrize("fault", AWAY)
def test_pages_say_so_and_edits_wait_while_it_answers(client, directory, fault):
    directory.proxy.fault = AWAY[fault]
    assert_says_it_is_away(client, directory.pages[0].url)
    edit(directory, "poterie", directory.pages[:3])
    assert IndexTask.objects.count() >= 3
    with pytest.raises(CommandError, match="stay in the outbox"):
        call_command("drain_index")
    with pytest.raises(CommandError):
        call_command("check_index")
    with pytest.raises(CommandError):
        call_command("reindex", verbosity=0)
    assert_nothing_lost(client, directory, "poterie", expected=3)


@on_one_version
def test_a_refused_connection(client, directory):
    directory.proxy.refuse()
    assert_says_it_is_away(client, directory.pages[0].url)
    edit(directory, "poterie")
    assert_nothing_lost(client, directory, "poterie")


@on_one_version
def test_a_timeout_while_indexing_writes_once_more(client, directory):
    directory.proxy.fault = faults.on("_bulk", faults.silence(1.5))
    edit(directory, "poterie", directory.pages[:3])
    assert IndexTask.objects.exists()
    assert_nothing_lost(client, directory, "poterie", expected=3)


@on_one_version
def test_a_search_that_hangs_is_given_up(client, directory):
    directory.proxy.fault = faults.on("_search", faults.silence(5))
    began = time.monotonic()
    assert client.get(reverse("bdis_search:search")).status_code == 503
    assert time.monotonic() - began < 3
    assert_nothing_lost(client, directory, "velo")


@on_one_version
def test_a_moment_of_overload_is_not_seen(client, directory):
    directory.proxy.fault = faults.on("_search", faults.status(429), times=1)
    assert client.get(reverse("bdis_search:search")).status_code == 200
    directory.proxy.fault = faults.on("_bulk", faults.status(503), times=1)
    edit(directory, "poterie")
    assert not IndexTask.objects.exists()
    assert_nothing_lost(client, directory, "poterie")


@on_one_version
@pytest.mark.parametrize("left", [0, 1, 3])
def test_a_bulk_of_which_some_is_refused_for_a_while(client, directory, left):
    refused = [page.pk for page in directory.pages[left:8]]
    fault = faults.rejecting(refused, 429, "es_rejected_execution_exception")
    directory.proxy.fault = faults.on("_bulk", fault, times=1)
    edit(directory, "poterie")
    assert_nothing_lost(client, directory, "poterie")


@on_one_version
def test_listings_that_are_refused_do_not_hold_up_the_others(client, directory):
    refused = [page.pk for page in directory.pages[:2]]
    directory.proxy.fault = faults.rejecting(refused, 400, "document_parsing_exception")
    edit(directory, "poterie")
    assert total("poterie") == LISTINGS - 2
    waiting = IndexTask.objects.values_list("page_id", flat=True)
    assert set(waiting) == set(refused)
    assert_up(client)
    assert_nothing_lost(client, directory, "poterie")


@on_one_version
def test_a_rebuild_of_which_some_is_refused_leaves_the_old_index(client, directory):
    InitiativePage.objects.update(title="Atelier poterie")
    refused = [directory.pages[5].pk]
    directory.proxy.fault = faults.rejecting(refused, 400, "document_parsing_exception")
    with pytest.raises(CommandError, match="document_parsing_exception"):
        call_command("reindex", verbosity=0)
    assert total("velo") == LISTINGS
    directory.proxy.heal()
    call_command("reindex", verbosity=0)
    assert_nothing_lost(client, directory, "poterie")


def test_a_full_disk(client, directory):
    # What Elasticsearch does to indexes when the disk of a node is all but full.
    blocks = {"index.blocks.read_only_allow_delete": True}
    indexes = f"{directory.name}-*"
    directory.cluster.indices.put_settings(index=indexes, settings=blocks)
    edit(directory, "poterie")
    assert IndexTask.objects.exists()
    assert total("velo") == LISTINGS
    assert_up(client)
    with directory.commit():
        directory.pages[0].unpublish()
    response = client.get(reverse("bdis_search:search"))
    assert f"vélo {directory.pages[0].pk}" not in response.content.decode()
    blocks = {"index.blocks.read_only_allow_delete": None}
    directory.cluster.indices.put_settings(index=indexes, settings=blocks)
    directory.pages.pop(0)
    assert_nothing_lost(client, directory, "poterie", expected=LISTINGS - 1)


@pytest.mark.parametrize("verb", ["_bulk", "_settings", "_refresh", "_count", "_aliases"])
@pytest.mark.parametrize("fault", [faults.cut_short, faults.hang_up])
def test_a_rebuild_broken_at_any_step(client, directory, verb, fault):
    InitiativePage.objects.update(title="Atelier poterie")
    directory.proxy.fault = faults.on(verb, fault)
    with contextlib.suppress(CommandError):
        call_command("reindex", verbosity=0)
    directory.proxy.heal()
    # The old index or the new one, whole.
    assert (total("velo"), total("poterie")) in [(LISTINGS, 0), (0, LISTINGS)]
    assert_up(client)
    call_command("reindex", verbosity=0)
    assert_nothing_lost(client, directory, "poterie")


def test_an_answer_lost_once_is_asked_for_again(client, directory):
    InitiativePage.objects.update(title="Atelier poterie")
    for verb in ("_bulk", "_settings", "_refresh", "_count", "_aliases"):
        directory.proxy.fault = faults.on(verb, faults.cut_short, times=1)
        call_command("reindex", verbosity=0)
        assert (total("velo"), total("poterie")) == (0, LISTINGS)
    assert_nothing_lost(client, directory, "poterie")


def test_many_edits_during_a_rebuild(client, directory):
    edited = []

    def documents():
        for number, document in enumerate(list(build_documents())):
            yield document
            if number % 3 == 0:
                edit(directory, "poterie", directory.pages[number : number + 1])
                edited.append(number)
        with directory.commit():
            directory.pages[1].unpublish()

    outbox.rebuild_index(documents())
    assert len(edited) == LISTINGS / 3
    assert_nothing_lost(client, directory, "poterie", expected=len(edited))
    assert total() == LISTINGS - 1


def test_a_rebuild_while_edits_cannot_be_written(client, directory):
    def documents():
        yield from list(build_documents())
        directory.proxy.fault = faults.on("_bulk", faults.status(429), times=6)
        edit(directory, "poterie", directory.pages[:2])

    try:
        outbox.rebuild_index(documents())
    except EngineUnavailable:
        assert total("velo") == LISTINGS
    assert_nothing_lost(client, directory, "poterie", expected=2)
