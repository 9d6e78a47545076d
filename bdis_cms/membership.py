"""The people of an initiative: inviting, joining, changing roles, leaving.

Each act is atomic and leaves a line in the history of the listing, which names nobody but who
acted. The row of the listing is locked first: two acts at once cannot leave it without an owner.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from wagtail.log_actions import log

from bdis_cms import space_mails
from bdis_cms.membership_errors import (
    AlreadyMember,
    InvitationNotSent,
    InvitationOver,
    LastOwner,
    NotTheInvited,
    TeamFull,
    TooManyInvitations,
)
from bdis_cms.models import InitiativeInvitation, InitiativeMember, InitiativePage, MemberRole
from bdis_cms.throttling import allowed, give_back

LOG_INVITE = "bdis_cms.member_invite"
LOG_REVOKE = "bdis_cms.member_revoke"
LOG_JOIN = "bdis_cms.member_join"
LOG_ROLE = "bdis_cms.member_role"
LOG_REMOVE = "bdis_cms.member_remove"

INVITATION_HOLDS = datetime.timedelta(days=14)
#: People and waiting invitations of one initiative: their list shows on one page.
MOST_PEOPLE = 50
_DAY = 24 * 3600
_MOST_OF_ONE_INITIATIVE = 20
_MOST_TO_ONE_ADDRESS = 5

logger = logging.getLogger("bdis.space")


def invite(page: InitiativePage, *, email: str, role: str, by: Any) -> InitiativeInvitation:
    """Invite whoever reads ``email`` to act for ``page``; a new invitation replaces a waiting one.

    Says nothing of whether the address has an account. Raises ``AlreadyMember``, ``TeamFull``,
    ``TooManyInvitations`` or ``InvitationNotSent``.
    """
    email = email.strip().lower()
    InitiativeInvitation.objects.outdated().delete()
    if page.members.filter(user__email__iexact=email).exists():
        raise AlreadyMember(email)
    limits = ((f"page {page.pk}", _MOST_OF_ONE_INITIATIVE), (email, _MOST_TO_ONE_ADDRESS))
    if not all(allowed("invitations", who, most, _DAY) for who, most in limits):
        raise TooManyInvitations
    invitation, token = _noted(page, email, role, by)
    try:
        space_mails.invitation(invitation, token).send()
    except Exception as error:
        # What mail servers answer quotes the address: only its kind is told.
        logger.error("An invitation could not be sent (%s).", type(error).__name__)
        invitation.delete()
        for who, _most in limits:
            give_back("invitations", who)
        raise InvitationNotSent from None
    log(instance=page, action=LOG_INVITE, user=by, data={"role": role})
    return invitation


@transaction.atomic
def _noted(
    page: InitiativePage, email: str, role: str, by: Any
) -> tuple[InitiativeInvitation, str]:
    _lock(page)
    waiting = page.invitations.waiting()
    others = waiting.exclude(email=email).count()
    if page.members.count() + others >= MOST_PEOPLE:
        raise TeamFull
    waiting.filter(email=email).delete()
    token = secrets.token_urlsafe(32)
    invitation = InitiativeInvitation.objects.create(
        initiative=page,
        email=email,
        role=role,
        invited_by=by,
        token_hash=hash_of(token),
        expires_at=timezone.now() + INVITATION_HOLDS,
    )
    return invitation, token


def hash_of(token: str) -> str:
    """Return what is stored of the secret of an invitation."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_of(token: str) -> InitiativeInvitation:
    """Return the invitation that ``token`` opens now; raise ``InvitationOver``."""
    invitations = InitiativeInvitation.objects.open().select_related("initiative", "invited_by")
    invitation = invitations.filter(token_hash=hash_of(token)).first()
    if invitation is None:
        raise InvitationOver
    return invitation


def account_of(email: str) -> Any:
    """Return the account that an address signs in to, ``None`` when there is none."""
    return get_user_model().objects.filter(email__iexact=email).order_by("pk").first()


