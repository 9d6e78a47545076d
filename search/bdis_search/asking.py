"""The engine as the public asks it: an index may be late, an answer may not.

What waits in the outbox and is public no more is left out of every answer. A hidden listing that
an answer shows all the same (something was written past the signals) is put in the outbox, so that
it is left out at once and soon removed.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from wagtail.models import Page

from bdis_cms.models import InitiativePage
from bdis_cms.remembering import remembered
from bdis_search.backends.base import SearchReader
from bdis_search.compiled import rows
from bdis_search.engine import get_engine
from bdis_search.models import IndexTask
from bdis_search.outbox import enqueue
from bdis_search.query import Cluster, Explanation, Query, Results, Suggestion

logger = logging.getLogger("bdis.search")

_MOST_HIDDEN = 50_000  # Elasticsearch takes 65,536 values in one condition


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
    """Return the pages that an index may still show and that are not public; mostly none at all.

    Those that wait in the outbox, and those that end today: an index knows days, not minutes.
    """
    today, now = timezone.localdate(), timezone.now()
    waiting = [page for (page,) in rows(_waiting_and_hidden, (), today, now)]
    return frozenset([*waiting, *(page for page, end in _ending_on(today) if end <= now)])


def _waiting_and_hidden(
    _keys: Collection[int], today: datetime.date, now: datetime.datetime
) -> QuerySet[Any, Any]:
    public = InitiativePage.objects.public_in_one_statement(today, now).order_by()
    waiting = IndexTask.objects.filter(~Exists(public.filter(pk=OuterRef("page_id")))).order_by()
    return waiting.values_list("page_id").distinct()[:_MOST_HIDDEN]


@remembered(Page)
def _ending_on(day: datetime.date) -> list[tuple[int, datetime.datetime]]:
    begins = timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
    ends = begins + datetime.timedelta(days=1, hours=1)  # with room for the end of summer time
    ending = Page.objects.filter(live=True, expire_at__gte=begins, expire_at__lt=ends).order_by()
    return list(ending.values_list("pk", "expire_at"))


def _public(ids: Iterable[int]) -> set[int]:
    wanted = list(ids)
    if not wanted:
        return set()
    public = InitiativePage.objects.public().filter(pk__in=wanted).order_by()
    return set(public.values_list("pk", flat=True))
