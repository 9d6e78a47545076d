"""What is new in a saved search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bdis_search.listings import Listing, load_listings
from bdis_search.models import SavedSearch
from bdis_search.query import Hit
from bdis_search.saved.known import pack, unpack
from bdis_search.saved.matching import matching, public_of, published_since

#: Listings shown in one e-mail; the others are behind its link.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Digest:
    """What an e-mail tells: ``ids`` are all the new listings, ``listings`` the first of them.

    ``known`` is what the subscriber will know once it is sent, packed.
    """

    saved: SavedSearch
    ids: tuple[int, ...]
    listings: tuple[Listing, ...]
    known: bytes


def digest_of(saved: SavedSearch, matched: Sequence[int] | None = None) -> Digest | None:
    """Return what ``saved`` is to be told now; ``None`` without news.

    ``matched`` are the listings of the search, when they were just read. Only public listings are
    told; one that is hidden today is told the day it shows. Raises what ``matching`` does.
    """
    if not saved.is_confirmed:
        return None
    found = list(matching(saved.search) if matched is None else matched)
    known = known_of(saved, found)
    ids = public_of([pk for pk in found if pk not in known])
    listings = [listing for listing, _hit in load_listings(map(Hit, ids[:SHOWN]))]
    if not listings:
        return None
    return Digest(saved, tuple(ids), tuple(listings), pack(known.union(ids)))


def known_of(saved: SavedSearch, found: Sequence[int]) -> frozenset[int]:
    """Return the listings that are no news to ``saved``.

    Where the search could not be read when it was confirmed: all but those published since.
    """
    if saved.known is not None:
        return unpack(saved.known)
    return frozenset(found) - published_since(list(found), saved.confirmed_at)
