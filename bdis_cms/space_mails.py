"""E-mails of the space."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from bdis_cms.mails import absolute, compose
from bdis_cms.models import InitiativeInvitation


def invitation(invitation: InitiativeInvitation, token: str) -> EmailMultiAlternatives:
    """Return the e-mail that holds the secret link of an invitation: nothing else ever does."""
    # Who is invited has not chosen a language yet: they get the site's.
    with translation.override(settings.LANGUAGE_CODE):
        title = invitation.initiative.title
        context = {
            "invitation": invitation,
            "inviter": inviter_of(invitation),
            "title": title,
            "url": absolute(reverse("bdis_space:invitation", args=[token])),
        }
        subject = _("Join the team of %(title)s") % {"title": title}
        return compose(
            "bdis_cms/mail/invitation", to=invitation.email, subject=subject, context=context
        )


def inviter_of(invitation: InitiativeInvitation) -> str:
    """Name who invites: a member of the initiative by name, the regional team as a team."""
    user = invitation.invited_by
    if user and invitation.initiative.members.filter(user=user).exists():
        return str(user.get_full_name()) or _("A member of the team")
    region = invitation.initiative.get_parent()
    return _("The team of the directory in %(region)s") % {"region": region.title}
