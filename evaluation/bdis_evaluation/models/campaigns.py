"""Campaigns by which initiatives sign a new version of the charter."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bdis_cms.models import InitiativePage
from bdis_evaluation.models.charter import CharterVersion


class CampaignQuerySet(models.QuerySet):
    """Campaigns by where they are."""

    def running(self, on: datetime.date) -> CampaignQuerySet:
        """Keep those of the version in force that may still have something to tell."""
        after = on - datetime.timedelta(days=CharterCampaign.DAYS_AFTER)
        return self.filter(version__status="in_force", ends_on__gte=after)


class CharterCampaign(models.Model):
    """The time given to those who signed an earlier version to sign the one that replaces it."""

    #: How long the last notice, that the listing has left, is still worth sending.
    DAYS_AFTER = 30

    version = models.OneToOneField(
        CharterVersion,
        verbose_name=_("version"),
        on_delete=models.PROTECT,
        related_name="campaign",
    )
    opened_on = models.DateField(_("opened on"), default=timezone.localdate)
    ends_on = models.DateField(_("last day"))

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign of the charter")
        verbose_name_plural = _("campaigns of the charter")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return gettext("Campaign of version %(number)s") % {"number": self.version.number}

    def moment_on(self, day: datetime.date) -> str:
        """Return the notice that ``day`` calls for: the last of those whose day has come."""
        last = self.ends_on
        starts: list[tuple[datetime.date, Any]] = [
            (last - datetime.timedelta(days=30), NoticeMoment.MONTH),
            (last - datetime.timedelta(days=7), NoticeMoment.WEEK),
            (last, NoticeMoment.DAY),
            (last + datetime.timedelta(days=1), NoticeMoment.AFTER),
        ]
        come = [moment for start, moment in starts if self.opened_on < start <= day]
        return str(come[-1] if come else NoticeMoment.OPENING)


class CampaignListing(models.Model):
    """An initiative that a campaign asks to sign."""

    campaign = models.ForeignKey(
        CharterCampaign,
        verbose_name=_("campaign"),
        on_delete=models.CASCADE,
        related_name="listings",
    )
    initiative = models.ForeignKey(
        InitiativePage,
        verbose_name=_("initiative"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    region_code = models.CharField(_("region"), max_length=3, blank=True)

    class Meta:
        verbose_name = _("initiative of a campaign")
        verbose_name_plural = _("initiatives of a campaign")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "initiative"], name="bdis_evaluation_campaignlisting_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.initiative_id} ({self.campaign_id})"


class NoticeMoment(models.TextChoices):
    """When a campaign writes."""

    OPENING = "opening", _("At the opening")
    MONTH = "month", _("30 days before the end")
    WEEK = "week", _("7 days before the end")
    DAY = "day", _("On the last day")
    AFTER = "after", _("After the end")


class CampaignNotice(models.Model):
    """An e-mail of a campaign to an initiative: written before it is sent, so that it goes once."""

    campaign = models.ForeignKey(
        CharterCampaign,
        verbose_name=_("campaign"),
        on_delete=models.CASCADE,
        related_name="notices",
    )
    initiative = models.ForeignKey(
        InitiativePage, verbose_name=_("initiative"), on_delete=models.CASCADE, related_name="+"
    )
    moment = models.CharField(_("moment"), max_length=8, choices=NoticeMoment.choices)
    sent_at = models.DateTimeField(_("sent on"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    #: Why it did not go: "no_address" or the kind of the error. Never an address.
    problem = models.CharField(_("problem"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("notice of a campaign")
        verbose_name_plural = _("notices of a campaign")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "initiative", "moment"],
                name="bdis_evaluation_campaignnotice_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_moment_display()} ({self.initiative_id})"
