"""What guests say is shown beside what the initiative says, and gives nobody away."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from bdis_evaluation.coevaluating.side_by_side import side_by_side
from bdis_evaluation.evaluating.saving import Given, save_answer
from bdis_evaluation.models import GuestAnswer, Invitation, InvitedGroup
from tests.factories import InitiativePageFactory
from tests.factories.evaluations import EvaluationFactory

pytestmark = pytest.mark.django_db
KEY = "gouv-decisions"


@pytest.fixture
def evaluation(site_tree, territories):
    evaluation = EvaluationFactory()
    save_answer(evaluation, KEY, Given(3), base=0, user=None)
    return evaluation


def guest(
    evaluation, value, *, group=InvitedGroup.USERS, peer=None, comment="", key=KEY, done=True
):
    invitation = Invitation.objects.create(
        evaluation=evaluation,
        group=InvitedGroup.PEERS if peer else group,
        peer=peer,
        secret_hash=uuid.uuid4().hex,
        answered_at=timezone.now() if done else None,
    )
    GuestAnswer.objects.create(invitation=invitation, key=key, value=value, comment=comment)
    return invitation


def row(evaluation, key=KEY):
    rows = [row for _theme, rows in side_by_side(evaluation) for row in rows]
    return next(row for row in rows if row.question.key == key)


def test_two_stakeholders_are_not_shown(evaluation):
    guest(evaluation, 0, comment="Rien n’est dit.")
    guest(evaluation, 1)
    seen = row(evaluation)
    assert (seen.stakeholders, seen.groups, seen.comments, seen.gap) == (None, (), (), None)


def test_three_stakeholders_are_shown_together_and_their_divergence_told(evaluation):
    for value in (0, 1, 1):
        guest(evaluation, value)
    seen = row(evaluation)
    assert seen.stakeholders.values == (("Pas encore", 1), ("Premiers pas", 2))
    assert seen.gap == pytest.approx(2 / 9 - 1)
    assert seen.diverges


def test_one_who_has_not_finished_or_was_taken_back_does_not_count(evaluation):
    guest(evaluation, 0)
    guest(evaluation, 0)
    guest(evaluation, 0, done=False)
    Invitation.objects.filter(pk=guest(evaluation, 0).pk).update(revoked_at=timezone.now())
    assert row(evaluation).stakeholders is None


def test_a_group_is_not_shown_apart_when_the_rest_would_be_told_by_subtraction(evaluation):
    for value in (0, 1, 2):
        guest(evaluation, value, group=InvitedGroup.EMPLOYEES)
    guest(evaluation, 3, group=InvitedGroup.PARTNERS)
    seen = row(evaluation)
    assert seen.stakeholders.count == 4
    assert seen.groups == ()
    guest(evaluation, 3, group=InvitedGroup.USERS)
    guest(evaluation, 3, group=InvitedGroup.USERS)
    assert [(one.group, one.count) for one in row(evaluation).groups] == [("employees", 3)]


def test_figures_and_texts_of_stakeholders_are_never_listed(evaluation):
    for number in ("1", "2", "3"):
        value = {"number": number, "year": 2025}
        guest(evaluation, value, key="emploi-formation")
    assert row(evaluation, "emploi-formation").stakeholders.values == ()


def test_comments_are_shown_from_three_on_in_nobodys_order(evaluation):
    for value, comment in ((1, "c"), (1, "a"), (2, "")):
        guest(evaluation, value, comment=comment)
    assert row(evaluation).comments == ()
    guest(evaluation, 2, comment="b")
    assert row(evaluation).comments == ("a", "b", "c")


def test_a_peer_answers_in_its_name(evaluation):
    peer = InitiativePageFactory(title="Le Fournil d’à côté")
    guest(evaluation, 3, peer=peer, comment="Belle assemblée.")
    seen = row(evaluation)
    assert [(one.peer, one.said, one.comment) for one in seen.peers] == [
        ("Le Fournil d’à côté", "Partagé", "Belle assemblée.")
    ]
    assert not seen.diverges


def test_it_takes_the_same_queries_however_many_answer(evaluation, django_assert_num_queries):
    for value in range(4):
        guest(evaluation, value)
    assert evaluation.version.content
    with django_assert_num_queries(3):
        side_by_side(evaluation)
