"""E-mails of the co-evaluation: who asks, why, how long it takes, what is shown of it."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from bdis_cms.mails import absolute, compose
from bdis_cms.models import InitiativePage, MemberRole
from bdis_evaluation.coevaluating.asking import minutes_for
from bdis_evaluation.coevaluating.side_by_side import FEWEST
from bdis_evaluation.models import Invitation

_MOST_OWNERS = 10


def invitation(invitation: Invitation, token: str) -> EmailMultiAlternatives:
    """Return the e-mail that holds the secret link of a guest: nothing else ever does."""
    url = absolute(reverse("bdis_opinion:welcome", args=[token]))
    return _request(invitation, invitation.email, url, "bdis_evaluation/mail/opinion")


def send_to_owners(invitation: Invitation) -> int:
    """Tell the owners of a peer that an opinion is asked of it; return how many were told."""
    peer = cast(InitiativePage, invitation.peer)
    url = absolute(reverse("bdis_peer_opinion:welcome", args=[peer.pk, invitation.pk]))
    owners = peer.members.filter(role=MemberRole.OWNER).exclude(user__email="")
    addresses = owners.values_list("user__email", flat=True)[:_MOST_OWNERS]
    messages = [
        _request(invitation, address, url, "bdis_evaluation/mail/peer_opinion")
        for address in addresses
    ]
    return get_connection().send_messages(messages) or 0 if messages else 0


def _request(invitation: Invitation, to: str, url: str, template: str) -> EmailMultiAlternatives:
    # Who is asked has not chosen a language yet: they get the site's.
    with translation.override(settings.LANGUAGE_CODE):
        evaluation = invitation.evaluation
        title = evaluation.initiative.title
        context: dict[str, Any] = {
            "title": title,
            "peer": invitation.peer,
            "group": invitation.get_group_display(),
            "minutes": minutes_for(invitation),
            "until": evaluation.answers_until,
            "fewest": FEWEST,
            "url": url,
        }
        subject = _("Your opinion of “%(title)s”") % {"title": title}
        return compose(template, to=to, subject=subject, context=context)
