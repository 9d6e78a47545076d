"""Asking others what they see: people by a secret link, peers in their own space."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from bdis_cms.models import InitiativePage
from bdis_cms.throttling import allowed, give_back
from bdis_evaluation.coevaluating import mails
from bdis_evaluation.coevaluating.gathering import lock_gathering
from bdis_evaluation.coevaluating.peers import require_peer
from bdis_evaluation.coevaluating.refusals import (
    AlreadyInvited,
    CoevaluationRefused,
    MailNotSent,
    NotGathering,
    TooManyInvited,
    TooManyMails,
)
from bdis_evaluation.models import Evaluation, GuestAnswer, Invitation, InvitedGroup

#: People and peers asked for one evaluation: their list shows on one page.
MOST_INVITED = 60
_DAY = 24 * 3600
_MOST_OF_ONE_EVALUATION = 90
_MOST_TO_ONE_ADDRESS = 5
_MOST_TO_ONE_GUEST = 2

logger = logging.getLogger("bdis.evaluation")


def invite(evaluation: Evaluation, *, group: str, email: str, user: Any) -> Invitation:
    """Ask whoever reads ``email``, in the capacity ``group``, and send them their link.

    Raises ``NotGathering``, ``AlreadyInvited``, ``TooManyInvited``, ``TooManyMails`` and
    ``MailNotSent``.
    """
    email = email.strip().lower()
    token = new_token()
    invitation = _note(evaluation, user, token, group=group, email=email)
    try:
        _send(invitation, email, lambda: mails.invitation(invitation, token).send())
    except CoevaluationRefused:
        invitation.delete()
        raise
    return invitation


def invite_all(
    evaluation: Evaluation, *, group: str, emails: Iterable[str], user: Any
) -> tuple[list[Invitation], list[tuple[str, CoevaluationRefused]]]:
    """Ask several people; return whom it reached, and each address refused with its reason."""
    asked, refused = [], []
    for email in emails:
        try:
            asked.append(invite(evaluation, group=group, email=email, user=user))
        except CoevaluationRefused as refusal:
            refused.append((email, refusal))
    return asked, refused


def invite_peer(evaluation: Evaluation, *, peer: InitiativePage, user: Any) -> Invitation:
    """Ask another initiative, whose people answer in their space; its owners get an e-mail.

    Raises as ``invite`` does, ``PeerNotProposed`` and ``PeerLinked``.
    """
    require_peer(evaluation.initiative, peer)
    # Nobody holds its secret: peers answer signed in.
    invitation = _note(evaluation, user, new_token(), group=InvitedGroup.PEERS, peer=peer)
    try:
        _send(invitation, f"page {peer.pk}", lambda: mails.send_to_owners(invitation))
    except CoevaluationRefused:
        invitation.delete()
        raise
    return invitation


def resend(invitation: Invitation) -> None:
    """Send a new link to a guest who has not finished; the one before opens nothing any more.

    Nothing goes to one who has, and nothing tells so: who answered is not for the initiative to
    know. Raises ``NotGathering``, ``TooManyMails`` and ``MailNotSent``.
    """
    token, before = new_token(), invitation.secret_hash
    _require_standing(invitation)
    if not allowed("guest mails", str(invitation.pk), _MOST_TO_ONE_GUEST, _DAY):
        raise TooManyMails
    if invitation.answered_at is not None:
        return
    if invitation.peer_id:
        _send(invitation, f"page {invitation.peer_id}", lambda: mails.send_to_owners(invitation))
        return
    _renew(invitation, hash_of(token))
    try:
        mail = mails.invitation(invitation, token)
        _send(invitation, invitation.email, mail.send)
    except CoevaluationRefused:
        _renew(invitation, before)
        raise


@transaction.atomic
def revoke(invitation: Invitation) -> None:
    """Take an invitation back: its link opens nothing, its answers and address are deleted.

    Raises ``NotGathering``.
    """
    lock_gathering(invitation.evaluation)
    GuestAnswer.objects.filter(invitation=invitation).delete()
    invitation.revoked_at, invitation.email = timezone.now(), ""
    invitation.save(update_fields=["revoked_at", "email"])


def new_token() -> str:
    """Return a secret of 32 random bytes, as an address holds it."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return what is stored of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def _note(evaluation: Evaluation, user: Any, token: str, **who: Any) -> Invitation:
    lock_gathering(evaluation)
    standing = Invitation.objects.filter(evaluation=evaluation).standing()
    same = {name: value for name, value in who.items() if name != "group"}
    if standing.filter(**same).exists():
        raise AlreadyInvited(str(next(iter(same.values()))))
    if standing.count() >= MOST_INVITED:
        raise TooManyInvited(MOST_INVITED)
    return Invitation.objects.create(
        evaluation=evaluation, secret_hash=hash_of(token), invited_by=user, **who
    )


@transaction.atomic
def _require_standing(invitation: Invitation) -> None:
    lock_gathering(invitation.evaluation)
    invitation.refresh_from_db(fields=["revoked_at", "answered_at", "email"])
    if invitation.revoked_at is not None:
        raise NotGathering


def _renew(invitation: Invitation, secret_hash: str) -> None:
    invitation.secret_hash = secret_hash
    invitation.save(update_fields=["secret_hash"])


def _send(invitation: Invitation, address: str, send: Any) -> None:
    """Send, within the limits of a day, and note when."""
    limits = (
        (f"evaluation {invitation.evaluation_id}", _MOST_OF_ONE_EVALUATION),
        (address, _MOST_TO_ONE_ADDRESS),
    )
    if not all(allowed("coevaluation", who, most, _DAY) for who, most in limits):
        raise TooManyMails
    try:
        send()
    except Exception as error:
        # What mail servers answer quotes the address: only its kind is told.
        logger.error("A request for an opinion could not be sent (%s).", type(error).__name__)
        for who, _most in limits:
            give_back("coevaluation", who)
        raise MailNotSent from None
    invitation.sent_at = timezone.now()
    invitation.save(update_fields=["sent_at"])
