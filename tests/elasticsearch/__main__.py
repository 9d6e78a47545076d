"""Run a node until it is interrupted: ``python -m tests.elasticsearch 9 --port 9200``."""

from __future__ import annotations

import argparse
import signal
import sys

from tests.elasticsearch.distribution import RELEASES, distribution
from tests.elasticsearch.node import Node


def main() -> None:
    """Start the node, print its address and wait."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("major", choices=RELEASES)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--heap", default="1g")
    options = parser.parse_args()
    node = Node(distribution(options.major), port=options.port, heap=options.heap).start()
    sys.stdout.write(f"{node.url}\n")
    sys.stdout.flush()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        node.remove()


if __name__ == "__main__":
    main()
