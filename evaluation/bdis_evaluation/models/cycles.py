"""Cycles: when the next evaluation is due, what others see of the last, how the region helps."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bdis_cms.models import InitiativePage, Region
from bdis_evaluation.models.evaluations import Evaluation
from bdis_evaluation.models.grids import Grid

SHORTEST_MONTHS, LONGEST_MONTHS = 12, 36
_MONTHS = [MinValueValidator(SHORTEST_MONTHS), MaxValueValidator(LONGEST_MONTHS)]


class RegionRhythm(models.Model):
    """How often the initiatives of a region evaluate themselves, unless they chose otherwise."""

    region = models.OneToOneField(Region, on_delete=models.CASCADE, related_name="rhythm")
    months = models.PositiveSmallIntegerField(_("months between two cycles"), validators=_MONTHS)

    class Meta:
        verbose_name = _("rhythm of a region")
        verbose_name_plural = _("rhythms of regions")
        constraints = [
            models.CheckConstraint(
                condition=Q(months__range=(SHORTEST_MONTHS, LONGEST_MONTHS)),
                name="bdis_evaluation_regionrhythm_months",
            )
        ]

    def __str__(self) -> str:
        return f"{self.region}: {self.months}"


class ProgressPlan(models.Model):
    """When an initiative is to evaluate itself next; ``months`` is its own rhythm, if any."""

    initiative = models.OneToOneField(
        InitiativePage, on_delete=models.CASCADE, related_name="progress_plan"
    )
    months = models.PositiveSmallIntegerField(
        _("months between two cycles"), validators=_MONTHS, null=True, blank=True
    )
    next_due_on = models.DateField(_("next evaluation due on"), null=True, db_index=True)

    class Meta:
        verbose_name = _("progress plan")
        verbose_name_plural = _("progress plans")
        constraints = [
            models.CheckConstraint(
                condition=Q(months__isnull=True)
                | Q(months__range=(SHORTEST_MONTHS, LONGEST_MONTHS)),
                name="bdis_evaluation_progressplan_months",
            )
        ]

    def __str__(self) -> str:
        return f"{self.initiative}: {self.next_due_on or '…'}"


class EvaluationCampaign(models.Model):
    """A time in which a region asks its initiatives to evaluate themselves."""

    region = models.ForeignKey(
        Region,
        verbose_name=_("region"),
        on_delete=models.CASCADE,
        related_name="evaluation_campaigns",
        null=True,
        blank=True,
        help_text=_("None: the whole country."),
    )
    grid = models.ForeignKey(
        Grid, verbose_name=_("grid"), on_delete=models.PROTECT, related_name="campaigns"
    )
    title = models.CharField(_("title"), max_length=120)
    words = models.TextField(
        _("words of the region"), blank=True, help_text=_("They stand in the e-mails.")
    )
    opens_on = models.DateField(_("opens on"))
    due_on = models.DateField(_("due on"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        editable=False,
    )

    class Meta:
        verbose_name = _("evaluation campaign")
        verbose_name_plural = _("evaluation campaigns")
        ordering = ["-opens_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gt=F("opens_on")), name="bdis_evaluation_campaign_lasts"
            )
        ]

    def __str__(self) -> str:
        return self.title


class ReminderMoment(models.TextChoices):
    """When a reminder of an evaluation goes."""

    OPENING = "opening", _("At the opening")
    MONTH = "month", _("A month before")
    WEEK = "week", _("A week before")
    DUE = "due", _("On the day")
    OVERDUE = "overdue", _("A month after")


class EvaluationNotice(models.Model):
    """A reminder that was sent: each goes once for each due date."""

    initiative = models.ForeignKey(
        InitiativePage, on_delete=models.CASCADE, related_name="evaluation_notices"
    )
    due_on = models.DateField()
    moment = models.CharField(max_length=8, choices=ReminderMoment.choices)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reminder of an evaluation")
        verbose_name_plural = _("reminders of evaluations")
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "due_on", "moment"], name="bdis_evaluation_notice_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.initiative}: {self.get_moment_display()}"


class Shown(models.TextChoices):
    """What others see of a theme; each level holds the ones before."""

    NOTHING = "nothing", _("Nothing")
    SINCE = "since", _("That we are engaged, and since when")
    COMMITMENTS = "commitments", _("Our commitments")
    RESULTS = "results", _("Our results")


class ThemeSharing(models.Model):
    """What an initiative shows of one theme; without a row, ``Shown.COMMITMENTS``."""

    initiative = models.ForeignKey(
        InitiativePage, on_delete=models.CASCADE, related_name="theme_sharings"
    )
    grid = models.ForeignKey(Grid, on_delete=models.CASCADE, related_name="+")
    theme = models.CharField(_("theme"), max_length=60)
    shown = models.CharField(
        _("others see"), max_length=11, choices=Shown.choices, default=Shown.COMMITMENTS
    )

    class Meta:
        verbose_name = _("what is shown of a theme")
        verbose_name_plural = _("what is shown of themes")
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "grid", "theme"], name="bdis_evaluation_themesharing_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.theme}: {self.get_shown_display()}"


class ThemeResult(models.Model):
    """Where a finished evaluation stands on one theme: what pictures and indicators read.

    ``share`` goes from 0 (every answer at its first level) to 1, weighted as the grid says;
    ``None`` when nothing in the theme is drawn.
    """

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="results")
    theme = models.CharField(max_length=60)
    share = models.FloatField(null=True)
    answered = models.PositiveSmallIntegerField()
    awaited = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("result of a theme")
        verbose_name_plural = _("results of themes")
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "theme"], name="bdis_evaluation_themeresult_once"
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__range=(0, 1)),
                name="bdis_evaluation_themeresult_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.theme}: {self.share}"


class AccompanistNote(models.Model):
    """What the region notes while it helps; for its team only."""

    initiative = models.ForeignKey(
        InitiativePage, on_delete=models.CASCADE, related_name="accompanist_notes"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField(_("note"), max_length=4_000)

    class Meta:
        verbose_name = _("note of an accompanist")
        verbose_name_plural = _("notes of accompanists")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.text[:60]
