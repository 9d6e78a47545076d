"""Files that support answers: what is taken, checked by what they hold, and where they go."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from bdis_cms.text import clean
from bdis_evaluation.coevaluating.closing import REPORT
from bdis_evaluation.evaluating.saving import lock_open
from bdis_evaluation.models import Evaluation, EvaluationKind, EvidenceFile

DEFAULT_TYPES = ("pdf", "jpg", "jpeg", "png", "webp", "odt", "ods", "docx", "xlsx", "txt", "csv")
DEFAULT_LARGEST = 10 * 1024 * 1024  # bytes
MOST_FILES = 100  # of one evaluation
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_OFFICE = "application/vnd.openxmlformats-officedocument."
#: What each extension is, and how its content is told: by its first bytes, a member of its
#: archive, or being text.
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "odt": f"{_OPEN_DOCUMENT}text",
    "ods": f"{_OPEN_DOCUMENT}spreadsheet",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "txt": "text/plain",
    "csv": "text/csv",
}
_BEGINNINGS = {
    "pdf": b"%PDF-",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
    "png": b"\x89PNG\r\n\x1a\n",
    "webp": b"RIFF",
}
_MEMBERS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


@dataclass
class EvidenceRefused(ValueError):
    """The file is not one that is kept; ``reason`` says which are."""

    key: str
    reason: str

    def __str__(self) -> str:
        return self.reason


def evidence_types() -> tuple[str, ...]:
    """Return the extensions that are taken: ``BDIS_EVIDENCE_TYPES``, among those we can tell."""
    asked = getattr(settings, "BDIS_EVIDENCE_TYPES", DEFAULT_TYPES)
    return tuple(one.lower() for one in asked if one.lower() in CONTENT_TYPES)


def largest_evidence() -> int:
    """Return how large a file may be, in bytes: ``BDIS_EVIDENCE_MAX_SIZE``."""
    return int(getattr(settings, "BDIS_EVIDENCE_MAX_SIZE", DEFAULT_LARGEST))


@transaction.atomic
def add_evidence(
    evaluation: Evaluation, key: str, upload: UploadedFile, *, user: Any
) -> EvidenceFile:
    """Keep a file with the question ``key``; raises ``EvidenceRefused``, ``EvaluationNotOpen``."""
    is_report = key == REPORT and evaluation.kind == EvaluationKind.EXTERNAL
    if key not in evaluation.version.content.questions and not is_report:
        raise EvidenceRefused(key, _("This question is not in the grid."))
    extension = _check(key, upload)
    lock_open(evaluation)
    if evaluation.evidence_files.count() >= MOST_FILES:
        raise EvidenceRefused(key, _("This evaluation holds 100 files: delete one first."))
    return EvidenceFile.objects.create(
        evaluation=evaluation,
        key=key,
        file=upload,
        name=_name(upload.name or "", extension),
        content_type=CONTENT_TYPES[extension],
        size=upload.size or 0,
        uploaded_by=user,
    )


@transaction.atomic
def remove_evidence(evidence: EvidenceFile) -> None:
    """Delete a file while its evaluation is open; raises ``EvaluationNotOpen``."""
    lock_open(evidence.evaluation)
    evidence.delete()


@receiver(post_delete, sender=EvidenceFile, dispatch_uid="bdis_evaluation.delete_evidence")
def delete_file(instance: EvidenceFile, **_kwargs: Any) -> None:
    """Take the file away with its row, once that is certain."""
    name, storage = str(instance.file.name), instance.file.storage
    transaction.on_commit(lambda: storage.delete(name))


def _check(key: str, upload: UploadedFile) -> str:
    extension = PurePath(upload.name or "").suffix.lower().removeprefix(".")
    allowed = evidence_types()
    if extension not in allowed:
        raise EvidenceRefused(
            key,
            _("Files of this kind are not taken. Those that are: %(types)s.")
            % {"types": ", ".join(allowed)},
        )
    if not upload.size:
        raise EvidenceRefused(key, _("This file is empty."))
    if upload.size > largest_evidence():
        raise EvidenceRefused(
            key,
            _("This file is too large: %(size)s at most.")
            % {"size": filesizeformat(largest_evidence())},
        )
    if not _holds(extension, upload):
        raise EvidenceRefused(
            key,
            _("What this file holds is not what its name says: save it again as %(type)s.")
            % {"type": extension},
        )
    return extension


def _holds(extension: str, upload: UploadedFile) -> bool:
    """Whether the content is what the extension says."""
    upload.seek(0)
    head = upload.read(4096)
    upload.seek(0)
    if beginning := _BEGINNINGS.get(extension):
        return head.startswith(beginning) and (extension != "webp" or head[8:12] == b"WEBP")
    if extension in ("txt", "csv"):
        return b"\x00" not in head
    try:
        with zipfile.ZipFile(upload) as archive:
            if member := _MEMBERS.get(extension):
                return member in archive.namelist()
            with archive.open("mimetype") as said:
                return said.read(100).decode("ascii") == CONTENT_TYPES[extension]
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, ValueError):
        # RuntimeError: under a password, or packed in a way that Python does not know.
        return False
    finally:
        upload.seek(0)


def _name(name: str, extension: str) -> str:
    stem = clean(PurePath(name.replace("\\", "/")).stem).strip() or _("file")
    return f"{stem[:150]}.{extension}"
