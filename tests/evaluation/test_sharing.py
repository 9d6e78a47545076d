"""What others see of a progress approach is what its initiative chose, theme by theme."""

from __future__ import annotations

import datetime

import pytest

from bdis_evaluation.cycles.choosing import share
from bdis_evaluation.cycles.sharing import choices_of, public_progress, shown_evaluation
from bdis_evaluation.evaluating.beginning import begin, say_progress
from bdis_evaluation.evaluating.saving import Given, save_answer
from bdis_evaluation.models import Evaluation, EvaluationState, Shown, ThemeSharing
from tests.factories import InitiativePageFactory, UserFactory
from tests.factories.evaluations import (
    ClosedEvaluationFactory,
    CommitmentFactory,
    EvaluationFactory,
    GridVersionFactory,
)

pytestmark = pytest.mark.django_db
LONG_AGO = datetime.datetime(2023, 5, 4, 12, tzinfo=datetime.UTC)


def close(evaluation: Evaluation, at: datetime.datetime) -> None:
    Evaluation.objects.filter(pk=evaluation.pk).update(state=EvaluationState.CLOSED, closed_at=at)
    evaluation.refresh_from_db()


@pytest.fixture
def user(db):
    return UserFactory()


@pytest.fixture
def page(site_tree, territories):
    return InitiativePageFactory(commune=territories.die)


@pytest.fixture
def version(db):
    return GridVersionFactory()


@pytest.fixture
def evaluation(page, version, user):
    """Finished: 2 of 3 in governance; a commitment in each theme, and one without."""
    evaluation = EvaluationFactory(initiative=page, version=version, started_at=LONG_AGO)
    save_answer(evaluation, "gouv-decisions", Given(2), base=0, user=user)
    for code in ("gouvernance", "emploi", ""):
        CommitmentFactory(evaluation=evaluation, theme=code, aim=f"But {code}")
    close(evaluation, LONG_AGO)
    say_progress(page, user=user)
    return evaluation


def shown(page):
    page.refresh_from_db()
    return public_progress(page)


def test_by_default_others_see_since_when_and_the_commitments(page, evaluation):
    seen = shown(page)
    assert seen.since == LONG_AGO.date()
    assert seen.last_finished_on == LONG_AGO.date()
    assert {one.aim for one in seen.commitments} == {"But gouvernance", "But emploi", "But "}
    assert seen.results == ()
    assert list(choices_of(evaluation).values()) == ["commitments"] * 3


def test_each_level_shows_what_it_says_of_its_theme_alone(page, evaluation, user):
    share(
        evaluation, {"gouvernance": Shown.RESULTS, "emploi": Shown.SINCE, "": "nothing"}, user=user
    )
    seen = shown(page)
    assert seen.themes == ("Gouvernance démocratique", "Qualité des emplois")
    assert [one.aim for one in seen.commitments] == ["But gouvernance"]
    assert [(one.code, one.share) for one in seen.results] == [
        ("gouvernance", pytest.approx(2 / 3))
    ]
    share(evaluation, {"emploi": Shown.NOTHING}, user=user)
    assert shown(page).themes == ("Gouvernance démocratique",)


def test_nothing_of_any_theme_takes_the_badge_and_the_facet_away(page, evaluation, user):
    share(evaluation, dict.fromkeys(choices_of(evaluation), Shown.NOTHING), user=user)
    assert shown(page) is None
    assert (page.progress_state, page.progress_since) == ("", None)
    share(evaluation, {"emploi": Shown.SINCE}, user=user)
    assert shown(page).themes == ("Qualité des emplois",)
    assert page.progress_state == "done"


def test_another_grid_does_not_show_who_chose_to_show_nothing(page, evaluation, user):
    share(evaluation, dict.fromkeys(choices_of(evaluation), Shown.NOTHING), user=user)
    other = ClosedEvaluationFactory(initiative=page)
    say_progress(page, user=user)
    assert shown_evaluation(page) == other
    assert shown(page) is None


def test_results_show_the_way_over_the_cycles(page, evaluation, version, user):
    second = EvaluationFactory(initiative=page, version=version)
    save_answer(second, "gouv-decisions", Given(3), base=0, user=user)
    close(second, LONG_AGO + datetime.timedelta(days=800))
    share(second, {"gouvernance": Shown.RESULTS}, user=user)
    (result,) = shown(page).results
    assert [(one.name, one.share) for one in result.cycles] == [
        ("2023", pytest.approx(2 / 3)),
        ("2025", 1),
    ]
    assert result.line is not None


def test_an_evaluation_under_way_shows_since_when_and_nothing_else(page, version, user):
    evaluation = begin(page, version, user=user)
    save_answer(evaluation, "gouv-decisions", Given(2), base=0, user=user)
    CommitmentFactory(evaluation=evaluation, theme="gouvernance")
    share(evaluation, {"gouvernance": Shown.RESULTS}, user=user)
    seen = shown(page)
    assert seen.is_under_way
    assert (seen.commitments, seen.results) == ((), ())


def test_a_hidden_listing_shows_nothing(evaluation, page):
    page.suspended_at = LONG_AGO
    page.save(update_fields=["suspended_at"], clean=False)
    assert shown(page) is None


@pytest.mark.parametrize("choices", [{"inconnu": "nothing"}, {"emploi": "everything"}])
def test_a_theme_or_level_that_there_is_not_is_refused(evaluation, user, choices):
    with pytest.raises(ValueError, match="no such theme"):
        share(evaluation, choices, user=user)
    assert not ThemeSharing.objects.exists()


def test_a_page_without_any_approach_costs_no_query(page, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert public_progress(page) is None


def test_the_queries_do_not_grow_with_the_cycles(page, evaluation, version, user):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    share(evaluation, {"gouvernance": Shown.RESULTS}, user=user)
    ClosedEvaluationFactory(initiative=page, version=version)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(page)
        return len(captured)

    few = queries()
    for _cycle in range(3):
        ClosedEvaluationFactory(initiative=page, version=version)
    assert queries() <= few


def test_the_api_says_the_state_and_the_day_that_are_shown(page, evaluation, user, client, engine):
    address = f"/api/v1/initiatives/{page.pk}"
    answer = client.get(address).json()
    assert (answer["progress_state"], answer["progress_since"]) == ("done", "2023-05-04")
    share(evaluation, dict.fromkeys(choices_of(evaluation), Shown.NOTHING), user=user)
    answer = client.get(address).json()
    assert (answer["progress_state"], answer["progress_since"]) == ("", None)
