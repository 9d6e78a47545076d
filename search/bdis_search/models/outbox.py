"""The outbox: what the index must still learn."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: A rebuild that gave no sign of life for that long was killed.
REBUILD_SILENCE = datetime.timedelta(minutes=10)


class IndexTaskQuerySet(models.QuerySet):
    """Tasks by what remains to be done."""

    def due(self) -> IndexTaskQuerySet:
        """Keep tasks to apply now, oldest first."""
        now = timezone.now()
        return self.filter(
            Q(not_before__isnull=True) | Q(not_before__lte=now), applied=False
        ).order_by("pk")


class IndexTask(models.Model):
    """A listing to index anew, written in the transaction that changed it.

    It says which listing changed, not how: whoever applies it reads the listing as it is then, so
    that tasks of one listing can be applied together and again without harm.
    """

    page_id = models.BigIntegerField(_("listing"))
    created_at = models.DateTimeField(_("created on"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(_("not before"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)
    # Applied to the index that serves while another is being built: to be applied to that too.
    applied = models.BooleanField(_("applied"), default=False, db_index=True)

    objects = IndexTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("indexing task")
        verbose_name_plural = _("indexing tasks")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.page_id} ({self.created_at:%Y-%m-%d %H:%M})"


class IndexRebuild(models.Model):
    """A rebuild of the index under way; meanwhile applied tasks are kept, to be applied again."""

    started_at = models.DateTimeField(_("started on"), default=timezone.now)
    alive_at = models.DateTimeField(_("last sign of life"), default=timezone.now)

    class Meta:
        verbose_name = _("rebuild of the index")
        verbose_name_plural = _("rebuilds of the index")

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"

    @classmethod
    def is_running(cls) -> bool:
        """Whether some process is rebuilding the index."""
        return cls.objects.filter(alive_at__gt=timezone.now() - REBUILD_SILENCE).exists()


class DrainLease(models.Model):
    """The right to drain the outbox: one process at a time, for a while."""

    name = models.CharField(max_length=20, unique=True)
    owner = models.CharField(max_length=40, blank=True)
    until = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("lease of the outbox")
        verbose_name_plural = _("leases of the outbox")

    def __str__(self) -> str:
        return f"{self.name}: {self.owner}"
