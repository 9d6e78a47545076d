"""Files that support an answer: private, kept apart from the media of the site."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bdis_evaluation.models.evaluations import Evaluation


def private_storage() -> Storage:
    """Return where private files are: ``BDIS_PRIVATE_ROOT``, or a folder beside the media.

    No address leads there: files are sent by a view that knows who may read them.
    """
    root = getattr(settings, "BDIS_PRIVATE_ROOT", None)
    return FileSystemStorage(root or Path(settings.MEDIA_ROOT).parent / "private")


def evidence_path(evidence: EvidenceFile, filename: str) -> str:
    """Return where the file is kept: its name there says nothing of what it is."""
    return f"evaluations/{evidence.evaluation_id}/{uuid.uuid4().hex}"


class EvidenceFile(models.Model):
    """A file given with an answer, read by the initiative and by whom it entitles to."""

    evaluation = models.ForeignKey(
        Evaluation, on_delete=models.CASCADE, related_name="evidence_files"
    )
    key = models.CharField(_("question"), max_length=60)
    file = models.FileField(_("file"), storage=private_storage, upload_to=evidence_path)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size"))  # bytes
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["uploaded_at", "pk"]

    def __str__(self) -> str:
        return self.name
