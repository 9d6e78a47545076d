"""The charter: its versions, and their text in each language."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.blocks import CharBlock, RichTextBlock, StructBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable

from bdis_evaluation.append_only import LedgerClosed
from bdis_evaluation.charter.texts import canonical_text, digest

#: What can be said in the charter without anything being lost in its canonical text.
FEATURES = ["bold", "italic", "ul", "ol"]
REQUIRED_LANGUAGE = "fr"


def charter_languages() -> list[tuple[str, Any]]:
    """Return the languages in which a charter may be written."""
    known = {"fr": "Français", "en": "English"}
    return list((known | dict(getattr(settings, "WAGTAIL_CONTENT_LANGUAGES", ()))).items())


class CharterStatus(models.TextChoices):
    """Where a version of the charter is in its life."""

    DRAFT = "draft", _("Draft")
    IN_FORCE = "in_force", _("In force")
    SUPERSEDED = "superseded", _("Superseded")


class NotADraft(Exception):
    """Only a draft enters into force."""

    def __init__(self, version: CharterVersion) -> None:
        super().__init__(
            gettext("%(version)s is no longer a draft: write a new version.") % {"version": version}
        )


class CharterIncomplete(Exception):
    """A version lacks what it needs to enter into force; ``missing`` says what, in sentences."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(" ".join(missing))
        self.missing = missing


class CharterVersionQuerySet(models.QuerySet):
    """Versions by where they are."""

    def in_force(self) -> CharterVersionQuerySet:
        """Keep the version that initiatives sign today."""
        return self.filter(status=CharterStatus.IN_FORCE)

    def published(self) -> CharterVersionQuerySet:
        """Keep those that anybody may read: in force, or superseded."""
        return self.exclude(status=CharterStatus.DRAFT)


