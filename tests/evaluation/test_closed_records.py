"""A line of the ledger and a text in force cannot be altered, by whatever way."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from bdis_evaluation.append_only import LedgerClosed, missing_triggers
from bdis_evaluation.models import (
    CharterAdhesion,
    CharterStatus,
    CharterText,
    CharterVersion,
    Signatory,
)
from tests.evaluation.flushing import lift, put_back
from tests.factories import InitiativePageFactory
from tests.factories.charter import CharterVersionFactory, signed

pytestmark = pytest.mark.django_db

CLOSED = (CharterVersion, CharterText, Signatory, CharterAdhesion)


@pytest.fixture
def adhesion(site_tree, territories):
    return signed(InitiativePageFactory(title="Le Fournil", commune=territories.die))


def _raw(sql: str, *params) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def _stored(model):
    return list(model.objects.order_by("pk").values())


@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(lambda a: a.save(), id="save"),
        pytest.param(lambda a: a.save(update_fields=["text_hash"]), id="save of a field"),
        pytest.param(lambda a: a.delete(), id="delete"),
        pytest.param(lambda a: CharterAdhesion.objects.update(text_hash="x"), id="update"),
        pytest.param(lambda a: CharterAdhesion.objects.all().delete(), id="delete of all"),
        pytest.param(
            lambda a: CharterAdhesion.objects.bulk_update([a], ["text_hash"]), id="bulk_update"
        ),
        pytest.param(
            lambda a: CharterAdhesion.objects.bulk_create(
                [a], update_conflicts=True, update_fields=["text_hash"], unique_fields=["id"]
            ),
            id="bulk_create over it",
        ),
        pytest.param(
            lambda a: CharterAdhesion.objects.update_or_create(
                pk=a.pk, defaults={"text_hash": "x"}
            ),
            id="update_or_create",
        ),
        pytest.param(lambda a: CharterAdhesion._base_manager.update(text_hash="x"), id="base"),
        pytest.param(lambda a: a.signatory.delete(), id="signatory deleted"),
        pytest.param(lambda a: a.signatory.save(), id="signatory renamed"),
        pytest.param(lambda a: Signatory.objects.update(name="x"), id="signatories renamed"),
        pytest.param(lambda a: a.version.delete(), id="version deleted"),
        pytest.param(lambda a: a.version.save(), id="version saved"),
        pytest.param(lambda a: a.version.texts.get().save(), id="text saved"),
        pytest.param(lambda a: a.version.texts.get().delete(), id="text deleted"),
    ],
)
def test_the_orm_refuses_to_alter_what_was_signed(adhesion, alter):
    before = [_stored(model) for model in CLOSED]
    with pytest.raises(LedgerClosed, match="Write a new one"), transaction.atomic():
        alter(adhesion)
    assert [_stored(model) for model in CLOSED] == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE bdis_evaluation_charteradhesion SET text_hash = 'x'",
        "UPDATE bdis_evaluation_charteradhesion SET initiative_id = 1",
        "DELETE FROM bdis_evaluation_charteradhesion",
        "UPDATE bdis_evaluation_signatory SET name = 'x'",
        "UPDATE bdis_evaluation_signatory SET erased_at = CURRENT_TIMESTAMP, name = 'x',"
        " capacity = '', salt = '', account_id = NULL",
        "DELETE FROM bdis_evaluation_signatory",
        "UPDATE bdis_evaluation_chartertext SET canonical = 'x'",
        "UPDATE bdis_evaluation_chartertext SET articles = '[]'",
        "DELETE FROM bdis_evaluation_chartertext",
        "UPDATE bdis_evaluation_charterversion SET number = 9",
        "UPDATE bdis_evaluation_charterversion SET status = 'draft'",
        "UPDATE bdis_evaluation_charterversion SET status = 'superseded', number = 9,"
        " superseded_at = CURRENT_TIMESTAMP",
        "DELETE FROM bdis_evaluation_charterversion",
    ],
)
def test_the_database_refuses_to_alter_what_was_signed(adhesion, sql):
    before = [_stored(model) for model in CLOSED]
    with pytest.raises(IntegrityError, match="is closed"):
        _raw(sql)
    assert [_stored(model) for model in CLOSED] == before


@pytest.mark.parametrize("model", CLOSED)
def test_postgresql_refuses_to_empty_the_table(adhesion, model):
    if connection.vendor != "postgresql":
        with pytest.raises(IntegrityError, match="is closed"):
            _raw(f"DELETE FROM {model._meta.db_table}")
        return
    _raw("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="is closed"):
        _raw(f"TRUNCATE {model._meta.db_table} CASCADE")


def test_a_replacement_cannot_stand_for_an_update_in_sqlite(adhesion):
    if connection.vendor != "sqlite":
        columns = "id, name, capacity, salt"
        with pytest.raises(IntegrityError, match="is closed"):
            _raw(
                f"INSERT INTO bdis_evaluation_signatory ({columns}) SELECT {columns} FROM"
                " bdis_evaluation_signatory WHERE true ON CONFLICT (id) DO UPDATE SET name = 'x'"
            )
        return
    for table in (model._meta.db_table for model in CLOSED):
        with pytest.raises(IntegrityError, match="is closed"):
            _raw(f"REPLACE INTO {table} SELECT * FROM {table}")


def test_a_draft_put_in_force_by_sql_cannot_push_out_the_version_in_force(adhesion):
    draft = CharterVersionFactory(number=50)
    with pytest.raises(IntegrityError):
        _raw(
            ("UPDATE OR REPLACE " if connection.vendor == "sqlite" else "UPDATE ")
            + "bdis_evaluation_charterversion SET status = 'in_force', text_hash = 'x',"
            " in_force_at = CURRENT_TIMESTAMP WHERE id = %s",
            draft.pk,
        )
    assert CharterVersion.objects.in_force().get() == adhesion.version


def test_a_draft_is_edited_and_deleted_at_will(db):
    draft = CharterVersionFactory()
    CharterVersion.objects.update(grace_days=3)
    CharterText.objects.update(title="Autre titre")
    draft.refresh_from_db()
    draft.delete()
    assert not CharterText.objects.exists()


def test_no_text_joins_a_version_in_force(adhesion):
    with pytest.raises(LedgerClosed):
        CharterText.objects.create(version=adhesion.version, language="en", title="Late")


def _moved_by_save(version, draft_text):
    draft_text.version = version
    draft_text.save()


@pytest.mark.parametrize(
    "add",
    [
        pytest.param(_moved_by_save, id="a text of a draft, saved"),
        pytest.param(
            lambda version, text: CharterText.objects.filter(pk=text.pk).update(
                version=version, text_hash="ab" * 32
            ),
            id="a text of a draft, updated",
        ),
        pytest.param(
            lambda version, text: CharterText.objects.bulk_create(
                [CharterText(version=version, language="en", title="Late", text_hash="ab" * 32)]
            ),
            id="bulk_create",
        ),
    ],
)
@pytest.mark.parametrize("superseded", [False, True])
def test_no_text_is_moved_to_a_version_that_is_closed(adhesion, add, superseded):
    version = adhesion.version
    if superseded:
        CharterVersionFactory(number=version.number + 1, in_force=True)
    draft = CharterVersionFactory(number=version.number + 2, english=True)
    before = _stored(CharterText)
    refused = pytest.raises((LedgerClosed, IntegrityError), match=r"closed|stands")
    with refused, transaction.atomic():
        add(CharterVersion.objects.get(pk=version.pk), draft.texts.get(language="en"))
    assert _stored(CharterText) == before


def test_a_version_in_force_may_only_be_superseded(adhesion):
    version = adhesion.version
    CharterVersion.objects.filter(pk=version.pk).update(
        status=CharterStatus.SUPERSEDED, superseded_at=timezone.now()
    )
    with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
        CharterVersion.objects.filter(pk=version.pk).update(status=CharterStatus.IN_FORCE)


def test_every_closed_table_has_its_triggers(db):
    assert missing_triggers(connection, CLOSED) == []


def test_triggers_that_tests_lift_are_put_back(transactional_db):
    statements = lift()
    assert missing_triggers(connection, CLOSED)
    put_back(statements)
    assert missing_triggers(connection, CLOSED) == []
