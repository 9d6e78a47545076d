"""What an import leaves behind: its report, and what each listing was when it last came."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportedListing(models.Model):
    """What a source last said of a listing, so that edits made here survive the next import."""

    source = models.CharField(_("source"), max_length=50)
    external_id = models.CharField(_("id at the source"), max_length=120)
    # Empty once somebody has deleted the page: the next import must not bring it back.
    page = models.OneToOneField(
        "bdis_cms.InitiativePage",
        verbose_name=_("listing"),
        on_delete=models.SET_NULL,
        related_name="imported",
        null=True,
        blank=True,
    )
    row_hash = models.CharField(_("fingerprint of the row"), max_length=64)
    values = models.JSONField(_("values of the source"), default=dict)
    imported_at = models.DateTimeField(_("last changed by an import"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("imported listing")
        verbose_name_plural = _("imported listings")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="bdis_imported_listing_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class ImportRun(models.Model):
    """An import asked from the admin or the command line, with its report."""

    class State(models.TextChoices):
        REHEARSED = "rehearsed", _("Rehearsed, waiting for confirmation")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed, nothing changed")

    source = models.CharField(_("source"), max_length=50)
    file_name = models.CharField(_("file"), max_length=255)
    # In the database rather than among the media, which anybody can download.
    upload = models.BinaryField(_("uploaded file"), null=True, blank=True, editable=True)
    publish = models.BooleanField(_("published at once"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    report = models.JSONField(_("report"), default=dict)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )
    created_at = models.DateTimeField(_("asked on"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished on"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.source})"

    @property
    def counts(self) -> dict[str, Any]:
        """Number of rows by outcome, as the report gives them."""
        return self.report.get("counts", {})
