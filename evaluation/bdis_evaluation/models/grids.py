"""Progress grids and their versions; a version in force never changes."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bdis_evaluation.append_only import LedgerClosed
from bdis_evaluation.grids.blocks import GridStreamField, read_content
from bdis_evaluation.grids.content import GridContent
from bdis_evaluation.grids.keys import with_keys


class VersionStatus(models.TextChoices):
    """Life of a text that people are held to: drafted, in force, then superseded."""

    DRAFT = "draft", _("Draft")
    IN_FORCE = "in_force", _("In force")
    SUPERSEDED = "superseded", _("Superseded")


class Grid(models.Model):
    """A way to evaluate oneself; its questions live in its versions."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)
    purpose = models.TextField(
        _("purpose"), blank=True, help_text=_("For whom it is, how long it takes.")
    )
    minutes = models.PositiveSmallIntegerField(_("minutes it takes"), default=60)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("progress grid")
        verbose_name_plural = _("progress grids")
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title

    @property
    def version_in_force(self) -> GridVersion | None:
        """The version that new evaluations answer, ``None`` before the first."""
        return self.versions.filter(status=VersionStatus.IN_FORCE).first()


class GridVersion(models.Model):
    """The themes and questions of a grid at one time."""

    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"), editable=False)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=VersionStatus.choices,
        default=VersionStatus.DRAFT,
        editable=False,
    )
    themes = GridStreamField(verbose_name=_("themes"))
    changes = models.TextField(_("what changes"), blank=True)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    in_force_at = models.DateTimeField(_("in force since"), null=True, editable=False)
    in_force_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        editable=False,
    )

    class Meta:
        verbose_name = _("version of a grid")
        verbose_name_plural = _("versions of a grid")
        ordering = ["grid", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["grid", "number"], name="bdis_evaluation_gridversion_number_once"
            ),
            models.UniqueConstraint(
                fields=["grid"],
                condition=Q(status="in_force"),
                name="bdis_evaluation_gridversion_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["grid"],
                condition=Q(status="draft"),
                name="bdis_evaluation_gridversion_one_draft",
            ),
        ]

    def __str__(self) -> str:
        return _("%(grid)s, version %(number)s") % {"grid": self.grid, "number": self.number}

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._is_closed():
            raise LedgerClosed(GridVersion, "update")
        self.give_keys()
        super().save(*args, **kwargs)
        self.__dict__.pop("content", None)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self._is_closed():
            raise LedgerClosed(GridVersion, "delete")
        return super().delete(*args, **kwargs)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self.__dict__.pop("content", None)

    @property
    def is_draft(self) -> bool:
        return self.status == VersionStatus.DRAFT

    @cached_property
    def content(self) -> GridContent:
        """Themes and questions, as they were when the row was read."""
        return read_content(self.raw_themes)

    @property
    def question_count(self) -> int:
        """How many questions it asks."""
        return len(self.content.questions)

    @property
    def raw_themes(self) -> list[dict[str, Any]]:
        """The JSON of the themes, as stored."""
        return list(self.themes.get_prep_value())

    def give_keys(self) -> None:
        """Make the references that were left empty, unlike any of the history of the grid."""
        others = self.grid.versions.exclude(pk=self.pk)
        self.themes = with_keys(self.raw_themes, [other.raw_themes for other in others])

    def _is_closed(self) -> bool:
        stored = GridVersion.objects.filter(pk=self.pk).values_list("status", flat=True).first()
        return stored not in (None, VersionStatus.DRAFT)


class QuestionChange(models.TextChoices):
    """What became of a question since the version before."""

    SAME = "same", _("Same question")
    CHANGED = "changed", _("Changed: not comparable")
    NEW = "new", pgettext_lazy("question", "New")
    DROPPED = "dropped", _("Dropped")


class QuestionCorrespondence(models.Model):
    """What became of one question from a version to the next; said by the steering committee."""

    version = models.ForeignKey(
        GridVersion, on_delete=models.CASCADE, related_name="correspondences"
    )
    key = models.CharField(_("question"), max_length=60)
    change = models.CharField(_("change"), max_length=8, choices=QuestionChange.choices)
    note = models.CharField(_("reason"), max_length=300, blank=True)
    #: Of the two wordings that were shown: a decision does not outlive them.
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    #: Its version entered into force: nothing changes it any more.
    frozen = models.BooleanField(default=False, editable=False)

    closed_within = "version"

    class Meta:
        verbose_name = _("correspondence of a question")
        verbose_name_plural = _("correspondences of questions")
        ordering = ["version", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "key"], name="bdis_evaluation_correspondence_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.get_change_display()}"
