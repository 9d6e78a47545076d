"""Asking others: once each, within limits, and with nothing kept of who they are afterwards."""

from __future__ import annotations

import datetime

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from wagtail import hooks

from bdis_evaluation.coevaluating import gathering, inviting, refusals
from bdis_evaluation.coevaluating.closing import (
    EvaluatorUnknown,
    GatheringNotOver,
    MeetingNotHeld,
    forget_late_guests,
)
from bdis_evaluation.coevaluating.external import go_without_evaluator, name_evaluator
from bdis_evaluation.coevaluating.meeting import record_meeting
from bdis_evaluation.coevaluating.peers import peers_for
from bdis_evaluation.coevaluating.side_by_side import side_by_side
from bdis_evaluation.evaluating.finishing import abandon, finish
from bdis_evaluation.evaluating.saving import Given
from bdis_evaluation.models import (
    EvaluationKind,
    EvaluationState,
    EvidenceFile,
    GuestAnswer,
    Invitation,
    InvitedGroup,
)
from tests.evaluation.coevaluating import KEY, answered, asked, closed, opened, peer_of, soon
from tests.factories import InitiativeMemberFactory, InitiativePageFactory
from tests.factories.evaluations import (
    CommitmentFactory,
    EvaluationFactory,
    answer_everything,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def shared(site_tree, territories):
    return opened(territories)


def invite(shared, email="lea@exemple.fr", group=InvitedGroup.USERS):
    return inviting.invite(shared.evaluation, group=group, email=email, user=shared.owner)


def token_in(message) -> str:
    return message.body.split("/evaluation/avis/")[1].split("/")[0]


def test_sharing_makes_it_a_joint_evaluation_and_does_so_once(shared):
    assert shared.evaluation.kind == EvaluationKind.JOINT
    assert shared.evaluation.state == EvaluationState.SHARED
    with pytest.raises(refusals.NotADraftEvaluation):
        gathering.share(shared.evaluation, until=soon(), user=shared.owner)


@pytest.mark.parametrize("days", [-1, 0, 184])
def test_the_last_day_is_ahead_and_not_too_far(site_tree, territories, days):
    with pytest.raises(refusals.EndNotAhead):
        gathering.share(EvaluationFactory(), until=soon(days), user=None)


def test_one_goes_back_while_nobody_was_asked(shared):
    gathering.unshare(shared.evaluation)
    assert shared.evaluation.kind == EvaluationKind.SELF
    gathering.share(shared.evaluation, until=soon(), user=None)
    asked(shared.evaluation)
    with pytest.raises(refusals.SomebodyWasAsked):
        gathering.unshare(shared.evaluation)


def test_an_invitation_sends_one_mail_with_a_link_of_which_the_hash_alone_is_kept(shared):
    invitation = invite(shared, " Lea@Exemple.fr ")
    (message,) = mail.outbox
    token = token_in(message)
    assert message.to == ["lea@exemple.fr"]
    assert len(token) == 43
    assert message.body.count("\n\n") >= 5
    assert invitation.secret_hash == inviting.hash_of(token)
    assert token not in str(Invitation.objects.values().get())
    html = message.alternatives[0][0]
    for body in (message.body, html):
        assert "Les Paniers de Die" in body
        assert token in body
        assert "3" in body
        assert "<img" not in body


def test_nobody_is_asked_twice_whatever_the_case_of_the_address(shared):
    invite(shared)
    with pytest.raises(refusals.AlreadyInvited):
        invite(shared, "LEA@exemple.fr", InvitedGroup.PARTNERS)
    assert len(mail.outbox) == 1


def test_several_are_asked_at_once_and_each_refusal_is_told(shared):
    invite(shared)
    reached, refused = inviting.invite_all(
        shared.evaluation,
        group=InvitedGroup.EMPLOYEES,
        emails=["a@exemple.fr", "lea@exemple.fr"],
        user=shared.owner,
    )
    assert [one.email for one in reached] == ["a@exemple.fr"]
    assert [(email, type(why)) for email, why in refused] == [
        ("lea@exemple.fr", refusals.AlreadyInvited)
    ]


def test_an_evaluation_asks_so_many_and_an_address_is_written_to_so_often(shared, monkeypatch):
    monkeypatch.setattr(inviting, "MOST_INVITED", 2)
    for number in range(2):
        asked(shared.evaluation, f"p{number}@exemple.fr")
    with pytest.raises(refusals.TooManyInvited):
        invite(shared)
    monkeypatch.setattr(inviting, "MOST_INVITED", 20)
    monkeypatch.setattr(inviting, "_MOST_TO_ONE_ADDRESS", 1)
    inviting.revoke(invite(shared))
    with pytest.raises(refusals.TooManyMails):
        invite(shared)
    monkeypatch.setattr(inviting, "_MOST_OF_ONE_EVALUATION", 1)
    with pytest.raises(refusals.TooManyMails):
        invite(shared, "autre@exemple.fr")
    assert len(mail.outbox) == 1
    assert not Invitation.objects.filter(email="autre@exemple.fr").exists()


def test_a_mail_that_does_not_go_leaves_nothing(shared, settings):
    settings.EMAIL_BACKEND = "nowhere.at.all"
    with pytest.raises(refusals.MailNotSent):
        invite(shared)
    assert not Invitation.objects.exists()


def test_sending_again_makes_another_link(shared):
    invitation = invite(shared)
    inviting.resend(invitation)
    first, second = map(token_in, mail.outbox)
    invitation.refresh_from_db()
    assert invitation.secret_hash == inviting.hash_of(second) != inviting.hash_of(first)


def test_nothing_goes_to_one_who_has_finished_and_nothing_tells_it(shared):
    inviting.resend(answered(shared.evaluation, 1))
    assert mail.outbox == []


def test_a_guest_is_reminded_twice_a_day_at_most(shared):
    invitation, _token = asked(shared.evaluation)
    for _time in range(2):
        inviting.resend(invitation)
    with pytest.raises(refusals.TooManyMails):
        inviting.resend(invitation)


def test_the_link_before_stays_when_the_new_one_does_not_go(shared, settings):
    invitation, token = asked(shared.evaluation)
    settings.EMAIL_BACKEND = "nowhere.at.all"
    with pytest.raises(refusals.MailNotSent):
        inviting.resend(invitation)
    invitation.refresh_from_db()
    assert invitation.secret_hash == inviting.hash_of(token)


def test_taking_back_deletes_what_was_said_and_the_address(shared):
    invitation = answered(shared.evaluation, 1)
    inviting.revoke(invitation)
    invitation.refresh_from_db()
    assert (invitation.email, invitation.answers.count()) == ("", 0)
    with pytest.raises(refusals.NotGathering):
        inviting.resend(invitation)


def test_closing_forgets_addresses_and_what_nobody_said_to_have_finished(shared):
    done = answered(shared.evaluation, 1)
    begun, _token = asked(shared.evaluation)
    GuestAnswer.objects.create(invitation=begun, key=KEY, value=2)
    with pytest.raises(GatheringNotOver):
        side_by_side(shared.evaluation)
    closed(shared.evaluation)
    assert set(Invitation.objects.values_list("email", flat=True)) == {""}
    assert list(GuestAnswer.objects.values_list("invitation", flat=True)) == [done.pk]
    assert side_by_side(shared.evaluation)
    for act in (
        lambda: invite(shared),
        lambda: inviting.resend(done),
        lambda: inviting.revoke(done),
        lambda: closed(shared.evaluation),
        lambda: gathering.postpone(shared.evaluation, until=soon()),
        lambda: gathering.unshare(shared.evaluation),
    ):
        with pytest.raises(refusals.NotGathering):
            act()


def test_abandoning_forgets_guests_too(shared):
    asked(shared.evaluation)
    abandon(shared.evaluation, reason="Trop tôt.", user=shared.owner)
    assert Invitation.objects.get().email == ""


def test_peers_are_public_adhering_neighbours_that_somebody_may_answer_for(shared, territories):
    good = peer_of(territories)
    peer_of(territories, title="Suspendue", suspended=True)
    peer_of(territories, title="Sans charte", charter_signed_on=None)
    peer_of(territories, title="Ailleurs", commune=territories.avignon)
    InitiativePageFactory(commune=territories.die, charter_signed_on=timezone.localdate())
    assert list(peers_for(shared.page)) == [good.page]
    assert list(peers_for(shared.page, "fournil valence")) == [good.page]
    assert not peers_for(shared.page, "introuvable").exists()


def test_linked_initiatives_are_told_and_refused_unless_the_network_accepts(
    shared, territories, settings
):
    branch = peer_of(territories, title="Antenne", parent_structure=shared.page)
    cousin = peer_of(territories, title="Collègue")
    InitiativeMemberFactory(initiative=cousin.page, user=shared.owner)
    free = peer_of(territories)
    assert {peer.title: peer.is_linked for peer in peers_for(shared.page)} == {
        "Antenne": True,
        "Collègue": True,
        "Le Fournil de Valence": False,
    }
    for peer in (branch, cousin):
        with pytest.raises(refusals.PeerLinked):
            inviting.invite_peer(shared.evaluation, peer=peer.page, user=shared.owner)
    with pytest.raises(refusals.PeerNotProposed):
        inviting.invite_peer(shared.evaluation, peer=shared.page, user=shared.owner)
    settings.BDIS_LINKED_PEERS = True
    for peer in (branch, free):
        inviting.invite_peer(shared.evaluation, peer=peer.page, user=shared.owner)
    with pytest.raises(refusals.AlreadyInvited):
        inviting.invite_peer(shared.evaluation, peer=free.page, user=shared.owner)


def test_the_owners_of_a_peer_are_told_and_no_secret_leaves(shared, territories):
    peer = peer_of(territories)
    invitation = inviting.invite_peer(shared.evaluation, peer=peer.page, user=shared.owner)
    (message,) = mail.outbox
    assert message.to == [peer.owner.email]
    assert f"/mon-espace/{peer.page.pk}/avis/{invitation.pk}/" in message.body
    assert "/evaluation/avis/" not in message.body


def test_a_joint_evaluation_ends_after_its_gathering_and_its_meeting(shared):
    answer_everything(shared.evaluation)
    CommitmentFactory(evaluation=shared.evaluation)
    with pytest.raises(GatheringNotOver):
        finish(shared.evaluation, user=shared.owner)
    closed(shared.evaluation)
    with pytest.raises(MeetingNotHeld):
        finish(shared.evaluation, user=shared.owner)
    meet(shared.evaluation)
    assert finish(shared.evaluation, user=shared.owner).state == EvaluationState.CLOSED


def meet(evaluation, agreed=None, held_on=None):
    return record_meeting(
        evaluation,
        held_on=held_on or timezone.localdate(),
        present="Deux salariées, la mairie",
        summary="",
        agreed=agreed or {},
        user=None,
    )


def test_the_meeting_keeps_own_answers_and_what_was_agreed_instead(shared):
    answer_everything(shared.evaluation)
    with pytest.raises(GatheringNotOver):
        meet(shared.evaluation)
    closed(shared.evaluation)
    with pytest.raises(refusals.NotTodayYet):
        meet(shared.evaluation, held_on=soon(1))
    meeting = meet(shared.evaluation, {KEY: Given(1, comment="Plutôt un début.")})
    kept = {answer.key: (answer.value, answer.comment) for answer in meeting.agreed.all()}
    assert kept[KEY] == (1, "Plutôt un début.")
    assert kept["gouv-comptes"] == (True, "")
    meet(shared.evaluation, {"gouv-comptes": Given(False)})
    kept = {answer.key: answer.value for answer in meeting.agreed.all()}
    assert (kept[KEY], kept["gouv-comptes"]) == (1, False)
    assert shared.evaluation.answers.get(key=KEY).value == 2


def test_an_external_evaluation_ends_with_its_evaluator_and_their_report(
    site_tree, territories, settings, tmp_path
):
    settings.BDIS_PRIVATE_ROOT = str(tmp_path)
    evaluation = EvaluationFactory()
    answer_everything(evaluation)
    CommitmentFactory(evaluation=evaluation)
    name_evaluator(evaluation, name="Ana Ruiz", organisation="Université", user=None)
    with pytest.raises(EvaluatorUnknown):
        finish(evaluation, user=None)
    report = SimpleUploadedFile("rapport.pdf", b"%PDF-1.7 ")
    name_evaluator(evaluation, name="Ana Ruiz", organisation="Labo", report=report, user=None)
    go_without_evaluator(evaluation)
    assert (evaluation.kind, EvidenceFile.objects.count()) == (EvaluationKind.SELF, 0)
    report = SimpleUploadedFile("rapport.pdf", b"%PDF-1.7 ")
    name_evaluator(evaluation, name="Ana Ruiz", organisation="Labo", report=report, user=None)
    assert finish(evaluation, user=None).state == EvaluationState.CLOSED


def test_answers_are_taken_until_the_last_day_and_no_later(shared):
    asked(shared.evaluation)
    assert Invitation.objects.open().count() == 1
    shared.evaluation.answers_until = timezone.localdate() - datetime.timedelta(days=1)
    shared.evaluation.save()
    assert not Invitation.objects.open().exists()


def test_addresses_of_a_gathering_that_nobody_closes_are_forgotten(shared):
    asked(shared.evaluation)
    end = timezone.now() + datetime.timedelta(days=20)
    forget_late_guests(end + datetime.timedelta(days=92), dry_run=True)
    for days, kept in ((90, 1), (92, 0)):
        assert forget_late_guests(end + datetime.timedelta(days=days)) == 0
        assert Invitation.objects.exclude(email="").count() == kept
    assert any(hook == forget_late_guests for hook in hooks.get_hooks("register_bdis_reminders"))
