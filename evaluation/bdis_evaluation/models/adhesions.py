"""The ledger: who signed which text of the charter, for which initiative, and when."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from bdis_cms.models import InitiativePage
from bdis_evaluation.append_only import AppendOnlyModel, AppendOnlyQuerySet, LedgerClosed
from bdis_evaluation.charter.texts import digest
from bdis_evaluation.models.charter import CharterVersion

ERASED = "[erased]"


def new_salt() -> str:
    """Return the random part that keeps a digest from being guessed."""
    return secrets.token_hex(16)


class Signatory(models.Model):
    """Whoever signed: personal data, kept apart from the ledger so that they can be erased."""

    name = models.CharField(_("name"), max_length=160)
    capacity = models.CharField(_("capacity"), max_length=160)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
        blank=True,
    )
    salt = models.CharField(max_length=32, default=new_salt, editable=False)
    erased_at = models.DateTimeField(_("erased on"), null=True, blank=True, editable=False)

    objects = AppendOnlyQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("signatory")
        verbose_name_plural = _("signatories")

    def __str__(self) -> str:
        return gettext("Erased signatory") if self.is_erased else self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and not self.is_erased:
            raise LedgerClosed(Signatory, "update")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise LedgerClosed(Signatory, "delete")

    @property
    def is_erased(self) -> bool:
        return self.erased_at is not None

    @property
    def digest(self) -> str:
        """What the ledger keeps of the person: it proves who signed, and tells nobody who."""
        return digest(f"{self.salt}\n{self.name}\n{self.capacity}\n")

    def sealed(self, fact: str) -> str:
        """Return a digest of ``fact`` that says nothing once the salt is erased."""
        return digest(f"{self.salt}\n{fact}\n")

    def erase(self) -> None:
        """Blank what is personal; the signature stands."""
        if self.is_erased:
            return
        self.name, self.capacity, self.salt, self.account_id = ERASED, "", "", None
        self.erased_at = timezone.now()
        self.save()


class AdhesionKind(models.TextChoices):
    """What a line of the ledger records."""

    SIGNATURE = "signature", _("Signature")
    WITHDRAWAL = "withdrawal", _("Withdrawal")


class SigningWay(models.TextChoices):
    """How somebody signed or withdrew."""

    ONLINE = "online", _("In their space, signed in")
    MAIL = "mail", _("By the link of an e-mail")
    PAPER = "paper", _("On paper, recorded by the region")
    DEMO = "demo", _("Made up for the demonstration")


class CharterAdhesionQuerySet(AppendOnlyQuerySet):
    """Lines of the ledger by what they say."""

    def signatures(self) -> CharterAdhesionQuerySet:
        """Keep the signatures."""
        return self.filter(kind=AdhesionKind.SIGNATURE)

    def standing(self) -> CharterAdhesionQuerySet:
        """Keep the signatures that are the last word of their initiative."""
        later = CharterAdhesion.objects.filter(
            initiative=OuterRef("initiative"), pk__gt=OuterRef("pk")
        )
        return self.signatures().filter(~Exists(later))

    def of(self, page: InitiativePage) -> CharterAdhesionQuerySet:
        """Keep the lines of an initiative, the latest first."""
        return self.filter(initiative=page.pk).select_related("version", "signatory")

    def in_pages(self, pages: Any, region_codes: Any) -> CharterAdhesionQuerySet:
        """Keep the lines of ``pages``, and those of deleted ones of the regions named."""
        gone = ~Exists(Page.objects.filter(pk=OuterRef("initiative")))
        return self.filter(
            Q(initiative__in=pages.values("pk")) | Q(gone, region_code__in=region_codes)
        )


class CharterAdhesion(AppendOnlyModel):
    """A line of the ledger: a signature, or the withdrawal of one. Never altered."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=AdhesionKind.choices)
    # The line outlives the listing: neither constraint nor cascade, and its title then.
    initiative = models.ForeignKey(
        InitiativePage,
        verbose_name=_("initiative"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="charter_adhesions",
    )
    initiative_title = models.CharField(_("its name then"), max_length=255)
    region_code = models.CharField(_("region"), max_length=3, blank=True)
    version = models.ForeignKey(
        CharterVersion,
        verbose_name=_("version"),
        on_delete=models.PROTECT,
        related_name="adhesions",
    )
    language = models.CharField(_("language"), max_length=10)
    text_hash = models.CharField(_("hash of the text"), max_length=64)
    signatory = models.ForeignKey(
        Signatory, verbose_name=_("signatory"), on_delete=models.PROTECT, related_name="+"
    )
    signatory_digest = models.CharField(_("digest of the signatory"), max_length=64)
    signed_on = models.DateField(_("date"))
    recorded_at = models.DateTimeField(_("recorded on"), default=timezone.now)
    way = models.CharField(_("way"), max_length=8, choices=SigningWay.choices)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
        blank=True,
    )
    #: What was consented to: {"statement": the words that were ticked, …}.
    evidence = models.JSONField(_("evidence of consent"), default=dict)
    withdraws = models.OneToOneField(
        "self",
        verbose_name=_("signature withdrawn"),
        on_delete=models.PROTECT,
        related_name="withdrawal",
        null=True,
        blank=True,
    )
    reason = models.TextField(_("reason"), blank=True)

    objects = CharterAdhesionQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta(AppendOnlyModel.Meta):
        verbose_name = _("line of the charter ledger")
        verbose_name_plural = _("charter ledger")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["initiative", "-id"], name="bdis_eval_adhesion_last"),
            models.Index(fields=["region_code", "-id"], name="bdis_eval_adhesion_region"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="signature", withdraws__isnull=True)
                | Q(kind="withdrawal", withdraws__isnull=False),
                name="bdis_evaluation_adhesion_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} — {self.initiative_title} — {self.version}"

    @property
    def is_signature(self) -> bool:
        return self.kind == AdhesionKind.SIGNATURE

    @property
    def statement(self) -> str:
        """The words that were consented to."""
        return str(self.evidence.get("statement", ""))
