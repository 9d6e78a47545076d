"""The engine as the public asks it: an index may be late, an answer may not.

What waits in the outbox and is public no more is left out of every answer. A hidden listing that
an answer shows all the same (something was written past the signals) is put in the outbox, so that
it is left out at once and soon removed.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from bdis_cms.models import InitiativePage
from bdis_search.backends.base import SearchReader
from bdis_search.compiled import rows
from bdis_search.engine import get_engine
from bdis_search.models import IndexTask
from bdis_search.outbox import enqueue
from bdis_search.query import Cluster, Explanation, Query, Results, Suggestion

logger = logging.getLogger("bdis.search")

_MOST_WAITING = 5_000


class PublicEngine(SearchReader):
    """Another engine, without what is waiting to be removed from its index."""

    def __init__(self, engine: SearchReader) -> None:
        self.engine = engine

    def search(self, query: Query) -> Results:
        return self.engine.search(_without_hidden(query))

    def suggest(self, text: str, limit: int = 8) -> list[Suggestion]:
        found = self.engine.suggest(text, limit)
        public = _public(suggestion.id for suggestion in found if suggestion.id)
        report_hidden(one.id for one in found if one.id and one.id not in public)
        return [one for one in found if not one.id or one.id in public]

    def clusters(self, query: Query, zoom: int) -> list[Cluster]:
        return self.engine.clusters(_without_hidden(query), zoom)

    def explain(self, query: Query, ids: Collection[int]) -> dict[int, Explanation]:
        return self.engine.explain(_without_hidden(query), ids)


def public_engine() -> SearchReader:
    """Return the engine that public pages, the API and feeds ask."""
    return PublicEngine(get_engine())


def report_hidden(ids: Iterable[int]) -> None:
    """Have the index forget listings that it showed and that are public no more."""
    shown = set(ids)
    if not shown:
        return
    logger.warning("The index shows %d hidden listings.", len(shown))
    waiting = set(IndexTask.objects.filter(page_id__in=shown).values_list("page_id", flat=True))
    try:
        with transaction.atomic():
            enqueue(sorted(shown - waiting))
    except DatabaseError:  # a page is shown from a database that is only read
        logger.exception("Hidden listings stay in the index.")


def _without_hidden(query: Query) -> Query:
    hidden = _hidden()
    return replace(query, hidden=query.hidden | hidden) if hidden else query


def _hidden() -> frozenset[int]:
    """Return the pages that wait in the outbox and are not public; mostly none at all."""
    waiting = {page_id for (page_id,) in rows(_last_waiting, ())}
    if not waiting:
        return frozenset()
    return frozenset(waiting - _public(waiting))


def _last_waiting(_keys: Collection[int]) -> QuerySet[Any, Any]:
    return IndexTask.objects.order_by("-pk").values_list("page_id")[:_MOST_WAITING]


def _public(ids: Iterable[int]) -> set[int]:
    wanted = list(ids)
    if not wanted:
        return set()
    public = InitiativePage.objects.public().filter(pk__in=wanted).order_by()
    return set(public.values_list("pk", flat=True))
