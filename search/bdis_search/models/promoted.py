"""Listings that the network puts first for some words."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from bdis_search.analysis import whole
from bdis_search.understanding import understood


class Promotion(ClusterableModel):
    """Words for which chosen listings come first, as long as they are public."""

    words = models.TextField(
        _("words searched"),
        help_text=_(
            "One search per line. Accents, capitals, plurals and small words do not matter."
        ),
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    active = models.BooleanField(_("active"), default=True)
    note = models.CharField(
        _("note"), max_length=200, blank=True, help_text=_("For the team: why they come first.")
    )

    class Meta:
        verbose_name = _("promoted results")
        verbose_name_plural = _("promoted results")
        ordering = ["words"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=models.F("starts_on")),
                name="bdis_search_promotion_dates",
                violation_error_message=_("The end comes before the start."),
            )
        ]

    def __str__(self) -> str:
        return " · ".join(self.lines)

    @property
    def state(self) -> str:
        """What it does today, in words."""
        today = timezone.localdate()
        if not self.active:
            return gettext("at rest")
        if self.starts_on and today < self.starts_on:
            return gettext("to come")
        return gettext("over") if self.ends_on and self.ends_on < today else gettext("promoting")

    @property
    def lines(self) -> list[str]:
        """The searches, without blank lines."""
        return [line.strip() for line in self.words.splitlines() if line.strip()]

    def clean(self) -> None:
        """Refuse searches without a word, or with a place: filters apply to what is promoted."""
        for line in self.lines:
            if not whole(line):
                told = _("“%(line)s” holds no word to search for: take it off.")
                raise ValidationError({"words": told % {"line": line}})
            if read := understood(line):
                told = _("“%(line)s” names a place: give the words without it, “%(what)s”.")
                raise ValidationError({"words": told % {"line": line, "what": read.what}})
        self.words = "\n".join(self.lines)


class PromotedListing(Orderable):
    """A listing that comes first."""

    promotion: Any = ParentalKey(Promotion, on_delete=models.CASCADE, related_name="listings")
    page = models.ForeignKey(
        "bdis_cms.InitiativePage",
        verbose_name=_("listing"),
        on_delete=models.CASCADE,
        related_name="+",
    )

    class Meta(Orderable.Meta):
        verbose_name = _("promoted listing")
        verbose_name_plural = _("promoted listings")
