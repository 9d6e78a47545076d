"""Reminders of evaluations: each once for each due date, and only the latest when days were missed.

A reminder is claimed, then sent: one that the server refused is given back and goes with the next
run; a run killed between the two loses a mail rather than sending it twice.
"""

from __future__ import annotations

import datetime
import logging
import smtplib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bdis_cms.mails import absolute, compose
from bdis_cms.models import InitiativeMember, InitiativePage
from bdis_cms.reminders import RemindersFailed
from bdis_cms.templatetags.bdis import long_date
from bdis_evaluation.charter.notices import recipients
from bdis_evaluation.cycles.campaigns import plan_running, region_paths
from bdis_evaluation.models import (
    Evaluation,
    EvaluationCampaign,
    EvaluationNotice,
    ProgressPlan,
    ReminderMoment,
)

logger = logging.getLogger("bdis.evaluation")

#: Days from the due date.
_MOMENTS = {
    ReminderMoment.MONTH: -30,
    ReminderMoment.WEEK: -7,
    ReminderMoment.DUE: 0,
    ReminderMoment.OVERDUE: 30,
}
_AT_ONCE = 200
_MOST_RECIPIENTS = 20
_SERVER_AWAY = (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError, ConnectionError)
Campaigns = Mapping[tuple[int | None, datetime.date], EvaluationCampaign]


@dataclass(frozen=True)
class Reminder:
    """What an initiative is told today; ``under_way`` is an evaluation that it has begun."""

    initiative: InitiativePage
    due_on: datetime.date
    moment: ReminderMoment
    campaign: EvaluationCampaign | None
    under_way: Evaluation | None

    @property
    def recipients(self) -> list[str]:
        """Addresses of its people, who see one another; else that of its first contact."""
        users = [member.user for member in self.initiative.members.all()]
        team = [user.email for user in users if user.is_active and user.email]
        return team[:_MOST_RECIPIENTS] or recipients(self.initiative)[:1]


def send_evaluation_reminders(
    now: datetime.datetime, *, step: Callable[[], Any] = lambda: None
) -> int:
    """Open the campaigns whose day has come and send what is to be said; return the mails sent.

    Raises ``RemindersFailed`` at the end when some were refused, or when the server is away.
    """
    today = timezone.localdate(now)
    plan_running(today)
    sent = failed = 0
    for reminder in reminders(today):
        try:
            sent += _send(reminder)
            step()
        except Exception as error:  # whatever one address does, the others are written to
            failed += 1
            kind = type(error).__name__
            logger.warning("Reminder of initiative %s: %s", reminder.initiative.pk, kind)
            if isinstance(error, _SERVER_AWAY):
                break
    if failed:
        raise RemindersFailed(sent, failed)
    return sent


def moment_of(
    due_on: datetime.date, opens_on: datetime.date | None, today: datetime.date
) -> ReminderMoment | None:
    """Return the latest moment reached on ``today``, ``None`` before the first.

    A campaign begins with its opening: what would have come before, or on that day, does not.
    """
    moments = {
        moment: due_on + datetime.timedelta(days=days)
        for moment, days in _MOMENTS.items()
        if opens_on is None or due_on + datetime.timedelta(days=days) > opens_on
    }
    if opens_on:
        moments = {ReminderMoment.OPENING: opens_on} | moments
    reached = [moment for moment, day in moments.items() if day <= today]
    return reached[-1] if reached else None


def reminders(today: datetime.date) -> Iterator[Reminder]:
    """Yield what is to be sent on ``today``; a few queries for every 200 initiatives."""
    campaigns = _campaigns(today)
    regions = {path: region.pk for path, region in region_paths().items()}
    keys = list(_plans(today, campaigns).values_list("pk", flat=True))
    for start in range(0, len(keys), _AT_ONCE):
        for plan in _loaded(keys[start : start + _AT_ONCE]):
            page, due_on = plan.initiative, plan.next_due_on
            if due_on is None:  # it was unplanned meanwhile
                continue
            region = regions.get(page.path[: -page.steplen])
            reminder = _of(page, due_on, _campaign(campaigns, region, due_on), today)
            if reminder and reminder.recipients:
                yield reminder


