"""When the next evaluation is due, and who decides so."""

from __future__ import annotations

import datetime

import pytest
import time_machine

from bdis_evaluation.checks import check_months
from bdis_evaluation.cycles.rhythm import (
    RhythmOf,
    choose_rhythm,
    is_overdue,
    months_later,
    plan_next,
    rhythm_of,
)
from bdis_evaluation.evaluating.finishing import finish
from bdis_evaluation.models import ProgressPlan, RegionRhythm, ThemeResult
from tests.factories import InitiativePageFactory, UserFactory
from tests.factories.evaluations import (
    ClosedEvaluationFactory,
    CommitmentFactory,
    EvaluationFactory,
    answer_everything,
)

pytestmark = pytest.mark.django_db
NOON = datetime.time(12, tzinfo=datetime.UTC)


@pytest.fixture
def page(site_tree, territories):
    return InitiativePageFactory(commune=territories.die)


def due_on(page):
    return ProgressPlan.objects.get(initiative=page).next_due_on


def test_the_initiative_decides_before_its_region_and_its_region_before_the_network(
    page, territories, settings
):
    settings.BDIS_EVALUATION_MONTHS = 30
    assert (rhythm_of(page).months, rhythm_of(page).chosen_by) == (30, RhythmOf.NETWORK)
    RegionRhythm.objects.create(region=territories.paca, months=12)
    RegionRhythm.objects.create(region=territories.aura, months=18)
    assert (rhythm_of(page).months, rhythm_of(page).chosen_by) == (18, RhythmOf.REGION)
    choose_rhythm(page, 36)
    assert (rhythm_of(page).months, rhythm_of(page).chosen_by) == (36, RhythmOf.INITIATIVE)
    choose_rhythm(page, None)
    assert rhythm_of(page).months == 18


def test_finishing_plans_the_next_evaluation_and_writes_the_results(page):
    evaluation = EvaluationFactory(initiative=page)
    answer_everything(evaluation)
    CommitmentFactory(evaluation=evaluation)
    with time_machine.travel(datetime.datetime(2026, 3, 3, 12, tzinfo=datetime.UTC)):
        finish(evaluation, user=UserFactory())
    assert due_on(page) == datetime.date(2028, 3, 3)
    assert ThemeResult.objects.filter(evaluation=evaluation).count() == 2


def test_a_chosen_rhythm_moves_the_day_that_was_planned_from_the_former(page):
    closed_at = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC)
    ClosedEvaluationFactory(initiative=page, started_at=closed_at)
    plan_next(page, after=closed_at.date())
    choose_rhythm(page, 13)
    assert due_on(page) == datetime.date(2027, 2, 28)
    choose_rhythm(page, None)
    assert due_on(page) == datetime.date(2028, 1, 31)


def test_a_chosen_rhythm_leaves_the_day_of_a_campaign(page):
    ClosedEvaluationFactory(initiative=page)
    asked = datetime.date(2031, 6, 1)
    ProgressPlan.objects.create(initiative=page, next_due_on=asked)
    choose_rhythm(page, 12)
    assert due_on(page) == asked


def test_an_initiative_without_any_evaluation_has_a_rhythm_and_no_day(page):
    choose_rhythm(page, 12)
    assert due_on(page) is None


@pytest.mark.parametrize("months", [0, 11, 37])
def test_a_rhythm_is_from_12_to_36_months(page, months):
    with pytest.raises(ValueError, match="12 to 36"):
        choose_rhythm(page, months)
    assert not ProgressPlan.objects.exists()


@pytest.mark.parametrize("months", [11, 37, "24", 24.0, None, True])
def test_a_setting_that_no_initiative_could_choose_is_refused(settings, months):
    settings.BDIS_EVALUATION_MONTHS = months
    (error,) = check_months(None)
    assert error.id == "bdis_evaluation.E001"
    settings.BDIS_EVALUATION_MONTHS = 36
    assert check_months(None) == []


def test_overdue_is_past_with_nothing_under_way(page):
    day = datetime.date(2026, 5, 4)
    ProgressPlan.objects.create(initiative=page, next_due_on=day)
    assert not is_overdue(page, day)
    later = day + datetime.timedelta(days=1)
    assert is_overdue(page, later)
    EvaluationFactory(initiative=page)
    assert not is_overdue(page, later)


def test_months_later_is_the_same_day_or_the_last_of_the_month():
    assert months_later(datetime.date(2024, 2, 29), 12) == datetime.date(2025, 2, 28)
    assert months_later(datetime.date(2026, 11, 30), 15) == datetime.date(2028, 2, 29)
    assert months_later(datetime.date(2026, 3, 3), -12) == datetime.date(2025, 3, 3)
