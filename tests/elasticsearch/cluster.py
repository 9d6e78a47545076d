"""Several nodes of Elasticsearch on this machine, as one cluster."""

from __future__ import annotations

import time
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from tests.elasticsearch.distribution import CannotStart, Distribution
from tests.elasticsearch.node import Node, free_port

_PATIENCE = 120.0  # seconds


class Cluster:
    """Nodes that elect a master among them and copy each other's shards."""

    def __init__(self, distribution: Distribution, size: int = 3, heap: str = "384m") -> None:
        names = [f"node-{number}" for number in range(size)]
        ports = [free_port() for _ in names]
        self.nodes = {
            name: Node(
                distribution,
                heap=heap,
                **{
                    "discovery.type": None,
                    "cluster.name": f"bdis-{ports[0]}",
                    "node.name": name,
                    "transport.port": port,
                    "discovery.seed_hosts": [f"127.0.0.1:{other}" for other in ports],
                    "cluster.initial_master_nodes": names,
                },
            )
            for name, port in zip(names, ports, strict=True)
        }

    @property
    def urls(self) -> list[str]:
        return [node.url for node in self.nodes.values()]

    def start(self) -> Cluster:
        """Start the nodes that do not run, and wait until every shard has its copies."""
        for node in self.nodes.values():
            if node.process is None:
                node.start(wait=False)
        self.wait_for(nodes=len(self.nodes), status="green")
        return self

    def wait_for(self, *, nodes: int, status: str) -> None:
        """Wait until so many nodes are in the cluster, and it is in that health."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            try:
                health = self.client().cluster.health(
                    wait_for_status=status, wait_for_nodes=str(nodes), timeout="10s"
                )
                if not health["timed_out"]:
                    return
            except (ApiError, TransportError):
                time.sleep(0.2)
        raise CannotStart(f"The cluster did not become {status} with {nodes} nodes")

    def client(self) -> Elasticsearch:
        """Return a client of the nodes that run."""
        running = [node.url for node in self.nodes.values() if node.process]
        return Elasticsearch(running, request_timeout=15, retry_on_timeout=True)

    def master(self) -> str:
        """Return the name of the elected master."""
        found: Any = self.client().cat.master(format="json")
        return str(found[0]["node"])

    def holder(self, index: str, shard: int = 0) -> str:
        """Return the name of the node that has the primary of a shard."""
        found: Any = self.client().cat.shards(index=index, format="json")
        return next(
            str(row["node"]) for row in found if row["prirep"] == "p" and row["shard"] == str(shard)
        )

    def remove(self) -> None:
        """End every node and delete their data."""
        for node in self.nodes.values():
            node.remove()
