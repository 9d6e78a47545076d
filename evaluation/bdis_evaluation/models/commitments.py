"""Commitments: what an initiative will improve, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bdis_evaluation.models.evaluations import Evaluation


class CommitmentState(models.TextChoices):
    """What became of a commitment."""

    OPEN = "open", _("Under way")
    KEPT = "kept", _("Kept")
    DROPPED = "dropped", _("Dropped")


class Commitment(models.Model):
    """What will be improved, how it will be seen, by whom, until when."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="commitments")
    theme = models.CharField(_("theme"), max_length=60, blank=True)
    aim = models.CharField(_("what we will improve"), max_length=300)
    measure = models.CharField(
        _("how we will see it"), max_length=300, blank=True, help_text=_("A figure, a fact.")
    )
    owner = models.CharField(
        _("who takes care of it"),
        max_length=120,
        blank=True,
        help_text=_("A role rather than a name: it can be shown on the listing."),
    )
    due_on = models.DateField(_("until"))
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=CommitmentState.choices,
        default=CommitmentState.OPEN,
        editable=False,
    )
    is_agreed = models.BooleanField(_("agreed in a joint meeting"), default=False, editable=False)

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.aim


class CommitmentAct(models.TextChoices):
    """What can be done with a commitment."""

    MADE = "made", _("Made")
    KEPT = "kept", _("Kept")
    MOVED = "moved", _("Moved")
    DROPPED = "dropped", _("Dropped")


class CommitmentEvent(models.Model):
    """A line of the history of a commitment."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="events")
    act = models.CharField(_("act"), max_length=8, choices=CommitmentAct.choices)
    at = models.DateTimeField(_("on"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )
    due_on = models.DateField(_("until"), null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("event of a commitment")
        verbose_name_plural = _("events of a commitment")
        ordering = ["commitment", "at", "pk"]

    def __str__(self) -> str:
        return self.get_act_display()
