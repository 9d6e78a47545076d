"""Questions that every search asks: their SQL is written once, then only what is given changes.

Django writes the SQL of a query anew each time it is asked, which takes several times as long as
the database takes to answer these.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

#: Takes keys, then dates or times, at most one of each; returns a ``values_list``.
Question = Callable[..., QuerySet[Any, Any]]

# What stands for what is given while SQL is written: nothing that a question holds by itself.
_KEYS_FROM = 9_000_000_001
_MOMENTS: dict[type, Any] = {
    datetime.date: datetime.date(1901, 2, 3),
    datetime.datetime: datetime.datetime(1901, 2, 3, 4, 5, 6, tzinfo=datetime.UTC),
}


@dataclass(frozen=True, slots=True)
class _Statement:
    alias: str
    sql: str
    parameters: tuple[tuple[bool, Any], ...]  # (True, which one is given) or (False, a constant)
    converters: dict[int, Any]  # of columns: (functions, expression), as Django has them


def rows(question: Question, keys: Collection[int], *moments: datetime.date) -> list[Any]:
    """Return the rows of ``question(keys, *moments)``, without the pages of the ORM."""
    statement = _statement(question, len(keys), tuple(type(moment) for moment in moments))
    connection = connections[statement.alias]
    given = [*keys, *(_adapted(moment, connection) for moment in moments)]
    with connection.cursor() as cursor:
        cursor.execute(
            statement.sql,
            [given[value] if is_given else value for is_given, value in statement.parameters],
        )
        found = cursor.fetchall()
    return [_converted(row, statement, connection) for row in found]


@lru_cache(maxsize=512)
def _statement(question: Question, count: int, kinds: tuple[type, ...]) -> _Statement:
    keys = range(_KEYS_FROM, _KEYS_FROM + count)
    moments = [_MOMENTS[kind] for kind in kinds]
    asked = question(keys, *moments)
    connection = connections[asked.db]
    compiler = asked.query.get_compiler(asked.db)
    sql, parameters = compiler.as_sql()
    given = [*keys, *(_adapted(moment, connection) for moment in moments)]
    places = tuple(
        (True, given.index(value)) if value in given else (False, value) for value in parameters
    )
    if sorted(value for is_given, value in places if is_given) != list(range(len(given))):
        raise ValueError(f"{question.__name__}: each key and each moment must be used once.")
    columns = [expression for expression, *_ in compiler.select]
    return _Statement(asked.db, sql, places, compiler.get_converters(columns))


def _adapted(moment: datetime.date, connection: BaseDatabaseWrapper) -> Any:
    if isinstance(moment, datetime.datetime):
        return connection.ops.adapt_datetimefield_value(moment)
    return connection.ops.adapt_datefield_value(moment)


def _converted(
    row: tuple[Any, ...], statement: _Statement, connection: BaseDatabaseWrapper
) -> tuple[Any, ...]:
    if not statement.converters:
        return row
    values = list(row)
    for column, (functions, expression) in statement.converters.items():
        for function in functions:
            values[column] = function(values[column], expression, connection)
    return tuple(values)
