"""One node of each version for a run of the tests, started when a test asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.elasticsearch.distribution import CannotStart, distribution
from tests.elasticsearch.node import Node


def _started(major: str) -> Iterator[str]:
    named = os.environ.get(f"BDIS_ELASTICSEARCH_{major}")
    if named:
        yield named
        return
    try:
        node = Node(distribution(major)).start()
    except CannotStart as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"Elasticsearch {major} cannot be started here: {reason}")
    yield node.url
    node.remove()


@pytest.fixture(scope="session")
def elasticsearch_8() -> Iterator[str]:
    """The address of an Elasticsearch 8, or of the one that BDIS_ELASTICSEARCH_8 names."""
    yield from _started("8")


@pytest.fixture(scope="session")
def elasticsearch_9() -> Iterator[str]:
    """The address of an Elasticsearch 9, or of the one that BDIS_ELASTICSEARCH_9 names."""
    yield from _started("9")
