"""What tests of the co-evaluation share: an initiative whose evaluation is open to others."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bdis_evaluation.coevaluating import gathering, inviting
from bdis_evaluation.models import Evaluation, GuestAnswer, Invitation, InvitedGroup
from tests.factories import InitiativeMemberFactory, InitiativePageFactory
from tests.factories.evaluations import EvaluationFactory

KEY = "gouv-decisions"
SECRET = "Rien-n-est-dit-de-cela"


def soon(days: int = 20) -> datetime.date:
    """Return a day to come."""
    return timezone.localdate() + datetime.timedelta(days=days)


def opened(territories: Any, **fields: Any) -> SimpleNamespace:
    """Return an initiative of Die with its people, and an evaluation open to others."""
    page = InitiativePageFactory(
        title="Les Paniers de Die", commune=territories.die, charter_signed_on=timezone.localdate()
    )
    evaluation = EvaluationFactory(initiative=page, **fields)
    owner = InitiativeMemberFactory(initiative=page, owner=True).user
    gathering.share(evaluation, until=soon(), user=owner)
    return SimpleNamespace(
        page=page,
        evaluation=evaluation,
        owner=owner,
        contributor=InitiativeMemberFactory(initiative=page).user,
    )


def asked(
    evaluation: Evaluation, email: str = "", group: str = InvitedGroup.USERS
) -> tuple[Invitation, str]:
    """Return an invitation and its secret, without an e-mail."""
    token = inviting.new_token()
    number = Invitation.objects.count()
    invitation = Invitation.objects.create(
        evaluation=evaluation,
        group=group,
        email=email or f"invite{number}@exemple.fr",
        secret_hash=inviting.hash_of(token),
        sent_at=timezone.now(),
    )
    return invitation, token


def answered(
    evaluation: Evaluation, value: Any, *, comment: str = "", key: str = KEY, **options: Any
) -> Invitation:
    """Return the invitation of somebody who has finished, with one answer."""
    invitation, _token = asked(evaluation, **options)
    GuestAnswer.objects.create(invitation=invitation, key=key, value=value, comment=comment)
    invitation.answered_at = timezone.now()
    invitation.save()
    return invitation


def closed(evaluation: Evaluation) -> Evaluation:
    """Close the gathering."""
    return gathering.gather(evaluation, user=None)


def peer_of(territories: Any, **fields: Any) -> SimpleNamespace:
    """Return an initiative that may be asked as a peer, with its people."""
    options = {
        "title": "Le Fournil de Valence",
        "commune": territories.valence,
        "charter_signed_on": timezone.localdate(),
    }
    page = InitiativePageFactory(**(options | fields))
    return SimpleNamespace(
        page=page,
        owner=InitiativeMemberFactory(initiative=page, owner=True).user,
        contributor=InitiativeMemberFactory(initiative=page).user,
    )


def guest_url(token: str, name: str = "welcome", *more: Any) -> str:
    """Return the address of a page of a guest."""
    return reverse(f"bdis_opinion:{name}", args=[token, *more])


def space_url(evaluation: Evaluation, name: str = "gathering", *more: Any) -> str:
    """Return the address of a page of the gathering."""
    return reverse(
        f"bdis_coevaluation:{name}", args=[evaluation.initiative_id, evaluation.pk, *more]
    )


def visitor(**options: Any) -> Client:
    """Return the browser of somebody without account; faults of views are answers."""
    return Client(raise_request_exception=False, **options)
