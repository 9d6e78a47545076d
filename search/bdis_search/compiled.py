"""Questions that every search asks: their SQL is written once, then only the keys change.

Django writes the SQL of a query anew each time, which takes longer than the database's answer to
these.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any

from django.db import connections
from django.db.models import QuerySet

Question = Callable[[Collection[int]], QuerySet[Any, Any]]


def rows(question: Question, keys: Collection[int]) -> list[tuple[Any, ...]]:
    """Return the rows of ``question(keys)``, a values_list whose only parameters are the keys.

    Values come as the database gives them: numbers and text, nothing that a field converts.
    """
    alias, sql = _statement(question, len(keys))
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, list(keys))
        return cursor.fetchall()


@lru_cache(maxsize=512)
def _statement(question: Question, count: int) -> tuple[str, str]:
    asked = question(range(1, count + 1))
    sql, parameters = asked.query.sql_with_params()
    if list(parameters) != list(range(1, count + 1)):
        raise ValueError(f"{question.__name__} has parameters that are not keys: {parameters}")
    return asked.db, sql
