"""One node of each version for a run of the tests, started when a test asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NoReturn

import pytest

from tests.elasticsearch.distribution import CannotStart, distribution
from tests.elasticsearch.node import Node


def started(major: str, **settings: object) -> Iterator[Node]:
    """Give a node of one's own; skip the test where none can be started, fail in CI."""
    try:
        node = Node(distribution(major), **settings).start()
    except CannotStart as reason:
        give_up(major, reason)
    yield node
    node.remove()


def give_up(major: str, reason: CannotStart) -> NoReturn:
    """Skip the test, or fail it in CI."""
    if os.environ.get("CI"):
        raise reason
    pytest.skip(f"Elasticsearch {major} cannot be started here: {reason}")


def _address(major: str) -> Iterator[str]:
    named = os.environ.get(f"BDIS_ELASTICSEARCH_{major}")
    if named:
        yield named
    else:
        yield from (node.url for node in started(major))


@pytest.fixture(scope="session")
def elasticsearch_8() -> Iterator[str]:
    """The address of an Elasticsearch 8, or of the one that BDIS_ELASTICSEARCH_8 names."""
    yield from _address("8")


@pytest.fixture(scope="session")
def elasticsearch_9() -> Iterator[str]:
    """The address of an Elasticsearch 9, or of the one that BDIS_ELASTICSEARCH_9 names."""
    yield from _address("9")
