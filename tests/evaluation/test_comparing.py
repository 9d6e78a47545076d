"""Two cycles over two versions of a grid: only the same question is compared."""

from __future__ import annotations

import copy

import pytest

from bdis_evaluation.cycles.comparing import compare
from bdis_evaluation.cycles.results import record_results
from bdis_evaluation.evaluating.saving import Given, save_answer
from bdis_evaluation.grids.correspondence import decide
from bdis_evaluation.grids.publishing import enter_into_force, new_draft
from bdis_evaluation.models import (
    AgreedAnswer,
    Evaluation,
    EvaluationState,
    GridVersion,
    JointMeeting,
    QuestionChange,
    ThemeResult,
)
from tests.factories.evaluations import (
    THEMES,
    EvaluationFactory,
    GridFactory,
    GridVersionFactory,
    level,
    theme,
    yes_no,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycles(site_tree, territories, django_user_model):
    """Two cycles: a question is the same, one changed, one is new, two are dropped."""
    user = django_user_model.objects.create(username="pilotage")
    first = EvaluationFactory(version=GridVersionFactory(grid=GridFactory(), themes=THEMES))
    for key, value in {
        "gouv-decisions": 1,
        "gouv-comptes": False,
        "emploi-qualite": 2,
        "emploi-recit": "Une embauche.",
    }.items():
        save_answer(first, key, Given(value), base=0, user=None)
    Evaluation.objects.filter(pk=first.pk).update(
        state=EvaluationState.CLOSED, closed_at=first.started_at
    )
    draft = new_draft(first.grid, user=user)
    themes = copy.deepcopy(THEMES)
    draft.themes = [
        theme(
            "gouvernance",
            themes[0]["value"]["items"][0],
            yes_no("gouv-comptes", "Publiez-vous vos comptes en ligne ?", evidence=True),
            level("gouv-parite", "La parité est-elle réelle ?"),
        ),
        theme("emploi", themes[1]["value"]["items"][0]),
    ]
    draft.save()
    draft = GridVersion.objects.get(pk=draft.pk)
    gone = (QuestionChange.DROPPED, "Redit autrement.")
    decide(
        draft,
        {
            "gouv-comptes": (QuestionChange.CHANGED, "En ligne, et non plus sur demande."),
            "emploi-formation": gone,
            "emploi-recit": gone,
        },
    )
    enter_into_force(draft, user=user)
    second = EvaluationFactory(initiative=first.initiative, version=draft)
    for key, value in {"gouv-decisions": 3, "gouv-comptes": True, "gouv-parite": 0}.items():
        save_answer(second, key, Given(value, comment="Vu."), base=0, user=None)
    na = Given(not_applicable=True, reason="Aucun emploi")
    save_answer(second, "emploi-qualite", na, base=0, user=None)
    return first, second


def test_each_kind_of_change_is_told(cycles):
    rows = {row.question.key: row for row in compare(*cycles)}
    same, changed, new = rows["gouv-decisions"], rows["gouv-comptes"], rows["gouv-parite"]
    assert (same.change, same.earlier, same.later) == ("same", "Premiers pas", "Partagé")
    assert same.moved == pytest.approx(2 / 3)
    assert (changed.change, changed.earlier, changed.later) == ("changed", "Non", "Oui")
    assert changed.moved is None
    assert not changed.is_comparable
    assert (new.change, new.earlier, new.later) == ("new", "", "Pas encore")
    dropped = rows["emploi-recit"]
    assert (dropped.change, dropped.earlier, dropped.later) == ("dropped", "Une embauche.", "")
    assert rows["emploi-formation"].change == "dropped"


def test_the_same_question_that_does_not_apply_any_more_is_not_drawn(cycles):
    row = next(row for row in compare(*cycles) if row.question.key == "emploi-qualite")
    assert (row.change, row.moved) == ("same", None)
    assert row.later == "Ne s’applique pas\u202f: Aucun emploi"


def test_the_questions_of_the_later_grid_come_first_in_order(cycles):
    keys = [row.question.key for row in compare(*cycles)]
    assert keys == [
        "gouv-decisions",
        "gouv-comptes",
        "gouv-parite",
        "emploi-qualite",
        "emploi-formation",
        "emploi-recit",
    ]


def test_results_are_the_weighted_mean_of_what_is_drawn(cycles):
    first, second = cycles
    record_results(first)
    record_results(second)
    shares = dict(ThemeResult.objects.filter(evaluation=first).values_list("theme", "share"))
    assert shares == pytest.approx({"gouvernance": (1 / 3 + 0) / 2, "emploi": 2 / 3})
    result = second.results.get(theme="emploi")
    assert (result.share, result.answered, result.awaited) == (None, 0, 0)


def test_what_a_meeting_agreed_on_stands_in_the_results(cycles):
    first, _second = cycles
    meeting = JointMeeting.objects.create(evaluation=first, held_on=first.started_at.date())
    AgreedAnswer.objects.create(meeting=meeting, key="emploi-qualite", value=0)
    record_results(Evaluation.objects.get(pk=first.pk))
    assert first.results.get(theme="emploi").share == 0
