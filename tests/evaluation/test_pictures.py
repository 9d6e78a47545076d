"""Pictures of results, and the evolution they draw."""

from __future__ import annotations

import datetime

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from bdis_evaluation.cycles.evolution import evolution
from bdis_evaluation.evaluating.saving import Given, save_answer
from bdis_evaluation.grids.correspondence import decide
from bdis_evaluation.grids.publishing import enter_into_force, new_draft
from bdis_evaluation.models import Evaluation, EvaluationState, GridVersion
from bdis_evaluation.pictures.bars import bar, line
from tests.factories.evaluations import THEMES, EvaluationFactory, level, theme

shares = st.floats(0, 1)


@given(share=shares, before=st.none() | shares)
def test_a_bar_stays_on_its_track(share, before):
    drawn = bar(share, before)
    assert 0 <= drawn.done <= drawn.length
    assert drawn.before is None or drawn.left <= drawn.before <= drawn.left + drawn.length
    assert drawn.left + drawn.length < drawn.width


@given(values=st.lists(st.none() | shares, max_size=6))
def test_a_line_goes_from_left_to_right_inside_its_box(values):
    drawn = line([(str(2020 + number), value) for number, value in enumerate(values)])
    xs = [mark.x for mark in drawn.marks]
    assert xs == sorted(set(xs))
    assert all(0 <= mark.x <= drawn.width and 0 < mark.y < drawn.height for mark in drawn.marks)
    assert len(drawn.marks) == sum(value is not None for value in values)


def test_a_cycle_without_value_interrupts_the_line():
    drawn = line([("2020", 0.1), ("2022", 0.2), ("2024", None), ("2026", 0.5)])
    assert len(drawn.strokes) == 1
    assert [mark.name for mark in drawn.marks] == ["2020", "2022", "2026"]


def test_numbers_of_a_picture_are_not_written_in_french():
    html = render_to_string("components/progress_bar_picture.html", {"bar": bar(1 / 3, 0.111)})
    assert "," not in html
    html = render_to_string("components/evolution_picture.html", {"line": line([("2024", 0.123)])})
    assert "," not in html


@pytest.fixture
def cycles(site_tree, territories, django_user_model):
    """Three cycles over two versions: one question is the same, another is replaced."""
    user = django_user_model.objects.create(username="pilotage")
    first = cycle(EvaluationFactory(), 2020, {"gouv-decisions": 0, "emploi-qualite": 3})
    second = EvaluationFactory(initiative=first.initiative, version=first.version)
    cycle(second, 2022, {"gouv-decisions": 1, "emploi-qualite": 3})
    draft = new_draft(first.grid, user=user)
    draft.themes = [
        THEMES[0],
        theme("emploi", level("emploi-autre", "Vos emplois font-ils vivre ?")),
    ]
    draft.save()
    draft = GridVersion.objects.get(pk=draft.pk)
    gone = ("dropped", "Redit autrement.")
    decide(draft, dict.fromkeys(("emploi-qualite", "emploi-formation", "emploi-recit"), gone))
    enter_into_force(draft, user=user)
    third = EvaluationFactory(initiative=first.initiative, version=draft)
    cycle(third, 2024, {"gouv-decisions": 3, "emploi-autre": 2})
    return [first, second, Evaluation.objects.get(pk=third.pk)]


def cycle(evaluation, year, answers):
    for key, value in answers.items():
        save_answer(evaluation, key, Given(value), base=0, user=None)
    day = datetime.datetime(year, 3, 1, tzinfo=datetime.UTC)
    evaluation.state, evaluation.closed_at, evaluation.started_at = EvaluationState.CLOSED, day, day
    evaluation.save()
    return evaluation


@pytest.mark.django_db
def test_only_what_every_cycle_asked_alike_is_drawn(cycles):
    governance, jobs = evolution(cycles)
    assert [point.share for point in governance.points] == pytest.approx([0, 1 / 3, 1])
    assert (governance.compared, governance.asked) == (2, 2)
    assert not jobs.is_comparable
    assert jobs.points == ()


@pytest.mark.django_db
def test_nothing_to_draw_without_a_cycle():
    assert evolution([]) == []
