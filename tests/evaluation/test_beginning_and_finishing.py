"""An evaluation begins over the grid in force and ends with commitments."""

from __future__ import annotations

import datetime

import pytest

from bdis_cms.models.initiative_facts import ProgressState
from bdis_evaluation.evaluating.beginning import AlreadyBegun, GridNotInForce, begin
from bdis_evaluation.evaluating.committing import (
    CommitmentNotOpen,
    DayNotAhead,
    drop,
    keep,
    move,
)
from bdis_evaluation.evaluating.finishing import (
    EvaluationIncomplete,
    NoCommitment,
    NoReason,
    abandon,
    finish,
    reason_of_abandon,
)
from bdis_evaluation.evaluating.saving import EvaluationNotOpen
from bdis_evaluation.models import (
    CommitmentAct,
    CommitmentState,
    Evaluation,
    EvaluationState,
    VersionStatus,
)
from tests.factories import InitiativePageFactory, UserFactory
from tests.factories.evaluations import (
    CommitmentFactory,
    EvaluationFactory,
    GridVersionFactory,
    answer_everything,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(site_tree, territories):
    return InitiativePageFactory()


@pytest.fixture
def version(db):
    return GridVersionFactory()


@pytest.fixture
def user(db):
    return UserFactory()


def test_beginning_tells_the_listing_that_the_approach_is_under_way(page, version, user):
    evaluation = begin(page, version, user=user)
    page.refresh_from_db()
    assert evaluation.state == EvaluationState.DRAFT
    assert (page.progress_state, page.progress_since) == (
        ProgressState.ONGOING,
        datetime.date.today(),
    )


def test_the_same_grid_is_answered_once_at_a_time(page, version, user):
    first = begin(page, version, user=user)
    with pytest.raises(AlreadyBegun) as refused:
        begin(page, version, user=user)
    assert refused.value.evaluation == first
    begin(page, GridVersionFactory(), user=user)


@pytest.mark.parametrize("status", [VersionStatus.DRAFT, VersionStatus.SUPERSEDED])
def test_only_a_version_in_force_is_answered(page, user, status):
    with pytest.raises(GridNotInForce):
        begin(page, GridVersionFactory(status=status), user=user)
    assert not Evaluation.objects.exists()


def test_an_evaluation_with_a_question_left_is_not_finished(page, user):
    evaluation = EvaluationFactory(initiative=page)
    CommitmentFactory(evaluation=evaluation)
    with pytest.raises(EvaluationIncomplete) as refused:
        finish(evaluation, user=user)
    assert [one.question.key for one in refused.value.missing][:1] == ["gouv-decisions"]
    evaluation.refresh_from_db()
    assert evaluation.is_open


def test_an_evaluation_ends_with_a_commitment(page, user):
    evaluation = EvaluationFactory(initiative=page)
    answer_everything(evaluation)
    with pytest.raises(NoCommitment):
        finish(evaluation, user=user)


def test_finishing_closes_makes_the_commitments_and_tells_the_listing(page, user):
    evaluation = EvaluationFactory(initiative=page)
    answer_everything(evaluation)
    commitment = CommitmentFactory(evaluation=evaluation)
    finish(evaluation, user=user)
    page.refresh_from_db()
    evaluation.refresh_from_db()
    assert evaluation.state == EvaluationState.CLOSED
    assert evaluation.closed_at
    assert page.progress_state == ProgressState.DONE
    assert [event.act for event in commitment.events.all()] == [CommitmentAct.MADE]
    with pytest.raises(EvaluationNotOpen):
        finish(evaluation, user=user)


def test_abandoning_needs_a_reason_and_leaves_the_listing_as_before(page, version, user):
    evaluation = begin(page, version, user=user)
    with pytest.raises(NoReason):
        abandon(evaluation, reason="  ", user=user)
    abandon(evaluation, reason="Nous recommençons à plusieurs.", user=user)
    page.refresh_from_db()
    assert reason_of_abandon(evaluation) == "Nous recommençons à plusieurs."
    assert (page.progress_state, page.progress_since) == ("", None)
    assert begin(page, version, user=user).is_open


def test_a_second_cycle_keeps_the_day_of_the_first(page, version, user):
    first = EvaluationFactory(initiative=page, version=version)
    long_ago = datetime.datetime(2023, 5, 4, 12, tzinfo=datetime.UTC)
    Evaluation.objects.filter(pk=first.pk).update(
        started_at=long_ago, state=EvaluationState.CLOSED, closed_at=long_ago
    )
    begin(page, version, user=user)
    page.refresh_from_db()
    assert page.progress_since == datetime.date(2023, 5, 4)
    assert page.progress_state == ProgressState.ONGOING


@pytest.fixture
def commitment(page):
    evaluation = EvaluationFactory(initiative=page)
    commitment = CommitmentFactory(evaluation=evaluation)
    Evaluation.objects.filter(pk=evaluation.pk).update(
        state=EvaluationState.CLOSED, closed_at=evaluation.started_at
    )
    commitment.refresh_from_db()
    return commitment


def test_what_becomes_of_a_commitment_is_written_line_by_line(commitment, user):
    later = commitment.due_on + datetime.timedelta(days=90)
    move(commitment, due_on=later, reason="L’atelier a déménagé.", user=user)
    keep(commitment, user=user, note="Affiché depuis mardi.")
    commitment.refresh_from_db()
    assert (commitment.state, commitment.due_on) == (CommitmentState.KEPT, later)
    assert [(event.act, event.reason) for event in commitment.events.all()] == [
        (CommitmentAct.MOVED, "L’atelier a déménagé."),
        (CommitmentAct.KEPT, "Affiché depuis mardi."),
    ]
    with pytest.raises(CommitmentNotOpen):
        drop(commitment, reason="Trop tard", user=user)


def test_moving_needs_a_day_ahead_and_a_reason(commitment, user):
    with pytest.raises(DayNotAhead):
        move(commitment, due_on=datetime.date.today(), reason="Plus tôt", user=user)
    with pytest.raises(NoReason):
        move(commitment, due_on=datetime.date(2199, 1, 1), reason="", user=user)
    assert not commitment.events.exists()


def test_dropping_needs_a_reason(commitment, user):
    with pytest.raises(NoReason):
        drop(commitment, reason="", user=user)
    drop(commitment, reason="La salle est fermée.", user=user)
    assert commitment.state == CommitmentState.DROPPED


def test_a_commitment_only_proposed_is_not_kept(page, user):
    with pytest.raises(CommitmentNotOpen):
        keep(CommitmentFactory(evaluation__initiative=page), user=user)
