"""Saved searches: who asked to be told by e-mail of what is new in a search."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: An address that was not confirmed by then is forgotten, and its link leads nowhere.
CONFIRM_WITHIN = datetime.timedelta(days=7)
#: An address that refuses mails is forgotten after that.
FORGET_REFUSING_AFTER = datetime.timedelta(days=30)
#: Refusals in a row after which nothing more is sent to an address.
MOST_FAILURES = 5


class Frequency(models.TextChoices):
    """How often somebody is told."""

    WEEKLY = "weekly", _("Once a week")
    MONTHLY = "monthly", _("Once a month")


class SavedSearchQuerySet(models.QuerySet):
    """Saved searches by what is to be done."""

    def waiting(self) -> SavedSearchQuerySet:
        """Keep those whose address was not confirmed yet."""
        return self.filter(confirmed_at__isnull=True)

    def confirmed(self) -> SavedSearchQuerySet:
        """Keep those to whom mails go."""
        return self.filter(confirmed_at__isnull=False, given_up_at__isnull=True)

    def refusing(self) -> SavedSearchQuerySet:
        """Keep those whose address refused too many mails."""
        return self.filter(given_up_at__isnull=False)

    def due(self, day: datetime.date) -> SavedSearchQuerySet:
        """Keep those to look at on ``day``."""
        return self.confirmed().filter(next_on__lte=day)

    def of_address(self, email: str) -> SavedSearchQuerySet:
        """Keep those of an e-mail address, capitals aside."""
        return self.filter(email__iexact=email)

    def outdated(self) -> SavedSearchQuerySet:
        """Keep those whose address must be forgotten: never confirmed, or refusing for long."""
        now = timezone.now()
        return self.filter(
            models.Q(confirmed_at__isnull=True, asked_at__lt=now - CONFIRM_WITHIN)
            | models.Q(given_up_at__lt=now - FORGET_REFUSING_AFTER)
        )


class SavedSearch(models.Model):
    """A search that somebody follows by e-mail; the row goes when they stop.

    ``known`` holds the listings that are no news: those of the search when it was confirmed, and
    those told since (``bdis_search.saved.known``); ``None`` until they were first read. ``turn``
    changes with each act on the row: whoever holds another one came too late.
    """

    key = models.UUIDField(_("key of its links"), default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"))
    search = models.TextField(_("parameters of the search"))
    fingerprint = models.CharField(_("fingerprint of the search"), max_length=64)
    words = models.CharField(_("search in words"), max_length=300)
    language = models.CharField(_("language"), max_length=10, default="fr")
    frequency = models.CharField(
        _("frequency"), max_length=10, choices=Frequency, default=Frequency.WEEKLY
    )
    asked_at = models.DateTimeField(_("asked for on"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed on"), null=True, blank=True)
    next_on = models.DateField(_("next look on"), null=True, blank=True)
    known = models.BinaryField(_("listings that are no news"), null=True, editable=False)
    turn = models.PositiveIntegerField(_("turn"), default=0)
    sending_since = models.DateTimeField(_("being sent since"), null=True, blank=True)
    last_sent_at = models.DateTimeField(_("last e-mail on"), null=True, blank=True)
    sent_count = models.PositiveIntegerField(_("e-mails sent"), default=0)
    failures = models.PositiveSmallIntegerField(_("refusals in a row"), default=0)
    # Its kind alone: what mail servers answer quotes addresses.
    error = models.CharField(_("last error"), max_length=100, blank=True)
    given_up_at = models.DateTimeField(_("given up on"), null=True, blank=True)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        ordering = ["pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["next_on", "fingerprint"], name="bdis_search_saved_due"),
            models.Index(fields=["fingerprint"], name="bdis_search_saved_search"),
        ]
        constraints = [
            models.UniqueConstraint(Lower("email"), "fingerprint", name="bdis_search_saved_once")
        ]

    def __str__(self) -> str:
        return f"{self.masked_email} · {self.words}"

    @property
    def masked_email(self) -> str:
        """The address as it may be shown to others: « c…@exemple.fr »."""
        name, _at, domain = self.email.rpartition("@")
        return f"{name[:1]}…@{domain}"

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    def take_turn(self, **changes: Any) -> bool:
        """Write ``changes`` unless somebody acted on the row since it was read; return whether.

        One statement: of two processes that read the same row, one at most goes on.
        """
        row = type(self).objects.filter(pk=self.pk, turn=self.turn)
        if not row.update(turn=self.turn + 1, **changes):
            return False
        self.turn += 1
        for name, value in changes.items():
            setattr(self, name, value)
        return True

    def settle(self, **changes: Any) -> None:
        """Write what became of the mail this row was claimed for, whoever acted on it since."""
        row = type(self).objects.filter(pk=self.pk, sending_since=self.sending_since)
        row.update(turn=models.F("turn") + 1, sending_since=None, **changes)


class DigestRun(models.Model):
    """A run of ``send_digests``, for those who watch over it; it names nobody."""

    started_at = models.DateTimeField(_("started on"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended on"), null=True, blank=True)
    sent = models.PositiveIntegerField(_("e-mails sent"), default=0)
    nothing_new = models.PositiveIntegerField(_("without news"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    uncertain = models.PositiveIntegerField(_("cut short"), default=0)
    error = models.CharField(_("why it ended early"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("sending of saved searches")
        verbose_name_plural = _("sendings of saved searches")
        ordering = ["-started_at"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
