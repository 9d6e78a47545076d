"""Why an act on the people of an initiative is refused, in the words of who is told."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _


class MembershipRefused(Exception):
    """An act on the people of an initiative that is refused; its text is for who asked."""


@dataclass
class LastOwner(MembershipRefused):
    """Nobody would be left to sign and to invite."""

    title: str

    def __str__(self) -> str:
        return _(
            "“%(title)s” would have no owner left: make somebody else an owner first, or write to "
            "the team of your region."
        ) % {"title": self.title}


@dataclass
class AlreadyMember(MembershipRefused):
    """The address is one of a member."""

    email: str

    def __str__(self) -> str:
        return _("%(email)s belongs to the team already: there is nothing to send.") % {
            "email": self.email
        }


class TeamFull(MembershipRefused):
    """The team is as large as it may be."""

    def __str__(self) -> str:
        return _("The team is full: remove people or invitations that are of no use any more.")


class TooManyInvitations(MembershipRefused):
    """So many e-mails would be a nuisance."""

    def __str__(self) -> str:
        return _("Too many invitations were sent today: try again tomorrow.")


class InvitationNotSent(MembershipRefused):
    """The e-mail did not go; nothing was kept."""

    def __str__(self) -> str:
        return _("The e-mail could not be sent. Nothing was kept: try again later.")


class InvitationOver(MembershipRefused):
    """It was used, revoked, replaced, or it expired."""

    def __str__(self) -> str:
        return _("This invitation is no longer valid: ask for another one.")


class NotTheInvited(MembershipRefused):
    """The invitation was sent to another address than the one of the account."""

    def __str__(self) -> str:
        return _("This invitation is for another address: sign in with the account it was sent to.")
