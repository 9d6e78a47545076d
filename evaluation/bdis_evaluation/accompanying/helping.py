"""What the team of a region does for an initiative: assign, note, write to its owners."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from bdis_cms.mails import absolute, compose
from bdis_cms.models import InitiativePage, MemberRole
from bdis_cms.throttling import allowed, give_back
from bdis_evaluation.accompanying.access import region_page_of, team_of
from bdis_evaluation.models import AccompanistNote, Evaluation

LOG_ASSIGN = "bdis_evaluation.assign"
LOG_WRITE = "bdis_evaluation.write"
_DAY = 24 * 3600
_MOST_OF_ONE_PERSON = 40
_MOST_TO_ONE_INITIATIVE = 3
_MOST_OWNERS = 10

logger = logging.getLogger("bdis.evaluation")


class HelpRefused(Exception):
    """An act of the region that is refused; its text is for who asked."""


@dataclass
class NotOfTheTeam(HelpRefused):
    """An accompanist is of the team of the region."""

    def __str__(self) -> str:
        return _("Choose somebody of the team of the region.")


@dataclass
class NobodyToWriteTo(HelpRefused):
    """No owner of the initiative has an account."""

    def __str__(self) -> str:
        return _("This initiative has no owner to write to: invite one from its listing.")


@dataclass
class TooManyMessages(HelpRefused):
    """So many messages would be a nuisance."""

    def __str__(self) -> str:
        return _("Enough messages for today, to this initiative or in all: try tomorrow.")


@dataclass
class MessageNotSent(HelpRefused):
    """The mail server refused."""

    def __str__(self) -> str:
        return _("The message could not be sent: try again later.")


@transaction.atomic
def assign(evaluation: Evaluation, *, accompanist: Any, user: Any) -> Evaluation:
    """Have somebody of the region's team accompany an evaluation, nobody with ``None``.

    Raises ``NotOfTheTeam``.
    """
    if accompanist is not None:
        region = region_page_of(evaluation.initiative)
        if region is None or not team_of(region).filter(pk=accompanist.pk).exists():
            raise NotOfTheTeam
    evaluation.accompanist = accompanist
    evaluation.save(update_fields=["accompanist"])
    log(instance=evaluation, action=LOG_ASSIGN, user=user)
    return evaluation


def note(page: InitiativePage, *, text: str, author: Any) -> AccompanistNote:
    """Write a note for the team."""
    return AccompanistNote.objects.create(initiative=page, author=author, text=text.strip())


def owners_of(page: InitiativePage) -> list[str]:
    """Return the addresses of the owners, bounded."""
    owners = page.members.filter(role=MemberRole.OWNER, user__is_active=True)
    return list(owners.exclude(user__email="").values_list("user__email", flat=True)[:_MOST_OWNERS])


def write_to_owners(page: InitiativePage, *, subject: str, text: str, user: Any) -> int:
    """Send a message to each owner, apart, whose answers go to ``user``; return their number.

    Raises ``NobodyToWriteTo``, ``TooManyMessages`` and ``MessageNotSent``.
    """
    addresses = owners_of(page)
    if not addresses:
        raise NobodyToWriteTo
    limits = (
        (f"user {user.pk}", _MOST_OF_ONE_PERSON),
        (f"page {page.pk}", _MOST_TO_ONE_INITIATIVE),
    )
    if not all(allowed("desk", who, most, _DAY) for who, most in limits):
        raise TooManyMessages
    messages = [_message(page, address, subject, text, user) for address in addresses]
    try:
        sent = get_connection().send_messages(messages) or 0
    except Exception as error:
        # What mail servers answer quotes the address: only its kind is told.
        logger.error("A message to an initiative could not be sent (%s).", type(error).__name__)
        for who, _most in limits:
            give_back("desk", who)
        raise MessageNotSent from None
    log(instance=page, action=LOG_WRITE, user=user)
    return sent


def _message(page: InitiativePage, to: str, subject: str, text: str, user: Any) -> Any:
    region = page.get_parent()
    # The language of each owner is not known: they get the site's.
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "page": page,
            "text": text,
            "region": region.title if region else "",
            "url": absolute(reverse("bdis_evaluation_space:index", args=[page.pk])),
        }
        mail = compose("bdis_evaluation/mail/region", to=to, subject=subject, context=context)
    mail.reply_to = [user.email] if user.email else []
    return mail
