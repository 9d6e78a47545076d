"""Several people save answers, in several tabs: nothing that was written is lost."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bdis_evaluation.evaluating.missing import missing_answers, progress_by_theme
from bdis_evaluation.evaluating.saving import (
    EvaluationNotOpen,
    Given,
    open_conflicts,
    save_answer,
    settle_answer,
)
from bdis_evaluation.grids.kinds import InvalidAnswer
from bdis_evaluation.models import Evaluation, EvaluationState
from tests.factories import InitiativePageFactory
from tests.factories.evaluations import EvaluationFactory, GridVersionFactory

pytestmark = pytest.mark.django_db
KEY = "gouv-decisions"


@pytest.fixture
def evaluation(site_tree, territories):
    return EvaluationFactory()


def stands(evaluation):
    return Given.of(evaluation.answers.filter(key=KEY).first())


def test_an_answer_is_kept_with_who_gave_it(evaluation, django_user_model):
    user = django_user_model.objects.create(username="mireille")
    saved = save_answer(evaluation, KEY, Given(2, comment="Depuis 2019."), base=0, user=user)
    assert (saved.answer.value, saved.answer.comment) == (2, "Depuis 2019.")
    assert (saved.answer.revision, saved.answer.updated_by) == (1, user)
    assert saved.conflict is None


def test_two_values_given_from_the_same_one_are_both_kept(evaluation):
    save_answer(evaluation, KEY, Given(1), base=0, user=None)
    save_answer(evaluation, KEY, Given(2), base=1, user=None)
    late = save_answer(evaluation, KEY, Given(3), base=1, user=None)
    assert late.answer.value == 2
    assert late.conflict.value == 3
    assert [one.value for one in open_conflicts(evaluation)[KEY]] == [3]
    assert missing_answers(evaluation)[0].question.key == KEY


def test_a_value_and_a_comment_changed_apart_are_merged(evaluation):
    save_answer(evaluation, KEY, Given(1), base=0, user=None)
    save_answer(evaluation, KEY, Given(2), base=1, user=None)
    saved = save_answer(evaluation, KEY, Given(1, comment="Vu en équipe."), base=1, user=None)
    assert saved.conflict is None
    assert stands(evaluation) == Given(2, comment="Vu en équipe.")


def test_the_same_save_sent_twice_is_written_once(evaluation):
    save_id = uuid.uuid4()
    save_answer(evaluation, KEY, Given(1), base=0, user=None, save_id=save_id)
    save_answer(evaluation, KEY, Given(2), base=1, user=None)
    again = save_answer(evaluation, KEY, Given(1), base=0, user=None, save_id=save_id)
    assert again.conflict is None
    assert stands(evaluation).value == 2
    assert evaluation.revisions.count() == 2


def test_a_conflict_is_settled_by_who_saw_both(evaluation):
    save_answer(evaluation, KEY, Given(1), base=0, user=None)
    save_answer(evaluation, KEY, Given(3), base=0, user=None)
    settle_answer(evaluation, KEY, Given(3), base=2, user=None)
    assert stands(evaluation).value == 3
    assert open_conflicts(evaluation) == {}
    assert evaluation.revisions.count() == 3


def test_a_conflict_that_came_meanwhile_stays_open(evaluation):
    save_answer(evaluation, KEY, Given(1), base=0, user=None)
    save_answer(evaluation, KEY, Given(3), base=0, user=None)
    save_answer(evaluation, KEY, Given(0), base=0, user=None)
    settle_answer(evaluation, KEY, Given(3), base=2, user=None)
    assert [one.value for one in open_conflicts(evaluation)[KEY]] == [0]


def test_a_choice_made_on_what_another_had_settled_meanwhile_is_not_lost(evaluation):
    save_answer(evaluation, KEY, Given(1), base=0, user=None)
    save_answer(evaluation, KEY, Given(3), base=0, user=None)
    settle_answer(evaluation, KEY, Given(0), base=2, user=None)  # chosen meanwhile
    late = settle_answer(evaluation, KEY, Given(3), base=2, user=None)
    assert stands(evaluation).value == 0
    assert late.conflict.value == 3


def test_lines_end_the_same_way_whatever_the_browser(evaluation):
    save_answer(evaluation, KEY, Given(1, comment="a\r\nb"), base=0, user=None)
    again = save_answer(evaluation, KEY, Given(1, comment="a\nb"), base=0, user=None)
    assert again.conflict is None
    assert stands(evaluation).comment == "a\nb"


@pytest.mark.parametrize("text", ["\x00", "a\ud800b"])
def test_characters_that_no_database_takes_are_refused(evaluation, text):
    for given_value in (Given(1, comment=text), Given(not_applicable=True, reason=text)):
        with pytest.raises(InvalidAnswer):
            save_answer(evaluation, KEY, given_value, base=0, user=None)
    with pytest.raises(InvalidAnswer):
        save_answer(evaluation, "emploi-recit", Given(text), base=0, user=None)


@pytest.mark.parametrize("given_value", [9, -1, True, "2", {"number": 1}, [1]])
def test_what_is_not_a_level_is_refused(evaluation, given_value):
    with pytest.raises(InvalidAnswer):
        save_answer(evaluation, KEY, Given(given_value), base=0, user=None)
    assert not evaluation.revisions.exists()


@pytest.mark.parametrize(
    ("number", "kept"), [("1234.50", "1234.5"), ("0", "0"), ("1e3", "1000"), ("-2", "-2")]
)
def test_figures_are_kept_as_they_are_written(evaluation, number, kept):
    value = {"number": number, "year": 2025}
    saved = save_answer(evaluation, "emploi-formation", Given(value), base=0, user=None)
    assert saved.answer.value == {"number": kept, "year": 2025}


@pytest.mark.parametrize(
    "number",
    ["NaN", "Infinity", "1e400", "1E+400000000", "douze", "", None, "0.0000001"],
)
def test_what_is_no_figure_is_refused(evaluation, number):
    value = {"number": number, "year": 2025}
    with pytest.raises(InvalidAnswer):
        save_answer(evaluation, "emploi-formation", Given(value), base=0, user=None)


def test_a_finished_evaluation_takes_no_answer(evaluation):
    Evaluation.objects.filter(pk=evaluation.pk).update(
        state=EvaluationState.CLOSED, closed_at=evaluation.started_at
    )
    with pytest.raises(EvaluationNotOpen):
        save_answer(evaluation, KEY, Given(1), base=0, user=None)


def test_what_is_missing_is_told_question_by_question(evaluation):
    todo = [(one.theme.code, one.question.key) for one in missing_answers(evaluation)]
    assert todo == [
        ("gouvernance", "gouv-decisions"),
        ("gouvernance", "gouv-comptes"),
        ("emploi", "emploi-qualite"),
        ("emploi", "emploi-formation"),
    ]
    save_answer(evaluation, KEY, Given(1), base=0, user=None)
    save_answer(evaluation, "gouv-comptes", Given(True), base=0, user=None)
    first, second = progress_by_theme(evaluation)
    assert (first.awaited, first.answered) == (2, 1)
    assert [one.question.key for one in first.to_do] == ["gouv-comptes"]  # its evidence
    save_answer(evaluation, "gouv-comptes", Given(True, comment="Sur le site."), base=1, user=None)
    save_answer(evaluation, "emploi-qualite", Given(not_applicable=True), base=0, user=None)
    first, second = progress_by_theme(evaluation)
    assert first.is_complete
    assert [one.question.key for one in second.to_do] == ["emploi-qualite", "emploi-formation"]


@dataclass
class Tab:
    """A browser tab: what it shows, what is typed in it."""

    base: int = 0
    shown: Given = field(default_factory=Given)


positions = st.sampled_from(
    [Given(), Given(0), Given(1), Given(2), Given(not_applicable=True, reason="Sans salarié")]
)
saves = st.tuples(
    st.integers(0, 3), st.sampled_from(["load", "save", "resend"]), positions, st.sampled_from("ab")
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(saves, min_size=1, max_size=14))
def test_nobody_writes_over_what_they_have_not_seen(site_tree, territories, version, page, acts):
    evaluation = EvaluationFactory(version=version, initiative=page, grid=version.grid)
    tabs = [Tab() for _number in range(4)]
    last: dict[int, tuple[Given, int, uuid.UUID]] = {}
    for number, act, position, comment in acts:
        tab = tabs[number]
        if act == "load":
            answer = evaluation.answers.filter(key=KEY).first()
            tab.base, tab.shown = (answer.revision if answer else 0), Given.of(answer)
            continue
        if act == "resend" and number not in last:
            continue
        if act == "save":
            typed = Given(position.value, position.not_applicable, position.reason, comment)
            last[number] = (typed, tab.base, uuid.uuid4())
        typed, base, save_id = last[number]
        before = stands(evaluation)
        saved = save_answer(evaluation, KEY, typed, base=base, user=None, save_id=save_id)
        after = stands(evaluation)
        waiting = [Given.of(one) for one in open_conflicts(evaluation).get(KEY, [])]
        seen = Given.of(evaluation.revisions.filter(key=KEY, number=base).first())
        if act == "resend":
            assert after == before
            continue
        # What stood is replaced only by somebody who had it before their eyes…
        if after.position != before.position:
            assert before.position == seen.position
        if after.comment != before.comment:
            assert before.comment == seen.comment
        # …and what was typed stands, or waits beside, or was not a change.
        for part in ("position", "comment"):
            mine, theirs = getattr(typed, part), getattr(seen, part)
            assert (
                mine == theirs
                or getattr(after, part) == mine
                or mine in [getattr(one, part) for one in waiting]
            )
        if saved.conflict is None and saved.answer:
            tab.base, tab.shown = saved.answer.revision, after
    evaluation.delete()


@pytest.fixture
def version(db):
    return GridVersionFactory()


@pytest.fixture
def page(site_tree, territories):
    return InitiativePageFactory()
