"""The evaluations of the demonstration: three stages, written once, and true to the rules."""

from __future__ import annotations

import pytest

from bdis_cms.demo.accounts import ensure_members
from bdis_cms.demo.content import SOURCE
from bdis_cms.models import InitiativeMember
from bdis_evaluation.coevaluating.side_by_side import side_by_side
from bdis_evaluation.cycles.comparing import compare
from bdis_evaluation.cycles.sharing import public_progress
from bdis_evaluation.demo.evaluations import BEGUN, JOINT, TWO_CYCLES, load_evaluations
from bdis_evaluation.demo.grids import load_grids
from bdis_evaluation.evaluating.missing import progress_by_theme
from bdis_evaluation.models import CommitmentState, Evaluation, EvaluationState, QuestionChange
from tests.factories import InitiativePageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(site_tree, territories, settings):
    settings.DEBUG = True
    found = {
        code: InitiativePageFactory(commune=commune, source=SOURCE, external_id=code)
        for code, commune in (
            (TWO_CYCLES, territories.die),
            (JOINT, territories.avignon),
            (BEGUN, territories.die),
        )
    }
    ensure_members()
    load_grids()
    assert load_evaluations() == 3
    return found


def test_a_second_run_changes_nothing(pages):
    before = list(Evaluation.objects.values())
    assert load_evaluations() == 0
    assert list(Evaluation.objects.values()) == before


def test_each_is_opened_by_an_account_of_the_demonstration(pages):
    usernames = InitiativeMember.objects.filter(initiative__in=pages.values())
    opened = set(usernames.values_list("initiative__external_id", "user__username"))
    assert {(TWO_CYCLES, "bastien"), (BEGUN, "bastien"), (JOINT, "mireille")} <= opened


def test_two_cycles_over_two_versions_show_every_kind_of_change(pages):
    earlier, later = Evaluation.objects.filter(initiative=pages[TWO_CYCLES]).order_by("pk")
    assert (earlier.version.number, later.version.number) == (1, 2)
    assert {row.change for row in compare(earlier, later)} == set(QuestionChange)
    assert {one.state for one in earlier.commitments.all()} == set(CommitmentState.values)
    acts = {event.act for one in earlier.commitments.all() for event in one.events.all()}
    assert acts == {"made", "kept", "moved", "dropped"}
    pages[TWO_CYCLES].refresh_from_db()
    shown = public_progress(pages[TWO_CYCLES])
    assert shown.results
    assert shown.commitments
    assert shown.since == earlier.started_at.date()


def test_the_joint_one_has_divergences_to_talk_about(pages):
    evaluation = Evaluation.objects.get(initiative=pages[JOINT])
    assert (evaluation.state, evaluation.kind) == (EvaluationState.SHARED, "joint")
    diverging = [row for _theme, rows in side_by_side(evaluation) for row in rows if row.diverges]
    assert len(diverging) >= 2
    assert all(progress.is_complete for progress in progress_by_theme(evaluation))


def test_the_one_that_has_begun_is_stuck_in_its_second_theme(pages):
    evaluation = Evaluation.objects.get(initiative=pages[BEGUN])
    first, second, *_rest = progress_by_theme(evaluation)
    assert first.is_complete
    assert 0 < second.answered < second.awaited
