"""The listings of a saved search, as the engine finds them now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bdis_cms.models import InitiativePage
from bdis_search.asking import public_engine
from bdis_search.query import Query, Sort
from bdis_search.saved.criteria import is_understood, page_of

_PAGE = 5_000
#: Keys in one query of the database; SQLite takes no more than some thousands.
_CHUNK = 500
_ATTEMPTS = 3


class NotUnderstood(ValueError):
    """A part of a saved search means nothing any more; without it, it would find too much."""


class TooMany(ValueError):
    """More listings than the caller wants to wait for."""


def matching(search: str, most: int | None = None) -> tuple[int, ...]:
    """Return the listings of a saved search, latest confirmed first.

    None when the engine found only what holds some of the words: that is no answer to tell by
    e-mail. Raises ``EngineUnavailable``, ``NotUnderstood``, and ``TooMany`` beyond ``most``.
    """
    page = page_of(search)
    if not is_understood(page):
        raise NotUnderstood(search)
    query = replace(page.query, sort=Sort.RECENT, facets=(), promoted=(), page=1, page_size=_PAGE)
    found: list[int] = []
    for _attempt in range(_ATTEMPTS):
        found, stood_still = _read(query, most)
        if stood_still:
            break
    return tuple(dict.fromkeys(found))


def _read(query: Query, most: int | None) -> tuple[list[int], bool]:
    """Return every hit, and whether the index stayed the same while its pages were read."""
    engine, found, totals = public_engine(), [], set()
    while True:
        results = engine.search(query)
        totals.add(results.total)
        if results.relaxed:
            return [], True
        if most is not None and results.total > most:
            raise TooMany(results.total)
        found += [hit.id for hit in results.hits]
        if not results.hits or len(found) >= results.total:
            return found, len(totals) == 1
        query = replace(query, page=query.page + 1)


def public_of(ids: tuple[int, ...] | list[int]) -> list[int]:
    """Keep the listings that are public now, in their order."""
    public = {
        pk
        for chunk in _chunks(ids)
        for pk in InitiativePage.objects.public()
        .filter(pk__in=chunk)
        .order_by()
        .values_list("pk", flat=True)
    }
    return [pk for pk in ids if pk in public]


def published_since(ids: tuple[int, ...] | list[int], moment: object) -> set[int]:
    """Return those of the listings that were first published after ``moment``."""
    return {
        pk
        for chunk in _chunks(ids)
        for pk in InitiativePage.objects.filter(pk__in=chunk, first_published_at__gt=moment)
        .order_by()
        .values_list("pk", flat=True)
    }


def _chunks(ids: tuple[int, ...] | list[int]) -> Iterator[tuple[int, ...] | list[int]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
