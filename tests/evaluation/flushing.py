"""Tests with real transactions empty every table at their end: closed records must let them."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

from bdis_evaluation.append_only import closing_triggers


@pytest.fixture(autouse=True, scope="session")
def _flushing_opens_the_ledgers():
    """Lift the triggers around the flush, and put them back."""
    flush = TransactionTestCase._fixture_teardown

    def flushed(self):
        statements = lift()
        try:
            flush(self)
        finally:
            put_back(statements)

    TransactionTestCase._fixture_teardown = flushed
    yield
    TransactionTestCase._fixture_teardown = flush


def lift() -> list[str]:
    """Take the closing triggers away; return the SQL that puts them back."""
    triggers = closing_triggers(connection)
    back = []
    with transaction.atomic(), connection.cursor() as cursor:
        for name, table in triggers.items():
            if connection.vendor == "sqlite":
                cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [name])
                back.append(cursor.fetchone()[0])
                cursor.execute(f'DROP TRIGGER "{name}"')
            else:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"')
                back.append(f'ALTER TABLE "{table}" ENABLE TRIGGER "{name}"')
    return back


def put_back(statements: list[str]) -> None:
    """Run what ``lift`` returned."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, None)