class CharterVersion(ClusterableModel):
    """A version of the charter; once in force, the database refuses any change to it."""

    number = models.PositiveIntegerField(
        _("number"), unique=True, validators=[MinValueValidator(1)]
    )
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=CharterStatus.choices,
        default=CharterStatus.DRAFT,
        editable=False,
    )
    effective_on = models.DateField(
        _("effective on"),
        default=timezone.localdate,
        help_text=_("From that day on, the time left to those who signed an earlier version runs."),
    )
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"),
        default=90,
        help_text=_(
            "How long those who signed an earlier version stay in the directory without signing "
            "this one."
        ),
    )
    #: SHA-256 of the hashes of its texts, "" while it is a draft.
    text_hash = models.CharField(_("hash of its texts"), max_length=64, blank=True, editable=False)
    in_force_at = models.DateTimeField(_("in force since"), null=True, blank=True, editable=False)
    # A trace that outlives the account: neither constraint nor cascade.
    in_force_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("put in force by"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    superseded_at = models.DateTimeField(_("superseded on"), null=True, blank=True, editable=False)

    objects = CharterVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of the charter")
        verbose_name_plural = _("versions of the charter")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["status"],
                condition=Q(status="in_force"),
                name="bdis_evaluation_charter_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(status="draft", text_hash="", in_force_at__isnull=True)
                | (~Q(status="draft") & ~Q(text_hash="") & Q(in_force_at__isnull=False)),
                name="bdis_evaluation_charter_frozen",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Charter, version %(number)s") % {"number": self.number}

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._is_closed() and not kwargs.get("update_fields") == ["status", "superseded_at"]:
            raise LedgerClosed(CharterVersion, "update")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self._is_closed():
            raise LedgerClosed(CharterVersion, "delete")
        return super().delete(*args, **kwargs)

    def _is_closed(self) -> bool:
        stored = CharterVersion.objects.filter(pk=self.pk).values_list("status", flat=True).first()
        return stored not in (None, CharterStatus.DRAFT)

    @property
    def is_draft(self) -> bool:
        return self.status == CharterStatus.DRAFT

    @property
    def is_in_force(self) -> bool:
        return self.status == CharterStatus.IN_FORCE

    @property
    def in_force_on(self) -> datetime.date:
        """Day since which it is signed; a draft has none."""
        assert self.in_force_at is not None  # noqa: S101 - a constraint says so
        return timezone.localdate(self.in_force_at)

    @property
    def grace_ends_on(self) -> datetime.date:
        """Last day of those who signed an earlier version and not this one."""
        return self.effective_on + datetime.timedelta(days=self.grace_days)

    def text_in(self, language: str | None = None) -> CharterText | None:
        """Return the text in ``language`` (that of the interface), else in French, else any."""
        texts = {text.language: text for text in self.texts.all()}
        wanted = (language or get_language() or REQUIRED_LANGUAGE)[:2]
        first = texts.get(wanted) or texts.get(REQUIRED_LANGUAGE)
        return first or next(iter(texts.values()), None)

    def former(self) -> CharterVersion | None:
        """Return the version that this one replaced."""
        return CharterVersion.objects.published().filter(number__lt=self.number).first()

    def missing_information(self) -> list[str]:
        """Say, in sentences, what the version needs before it enters into force."""
        texts = {text.language: text for text in self.texts.all()}
        missing = []
        if REQUIRED_LANGUAGE not in texts:
            missing.append(gettext("The text in French is missing."))
        missing += [
            gettext("The text in %(language)s has no article.")
            % {"language": text.get_language_display()}
            for text in texts.values()
            if not text.articles
        ]
        latest = CharterVersion.objects.published().first()
        if latest is not None and latest.number >= self.number:
            missing.append(
                gettext("Its number comes before that of version %(number)s: choose a higher one.")
                % {"number": latest.number}
            )
        return missing

    @transaction.atomic
    def enter_into_force(self, *, user: Any, at: datetime.datetime | None = None) -> None:
        """Freeze the texts and supersede the version in force.

        ``at`` is now, except for demonstrations, whose charter has a past.
        Raises ``NotADraft`` and ``CharterIncomplete``.
        """
        row = CharterVersion.objects.select_for_update().get(pk=self.pk)
        if not row.is_draft:
            raise NotADraft(row)
        if missing := row.missing_information():
            raise CharterIncomplete(missing)
        now = at or timezone.now()
        for former in CharterVersion.objects.select_for_update().in_force():
            former.status, former.superseded_at = CharterStatus.SUPERSEDED, now
            former.save(update_fields=["status", "superseded_at"])
        for text in row.texts.all():
            text.freeze()
        row.text_hash = row.hash_of_texts()
        row.status, row.in_force_at, row.in_force_by = CharterStatus.IN_FORCE, now, user
        row.save()
        self.refresh_from_db()

    def hash_of_texts(self) -> str:
        """Return the hash that binds the frozen texts of all languages."""
        texts = self.texts.order_by("language")
        return digest("".join(f"{text.language} {text.text_hash}\n" for text in texts))


class CharterText(Orderable):
    """The text of a version in one language; frozen, byte for byte, when it enters into force."""

    version = ParentalKey(
        CharterVersion, verbose_name=_("version"), on_delete=models.CASCADE, related_name="texts"
    )
    language = models.CharField(
        _("language"), max_length=10, choices=charter_languages, default=REQUIRED_LANGUAGE
    )
    title = models.CharField(_("title"), max_length=200)
    preamble = RichTextField(_("preamble"), blank=True, features=FEATURES)
    articles = StreamField(
        [
            (
                "article",
                StructBlock(
                    [
                        ("title", CharBlock(label=_("Title"), max_length=200)),
                        ("body", RichTextBlock(label=_("Text"), features=FEATURES)),
                    ],
                    label=_("Article"),
                    icon="doc-full",
                ),
            )
        ],
        verbose_name=_("articles"),
        blank=True,
        help_text=_("They are numbered in this order."),
    )
    changes = RichTextField(
        _("what changes"),
        blank=True,
        features=FEATURES,
        help_text=_(
            "For those who signed the version before: it is in the e-mails and beside the text, "
            "not in what is signed."
        ),
    )
    #: The exact text that is signed, and its SHA-256; "" while the version is a draft.
    canonical = models.TextField(_("exact text"), blank=True, editable=False)
    text_hash = models.CharField(_("hash"), max_length=64, blank=True, editable=False)

    closed_within = "version"

    class Meta(Orderable.Meta):
        verbose_name = _("text of the charter")
        verbose_name_plural = _("texts of the charter")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "language"], name="bdis_evaluation_chartertext_language_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.get_language_display()})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        closed = CharterText.objects.filter(pk=self.pk).exclude(text_hash="").exists()
        if closed or not self.version.is_draft:
            raise LedgerClosed(CharterText, "update")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.text_hash:
            raise LedgerClosed(CharterText, "delete")
        return super().delete(*args, **kwargs)

    @property
    def exact_text(self) -> str:
        """The text that is signed: the frozen one, else what it would be now."""
        return self.canonical or canonical_text(
            self.title,
            self.preamble,
            [(block.value["title"], block.value["body"].source) for block in self.articles],
        )

    def freeze(self) -> None:
        """Write the exact text and its hash; nothing changes them afterwards."""
        self.canonical = self.exact_text
        self.text_hash = digest(self.canonical)
        self.save()