def _of(
    page: InitiativePage,
    due_on: datetime.date,
    campaign: EvaluationCampaign | None,
    today: datetime.date,
) -> Reminder | None:
    moment = moment_of(due_on, campaign.opens_on if campaign else None, today)
    said = {(notice.due_on, notice.moment) for notice in page.evaluation_notices.all()}
    under_way = next(iter(page.evaluations.all()), None)
    if moment is None or (due_on, moment) in said:
        return None
    if moment == ReminderMoment.OVERDUE and under_way:
        return None
    return Reminder(page, due_on, moment, campaign, under_way)


def _campaigns(today: datetime.date) -> Campaigns:
    opened = EvaluationCampaign.objects.filter(opens_on__lte=today).select_related("grid")
    recent = opened.filter(due_on__gte=today - datetime.timedelta(days=60))
    return {(one.region_id, one.due_on): one for one in recent.order_by("-opens_on")}


def _campaign(
    campaigns: Campaigns, region: int | None, due_on: datetime.date
) -> EvaluationCampaign | None:
    return campaigns.get((region, due_on)) or campaigns.get((None, due_on))


def _plans(today: datetime.date, campaigns: Campaigns) -> QuerySet[ProgressPlan]:
    """Return the plans that may have something to be told: due soon, or asked for by a campaign."""
    soon = Q(next_due_on__lte=today + datetime.timedelta(days=30))
    asked = Q(next_due_on__in={due_on for _region, due_on in campaigns})
    over = EvaluationNotice.objects.filter(
        initiative=OuterRef("initiative"),
        due_on=OuterRef("next_due_on"),
        moment=ReminderMoment.OVERDUE,
    )
    public = InitiativePage.objects.public(today).values("pk")
    plans = ProgressPlan.objects.filter(soon | asked, ~Exists(over), initiative__in=public)
    return plans.order_by("next_due_on", "pk")


def _loaded(keys: list[int]) -> QuerySet[ProgressPlan]:
    members = InitiativeMember.objects.select_related("user").order_by("pk")
    return (
        ProgressPlan.objects.filter(pk__in=keys)
        .select_related("initiative")
        .prefetch_related(
            Prefetch("initiative__members", members),
            "initiative__contacts",
            "initiative__evaluation_notices",
            Prefetch("initiative__evaluations", Evaluation.objects.open().select_related("grid")),
        )
    )


def _send(reminder: Reminder) -> int:
    notice, is_new = EvaluationNotice.objects.get_or_create(
        initiative=reminder.initiative, due_on=reminder.due_on, moment=reminder.moment
    )
    if not is_new:  # another run has it
        return 0
    try:
        return int(bool(message_of(reminder).send()))
    except BaseException:
        notice.delete()
        raise


def message_of(reminder: Reminder) -> EmailMultiAlternatives:
    """Return the mail of a reminder, to the people of the initiative together."""
    with translation.override(settings.LANGUAGE_CODE):
        page, campaign, under_way = reminder.initiative, reminder.campaign, reminder.under_way
        address = reverse("bdis_evaluation_space:index", args=[page.pk])
        if under_way:
            address = reverse("bdis_evaluation_space:evaluation", args=[page.pk, under_way.pk])
        context: dict[str, Any] = {
            "title": page.title,
            "due_on": reminder.due_on,
            "is_past": reminder.due_on < timezone.localdate(),
            "campaign": campaign,
            "under_way": under_way,
            "url": absolute(address),
        }
        message = compose(
            "bdis_evaluation/mail/evaluation_reminder",
            to=reminder.recipients[0],
            subject=_subject(reminder),
            context=context,
        )
        message.to = reminder.recipients
        return message


def _subject(reminder: Reminder) -> str:
    values = {"title": reminder.initiative.title, "date": long_date(reminder.due_on)}
    if reminder.moment == ReminderMoment.OPENING and reminder.campaign:
        return _("%(campaign)s: it is your turn") % {"campaign": reminder.campaign.title}
    if reminder.due_on < timezone.localdate():
        return _("Taking stock of %(title)s: whenever you are ready") % values
    return _("Taking stock of %(title)s, before %(date)s") % values