@transaction.atomic
def accept(invitation: InitiativeInvitation, *, user: Any) -> InitiativeMember:
    """Have ``user`` join; raise ``NotTheInvited`` for another address, ``InvitationOver`` if used.

    Who is a member already keeps the larger of both roles.
    """
    _lock(invitation.initiative)
    current = InitiativeInvitation.objects.open().select_for_update().filter(pk=invitation.pk)
    if not (row := current.first()):
        raise InvitationOver
    if (user.email or "").lower() != row.email:
        raise NotTheInvited
    member, created = InitiativeMember.objects.get_or_create(
        initiative=invitation.initiative, user=user, defaults={"role": row.role}
    )
    if not created and row.role == MemberRole.OWNER:
        member.role = row.role
        member.save(update_fields=["role"])
    row.accepted_at = timezone.now()
    row.save(update_fields=["accepted_at"])
    log(instance=invitation.initiative, action=LOG_JOIN, user=user, data={"role": member.role})
    return member


@transaction.atomic
def accept_with_new_account(
    invitation: InitiativeInvitation, *, first_name: str, last_name: str, password: str | None
) -> Any:
    """Create the account of the invited person, have it join, and return it.

    The link reached the mailbox: the address is theirs. Without password, codes sent to it let in.
    Raises ``NotTheInvited`` when the address has an account already, and ``InvitationOver``.
    """
    _lock(invitation.initiative)
    if account_of(invitation.email):
        raise NotTheInvited
    users = get_user_model()
    user = users(first_name=first_name, last_name=last_name, email=invitation.email)
    if users.get_email_field_name() != users.USERNAME_FIELD:
        setattr(user, users.USERNAME_FIELD, _free_username(f"{first_name} {last_name}"))
    user.set_password(password)
    user.save()
    accept(invitation, user=user)
    return user


def _free_username(name: str) -> str:
    users = get_user_model()
    base = slugify(name)[:40] or "personne"
    taken = users.objects.filter(**{users.USERNAME_FIELD: base}).exists()
    return f"{base}-{secrets.token_hex(4)}" if taken else base


@transaction.atomic
def revoke(invitation: InitiativeInvitation, *, by: Any) -> None:
    """Take an invitation back and erase it: its link opens nothing any more."""
    page, role = invitation.initiative, invitation.role
    invitation.delete()
    log(instance=page, action=LOG_REVOKE, user=by, data={"role": role})


@transaction.atomic
def change_role(member: InitiativeMember, *, role: str, by: Any) -> None:
    """Give a member another role; raise ``LastOwner`` rather than leave nobody to sign."""
    page = _lock(member.initiative)
    if role != MemberRole.OWNER:
        _require_another_owner(page, member)
        _revoke_invitations_of(member)
    member.role = role
    member.save(update_fields=["role"])
    log(instance=page, action=LOG_ROLE, user=by, data={"role": role})


@transaction.atomic
def remove(member: InitiativeMember, *, by: Any, even_last_owner: bool = False) -> None:
    """End what a member may do for the initiative, with the invitations that they sent.

    Raises ``LastOwner``, unless the regional team does it: it then invites another owner.
    """
    page = _lock(member.initiative)
    if not even_last_owner:
        _require_another_owner(page, member)
    _revoke_invitations_of(member)
    role = member.role
    member.delete()
    log(instance=page, action=LOG_REMOVE, user=by, data={"role": role})


def _revoke_invitations_of(member: InitiativeMember) -> None:
    member.initiative.invitations.waiting().filter(invited_by=member.user_id).delete()


def _require_another_owner(page: InitiativePage, member: InitiativeMember) -> None:
    owners = page.members.filter(role=MemberRole.OWNER)
    if owners.filter(pk=member.pk).exists() and not owners.exclude(pk=member.pk).exists():
        raise LastOwner(page.title)


def _lock(page: InitiativePage) -> InitiativePage:
    return InitiativePage.objects.select_for_update().get(pk=page.pk)
