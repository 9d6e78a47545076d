"""An Elasticsearch killed in the middle of what it does: nothing is lost, and no page breaks."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from bdis_cms.models import InitiativePage
from bdis_search.engine import engines, get_engine
from bdis_search.models import IndexTask
from bdis_search.query import Query
from tests.elasticsearch import fault_proxy as faults
from tests.elasticsearch.fault_proxy import Answer, Fault, FaultProxy, Forward, Hangup, Request
from tests.elasticsearch.fixtures import started
from tests.elasticsearch.node import Node
from tests.factories import InitiativePageFactory
from tests.search.public_addresses import assert_says_it_is_away, assert_up

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.elasticsearch,
    pytest.mark.slow,
    pytest.mark.xdist_group("elasticsearch-killed"),
]

LISTINGS = 12


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """A node of its own, that no other test needs alive."""
    yield from started("9")


@pytest.fixture
def directory(settings, site_tree, territories, node, django_capture_on_commit_callbacks):
    """A directory searched by an Elasticsearch that dies when it is told to."""
    proxy = FaultProxy(node.url)
    settings.BDIS_SEARCH = {
        "BACKEND": "bdis_search.backends.elasticsearch",
        "OPTIONS": {"HOSTS": [proxy.url], "INDEX": "kills", "TIMEOUT": 5, "RETRIES": 1},
        "BREAKER": {"PAUSE": 0},  # it is asked each time
    }
    pages = [
        InitiativePageFactory(title=f"Atelier vélo {number}", commune=territories.die)
        for number in range(LISTINGS)
    ]
    call_command("reindex", verbosity=0)
    yield SimpleNamespace(
        proxy=proxy, pages=pages, commit=lambda: django_capture_on_commit_callbacks(execute=True)
    )
    proxy.refuse()
    engines.cache_clear()
    get_engine.cache_clear()


def killing(node: Node, *, when: str) -> Fault:
    """Kill the node as a request is about to reach it, or once it has answered: nobody hears it."""

    def fault(request: Request, forward: Forward) -> Answer:
        if when == "after":
            forward(request)
        node.kill()
        raise Hangup

    return fault


def total(text: str = "") -> int:
    return get_engine().search(Query(text=text)).total


def edit_all(directory, word: str) -> None:
    with directory.commit():
        for page in directory.pages:
            page.title = f"Atelier {word} {page.pk}"
            page.save()


def bring_back(directory, node) -> None:
    directory.proxy.heal()
    node.start()


def assert_nothing_lost(client, directory, word: str) -> None:
    IndexTask.objects.update(not_before=None)
    call_command("drain_index", verbosity=0)
    call_command("check_index", verbosity=0)
    assert not IndexTask.objects.exists()
    assert total(word) == LISTINGS
    assert_up(client, directory.pages[0].url)


@pytest.mark.parametrize("when", ["before", "after"])
def test_while_it_indexes(client, directory, node, when):
    directory.proxy.fault = faults.on("_bulk", killing(node, when=when))
    edit_all(directory, "poterie")
    assert IndexTask.objects.count() >= LISTINGS
    assert_says_it_is_away(client, directory.pages[0].url)
    bring_back(directory, node)
    assert_nothing_lost(client, directory, "poterie")


@pytest.mark.parametrize(
    ("verb", "when"),
    [("_bulk", "after"), ("_aliases", "before"), ("_aliases", "after")],
)
def test_while_it_rebuilds(client, directory, node, verb, when):
    InitiativePage.objects.update(title="Atelier poterie")
    directory.proxy.fault = faults.on(verb, killing(node, when=when))
    with pytest.raises(CommandError):
        call_command("reindex", verbosity=0)
    assert_says_it_is_away(client)
    bring_back(directory, node)
    # The old index or the new one, whole.
    moved = (verb, when) == ("_aliases", "after")
    assert (total("velo"), total("poterie")) == ((0, LISTINGS) if moved else (LISTINGS, 0))
    assert_up(client)
    call_command("reindex", verbosity=0)
    assert_nothing_lost(client, directory, "poterie")


def test_while_it_searches(client, directory, node):
    directory.proxy.fault = faults.on("_search", killing(node, when="before"))
    assert client.get(reverse("bdis_search:search"), {"q": "vélo"}).status_code == 503
    assert_says_it_is_away(client, directory.pages[0].url)
    bring_back(directory, node)
    assert_nothing_lost(client, directory, "velo")
