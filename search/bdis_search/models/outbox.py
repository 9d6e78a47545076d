"""The outbox: what each engine must still learn, and how each one is."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: An engine that is away is asked again after 2, 4, 8… seconds, and at most after so many.
LONGEST_REST_S = 60


class EngineRole(models.TextChoices):
    """Engines of a site: the one that answers, and the one that does when it is away."""

    PRIMARY = "primary", _("main engine")
    STANDBY = "standby", _("standby engine")


class IndexTaskQuerySet(models.QuerySet):
    """Tasks by what remains to be done."""

    def waiting(self) -> IndexTaskQuerySet:
        """Keep tasks that will be applied, now or later."""
        return self.filter(applied=False, set_aside_at__isnull=True)

    def due(self) -> IndexTaskQuerySet:
        """Keep tasks to apply now, oldest first."""
        now = timezone.now()
        return (
            self.waiting()
            .filter(Q(not_before__isnull=True) | Q(not_before__lte=now))
            .order_by("pk")
        )

    def set_aside(self) -> IndexTaskQuerySet:
        """Keep tasks that failed too often to be tried again by themselves."""
        return self.filter(set_aside_at__isnull=False)


class IndexTask(models.Model):
    """A listing that an engine must index anew, written in the transaction that changed it.

    It says which listing changed, not how: whoever applies it reads the listing as it is then, so
    that tasks of one listing can be applied together and again without harm.
    """

    engine = models.CharField(
        _("engine"), max_length=10, choices=EngineRole.choices, default=EngineRole.PRIMARY
    )
    page_id = models.BigIntegerField(_("listing"))
    created_at = models.DateTimeField(_("created on"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(_("not before"), null=True, blank=True)
    set_aside_at = models.DateTimeField(_("set aside on"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)
    # Applied to the index that serves while another is being built: to be applied to that too.
    applied = models.BooleanField(_("applied"), default=False)

    objects = IndexTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("indexing task")
        verbose_name_plural = _("indexing tasks")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["engine", "applied", "id"], name="bdis_search_task_due"),
            models.Index(fields=["engine", "page_id"], name="bdis_search_task_page"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} ({self.created_at:%Y-%m-%d %H:%M})"


class EngineState(models.Model):
    """What is known of an engine since it was last written to, rebuilt and checked."""

    engine = models.CharField(
        _("engine"), max_length=10, choices=EngineRole.choices, primary_key=True
    )
    drained_at = models.DateTimeField(_("last change applied on"), null=True)
    followed_at = models.DateTimeField(_("last seen by drain_index --follow on"), null=True)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    retry_at = models.DateTimeField(_("left alone until"), null=True)
    error = models.TextField(_("last error"), blank=True)
    error_at = models.DateTimeField(_("last error on"), null=True)
    rebuilt_at = models.DateTimeField(_("rebuilt on"), null=True)
    rebuilt_count = models.PositiveIntegerField(_("listings then"), null=True)
    rebuilt_seconds = models.FloatField(_("duration of the rebuild (s)"), null=True)
    checked_at = models.DateTimeField(_("checked on"), null=True)
    drift = models.JSONField(_("drift found"), default=dict)

    class Meta:
        verbose_name = _("state of an engine")
        verbose_name_plural = _("states of the engines")
        default_permissions = ()
        permissions = [("manage_search", _("Can watch over the search and rebuild its index"))]

    def __str__(self) -> str:
        return self.get_engine_display()

    @classmethod
    def of(cls, engine: str) -> EngineState:
        """Return the state of ``engine``."""
        return cls.objects.get_or_create(engine=engine)[0]

    @classmethod
    def resting(cls) -> set[str]:
        """Return the engines that are left alone for a while, after a failure."""
        return set(cls.objects.filter(retry_at__gt=timezone.now()).values_list("engine", flat=True))

    @classmethod
    def note_success(cls, engine: str) -> None:
        """Remember that ``engine`` took some changes."""
        cls.objects.update_or_create(
            engine=engine, defaults={"drained_at": timezone.now(), "failures": 0, "retry_at": None}
        )

    @classmethod
    def note_failure(cls, engine: str, error: Exception) -> None:
        """Remember that ``engine`` is away; it is left alone twice as long each time."""
        state, now = cls.of(engine), timezone.now()
        state.failures = min(state.failures + 1, 32_000)
        state.error, state.error_at = told(error), now
        rest = min(2 ** min(state.failures, 10), LONGEST_REST_S)
        state.retry_at = now + datetime.timedelta(seconds=rest)
        state.save(update_fields=["failures", "error", "error_at", "retry_at"])


class DrainLease(models.Model):
    """The right to drain the outbox of an engine: one process at a time, for a while."""

    name = models.CharField(max_length=20, unique=True)
    owner = models.CharField(max_length=40, blank=True)
    until = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("lease of the outbox")
        verbose_name_plural = _("leases of the outbox")

    def __str__(self) -> str:
        return f"{self.name}: {self.owner}"


def told(error: Exception) -> str:
    """Return what the admin shows of an error."""
    return f"{type(error).__name__}: {error}"[:2000]
