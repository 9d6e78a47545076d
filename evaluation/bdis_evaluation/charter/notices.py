"""The e-mails of a campaign: each goes once, whatever happens."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bdis_cms.mails import absolute, compose
from bdis_cms.models import InitiativeMember, InitiativePage, MemberRole
from bdis_cms.reminders import RemindersFailed
from bdis_cms.templatetags.bdis import long_date
from bdis_evaluation.charter.campaigns import waiting
from bdis_evaluation.charter.texts import plain_text
from bdis_evaluation.charter.tokens import signing_token
from bdis_evaluation.models import CampaignNotice, CharterCampaign, NoticeMoment

#: A notice that the mail server refuses that many times is left to the team of the region.
MOST_ATTEMPTS = 5
NO_ADDRESS = "no_address"
_CHUNK = 200


def send_notices(
    now: datetime.datetime, *, dry_run: bool = False, step: Callable[[], Any] = lambda: None
) -> int:
    """Send the notices of the day; return how many e-mails went, or would go.

    Raises ``RemindersFailed`` when some were refused, once the others are sent.
    """
    today = timezone.localdate(now)
    sent = failed = 0
    for campaign in CharterCampaign.objects.running(today).select_related("version"):
        moment = campaign.moment_on(today)
        for page in _due(campaign, moment):
            people = recipients(page)
            if dry_run:
                sent += len(people)
                continue
            done = _notify(campaign, page, moment, people)
            sent, failed = sent + done, failed + (bool(people) and not done)
            step()
    if failed:
        raise RemindersFailed(sent, failed)
    return sent


def recipients(page: InitiativePage) -> list[str]:
    """Return who is written to: owners, else contributors, else the contacts of the listing."""
    members = list(page.members.all())
    owners = [member.user.email for member in members if member.role == MemberRole.OWNER]
    others = [member.user.email for member in members if member.role != MemberRole.OWNER]
    contacts = [contact.email for contact in page.contacts.all()]
    for addresses in (owners, others, contacts):
        found = list(dict.fromkeys(address for address in addresses if address))
        if found:
            return found
    return []


def _due(campaign: CharterCampaign, moment: str) -> Iterator[InitiativePage]:
    """Iterate over the listings that the notice ``moment`` is still to be sent to."""
    over = CampaignNotice.objects.filter(
        Q(sent_at__isnull=False) | Q(attempts__gte=MOST_ATTEMPTS),
        campaign=campaign,
        initiative=OuterRef("pk"),
        moment=moment,
    )
    members = InitiativeMember.objects.select_related("user").filter(user__is_active=True)
    pages = waiting(campaign).filter(~Exists(over))
    yield from pages.prefetch_related(Prefetch("members", members), "contacts").iterator(
        chunk_size=_CHUNK
    )


def _notify(campaign: CharterCampaign, page: InitiativePage, moment: str, people: list[str]) -> int:
    """Send a notice and write that it went; return how many e-mails did."""
    notice, _new = CampaignNotice.objects.get_or_create(
        campaign=campaign, initiative=page, moment=moment
    )
    this = CampaignNotice.objects.filter(pk=notice.pk)
    if not people:
        this.update(problem=NO_ADDRESS)
        return 0
    # Taken before it is sent: of two runs at once, one sends.
    if not this.filter(sent_at__isnull=True, attempts=notice.attempts).update(
        attempts=F("attempts") + 1
    ):
        return 0
    sent, problem = 0, ""
    for to in people:
        try:
            sent += message(campaign, page, moment, to).send()
        except Exception as error:  # whatever one address does, the others are written to
            problem = type(error).__name__[:60]
    # One that is refused does not have the others written to again.
    this.update(sent_at=timezone.now() if sent else None, problem=problem)
    return sent


def message(
    campaign: CharterCampaign, page: InitiativePage, moment: str, to: str
) -> EmailMultiAlternatives:
    """Return the e-mail of a moment of the campaign, with the link by which one signs."""
    with translation.override(settings.LANGUAGE_CODE):
        version = campaign.version
        former, text = version.former(), version.text_in()
        ends_on = page.charter_valid_until or campaign.ends_on
        context = {
            "page": page,
            "version": version,
            "text": text,
            "changes": plain_text(text.changes) if text else "",
            "moment": moment,
            "is_over": ends_on < timezone.localdate(),
            "ends_on": ends_on,
            "sign_url": absolute(
                reverse(
                    "bdis_charter:sign",
                    args=[signing_token(page, version, to=to, moment=moment)],
                )
            ),
            "compare_url": former
            and absolute(reverse("bdis_charter:compare", args=[version.number, former.number])),
        }
        subject = _subject(moment, page, campaign)
        return compose("bdis_evaluation/mail/campaign", to=to, subject=subject, context=context)


def _subject(moment: str, page: InitiativePage, campaign: CharterCampaign) -> str:
    told = {
        NoticeMoment.OPENING: _("The charter changes: sign its new version for %(title)s"),
        NoticeMoment.MONTH: _("30 days left to sign the charter for %(title)s"),
        NoticeMoment.WEEK: _("7 days left to sign the charter for %(title)s"),
        NoticeMoment.DAY: _("Last day to sign the charter for %(title)s"),
        NoticeMoment.AFTER: _("%(title)s left the directory: sign the charter to come back"),
    }
    day = long_date(campaign.ends_on)
    return told[NoticeMoment(moment)] % {"title": page.title, "day": day}
