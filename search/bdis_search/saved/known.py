"""Sets of listings in few bytes: what a subscriber knows of a search of 100,000 listings."""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable
from itertools import accumulate


def pack(ids: Iterable[int]) -> bytes:
    """Return ids (0 and more) as compressed gaps between them, ascending; read by ``unpack``."""
    ordered = sorted(set(ids))
    gaps = array("Q", (b - a for a, b in zip([0, *ordered], ordered, strict=False)))
    if sys.byteorder == "big":
        gaps.byteswap()
    return zlib.compress(gaps.tobytes(), 6)


def unpack(packed: bytes | memoryview) -> frozenset[int]:
    """Return the ids that ``pack`` packed."""
    gaps = array("Q")
    gaps.frombytes(zlib.decompress(packed))
    if sys.byteorder == "big":
        gaps.byteswap()
    return frozenset(accumulate(gaps))
