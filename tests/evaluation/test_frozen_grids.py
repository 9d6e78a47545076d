"""A version in force cannot be altered, by whatever way."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from bdis_evaluation.append_only import LedgerClosed, missing_triggers
from bdis_evaluation.grids.correspondence import decide
from bdis_evaluation.grids.publishing import enter_into_force, new_draft
from bdis_evaluation.models import GridVersion, QuestionCorrespondence, VersionStatus
from tests.factories.evaluations import GridFactory, level, theme

pytestmark = pytest.mark.django_db
CLOSED = (GridVersion, QuestionCorrespondence)


@pytest.fixture
def version(django_user_model):
    """The second version of a grid, in force, put there by Hélène."""
    grid = GridFactory()
    enter_into_force(
        new_draft(grid, user=None, themes=[theme("t", level("a"), level("b"))]), user=None
    )
    draft = new_draft(grid, user=None, themes=[theme("t", level("a", "Mieux ?"))])
    decide(draft, {"a": ("same", ""), "b": ("dropped", "Inutile")})
    enter_into_force(draft, user=django_user_model.objects.create(username="helene"))
    return draft


def _stored():
    return [list(model.objects.order_by("pk").values()) for model in CLOSED]


@pytest.mark.parametrize("act", ["save", "delete"])
def test_the_model_refuses_to_alter_a_version_in_force(version, act):
    before = _stored()
    with pytest.raises(LedgerClosed, match="Write a new one"):
        getattr(version, act)()
    assert _stored() == before


@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(lambda v: GridVersion.objects.update(changes="x"), id="update"),
        pytest.param(lambda v: GridVersion.objects.update(themes=[]), id="update of themes"),
        pytest.param(lambda v: GridVersion.objects.update(status="draft"), id="back to draft"),
        pytest.param(lambda v: v.correspondences.update(change="same"), id="correspondence"),
        pytest.param(lambda v: v.correspondences.update(frozen=False), id="thawed"),
        pytest.param(lambda v: v.correspondences.first().save(), id="correspondence saved"),
        pytest.param(lambda v: v.correspondences.all().delete(), id="correspondence deleted"),
        pytest.param(lambda v: GridVersion.objects.all().delete(), id="delete of all"),
        pytest.param(
            lambda v: GridVersion.objects.filter(pk=v.pk).update(in_force_by=None, number=9),
            id="with the account that goes",
        ),
    ],
)
def test_the_database_refuses_what_the_orm_asks(version, alter):
    before = _stored()
    with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
        alter(version)
    assert _stored() == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE bdis_evaluation_gridversion SET themes = '[]'",
        "UPDATE bdis_evaluation_gridversion SET content_hash = 'x'",
        "UPDATE bdis_evaluation_gridversion SET status = 'draft'",
        "UPDATE bdis_evaluation_gridversion SET status = 'superseded', number = 9 "
        "WHERE status = 'in_force'",
        "DELETE FROM bdis_evaluation_gridversion",
        "UPDATE bdis_evaluation_questioncorrespondence SET note = 'x'",
        "DELETE FROM bdis_evaluation_questioncorrespondence",
    ],
)
def test_the_database_refuses_raw_sql(version, sql):
    before = _stored()
    with (
        pytest.raises(IntegrityError, match="is closed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert _stored() == before


def _later(version, **facts):
    return QuestionCorrespondence(version=version, key="late", change="new", **facts)


def _moved(version):
    draft = new_draft(version.grid, user=None)
    row = _later(draft)
    row.save()
    QuestionCorrespondence.objects.filter(pk=row.pk).update(version=version)


@pytest.mark.parametrize(
    "add",
    [
        pytest.param(lambda v: _later(v).save(), id="save"),
        pytest.param(lambda v: _later(v, frozen=True).save(), id="frozen"),
        pytest.param(
            lambda v: QuestionCorrespondence.objects.bulk_create([_later(v)]), id="bulk_create"
        ),
        pytest.param(_moved, id="moved from a draft"),
    ],
)
def test_no_correspondence_joins_a_version_in_force(version, add):
    before = _stored()
    with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
        add(version)
    assert _stored() == before


def test_nobody_else_is_said_to_have_put_it_in_force(version, django_user_model):
    other = django_user_model.objects.create(username="autre")
    with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
        GridVersion.objects.filter(pk=version.pk).update(in_force_by=other)


def test_the_account_of_who_put_it_in_force_may_go(version, django_user_model):
    django_user_model.objects.get(username="helene").delete()
    version.refresh_from_db()
    assert version.in_force_by is None
    assert version.status == VersionStatus.IN_FORCE


def test_a_draft_is_edited_and_deleted_at_will(version):
    draft = new_draft(version.grid, user=None)
    draft.changes = "Rien"
    draft.save()
    decide(draft, {"a": ("same", "")})
    draft.delete()
    assert version.grid.versions.count() == 2


def test_the_grids_have_their_triggers(db):
    assert missing_triggers(connection, CLOSED) == []
