"""Acts on the charter ledger: sign, withdraw, erase what is personal."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from bdis_cms import services
from bdis_cms.models import OPEN_ENDED, InitiativePage, RegionPage
from bdis_cms.signals import listings_changed
from bdis_evaluation.charter.naming import NoWords, visible_words
from bdis_evaluation.models import (
    AdhesionKind,
    CharterAdhesion,
    CharterText,
    CharterVersion,
    Signatory,
    SigningWay,
)

LOG_ERASE = "bdis_evaluation.erase_signatory"


class CharterChanged(Exception):
    """The text that was shown is not the one in force any more."""

    def __str__(self) -> str:
        return _("The charter changed while you were reading it: read the new text, then sign it.")


@dataclass
class CharterAltered(CharterChanged):
    """The texts of a version are not those that entered into force."""

    version: CharterVersion

    def __str__(self) -> str:
        return _(
            "%(version)s is not what entered into force: nobody signs it until the national team "
            "has looked into it."
        ) % {"version": self.version}


@dataclass
class AlreadySigned(Exception):
    """A signature of this version stands already."""

    adhesion: CharterAdhesion

    def __str__(self) -> str:
        return _("“%(title)s” has already signed this version: its signature stands.") % {
            "title": self.adhesion.initiative_title
        }


@dataclass
class NothingToWithdraw(Exception):
    """No signature stands."""

    page: InitiativePage

    def __str__(self) -> str:
        return _("“%(title)s” has no signature to withdraw.") % {"title": self.page.title}


class LinkServed(Exception):
    """The charter was signed or withdrawn since the link was sent."""

    def __str__(self) -> str:
        return _(
            "This link has served: the charter was signed or withdrawn since. Sign in the space "
            "of the initiative."
        )


class SignatoryMissing(ValueError):
    """A signature is somebody's, in some capacity, to some words."""

    def __str__(self) -> str:
        return _("Say who signs, in which capacity, and what they commit to.")


@dataclass(frozen=True)
class Signing:
    """Who signs, and how. ``way`` is a ``SigningWay``; dates of paper may lie in the past."""

    name: str
    capacity: str
    way: str
    statement: str = ""
    account: Any = None
    recorded_by: Any = None
    signed_on: datetime.date | None = None
    #: By the link of an e-mail: the moment of its notice, and what stands for its address.
    notice: str = ""
    recipient: str = ""

    def evidence(self, signatory: Signatory) -> dict[str, str]:
        """Return what shows the consent; nothing ties it to a mailbox once the salt is erased."""
        told = {"statement": self.statement.strip()}
        if self.recipient:
            told |= {"notice": self.notice, "recipient": signatory.sealed(self.recipient)}
        return told

    def signatory(self) -> Signatory:
        """Return the person, not saved yet; raises ``SignatoryMissing``."""
        try:
            name, capacity = visible_words(self.name), visible_words(self.capacity)
        except NoWords as error:
            raise SignatoryMissing from error
        return Signatory(name=name, capacity=capacity, account=self.account)


@transaction.atomic
def sign(
    page: InitiativePage,
    *,
    text: CharterText,
    text_hash: str,
    by: Signing,
    after: int | None = None,
) -> CharterAdhesion:
    """Record that an initiative adheres to the charter, by the exact text that was shown.

    ``text_hash`` is the hash that the form held. Raises ``CharterChanged`` when that text is not
    in force, ``CharterAltered``, ``AlreadySigned`` and ``SignatoryMissing``; ``LinkServed`` when
    ``after``, the last line that the link of an e-mail knew, is not the last one any more.
    """
    if not by.statement.strip():
        raise SignatoryMissing
    row = _locked(page)
    version = CharterVersion.objects.select_for_update().get(pk=text.version_id)
    if not version.is_in_force or text.text_hash != text_hash:
        raise CharterChanged
    if version.hash_of_texts() != version.text_hash:
        raise CharterAltered(version)
    standing = standing_adhesion(row)
    if standing and standing.version_id == version.pk:
        raise AlreadySigned(standing)
    if after is not None and after != last_line(row):
        raise LinkServed
    adhesion = _write(row, AdhesionKind.SIGNATURE, text, by)
    services.record_charter_validity(
        page, valid_until=OPEN_ENDED, signed_on=adhesion.signed_on, user=_user(by)
    )
    return adhesion


@transaction.atomic
def withdraw(page: InitiativePage, *, reason: str, by: Signing) -> CharterAdhesion:
    """Record that the signature does not hold any more: the listing leaves every channel at once.

    Raises ``NothingToWithdraw`` and ``SignatoryMissing``.
    """
    row = _locked(page)
    standing = standing_adhesion(row)
    if standing is None:
        raise NothingToWithdraw(row)
    text = standing.version.texts.get(language=standing.language)
    adhesion = _write(
        row, AdhesionKind.WITHDRAWAL, text, by, withdraws=standing, reason=reason.strip()
    )
    services.record_charter_validity(page, valid_until=None, user=_user(by))
    return adhesion


def standing_adhesion(page: InitiativePage) -> CharterAdhesion | None:
    """Return the signature that holds for ``page``, whatever its version; ``None`` without one."""
    last: CharterAdhesion | None = CharterAdhesion.objects.of(page).first()
    return last if last and last.is_signature else None


def last_line(page: InitiativePage) -> int:
    """Return the number of the last line of ``page`` in the ledger, 0 when it has none."""
    return CharterAdhesion.objects.of(page).values_list("pk", flat=True).first() or 0


@transaction.atomic
def erase_signatory(signatory: Signatory, *, user: Any) -> None:
    """Erase what is personal of whoever signed; signatures stand under a neutral label.

    Everything that the same person wrote goes: by the same account, or under the same name for
    the same initiative.
    """
    initiatives = CharterAdhesion.objects.filter(signatory=signatory).values("initiative")
    there = CharterAdhesion.objects.filter(initiative__in=initiatives).values("signatory")
    same = Q(pk=signatory.pk) | Q(name=signatory.name, pk__in=there)
    if signatory.account_id:
        same |= Q(account=signatory.account_id)
    for one in list(Signatory.objects.filter(same, erased_at__isnull=True)):
        one.erase()
    log(instance=signatory, action=LOG_ERASE, user=user, title=str(signatory))


@transaction.atomic
def erase_signatures_of(account: Any) -> int:
    """Erase the signatory of everything that ``account`` signed; return how many there were."""
    signatories = list(Signatory.objects.filter(account=account.pk))
    for signatory in signatories:
        signatory.erase()
    return len(signatories)


@transaction.atomic
def sign_in_bulk(
    pages: Iterable[InitiativePage], *, text: CharterText, signings: Iterable[Signing]
) -> int:
    """Record the signature of each page by the signing beside it; for demonstrations."""
    rows, region_of = list(pages), _regions()
    made = []
    for page, by in zip(rows, signings, strict=True):
        made.append((page, by, by.signatory()))
    Signatory.objects.bulk_create([signatory for _page, _by, signatory in made])
    adhesions = [
        _line(page, region_of, AdhesionKind.SIGNATURE, text, by, signatory)
        for page, by, signatory in made
    ]
    CharterAdhesion.objects.bulk_create(adhesions, batch_size=500)
    for page, adhesion in zip(rows, adhesions, strict=True):
        page.charter_valid_until, page.charter_signed_on = OPEN_ENDED, adhesion.signed_on
    facts = ["charter_valid_until", "charter_signed_on"]
    InitiativePage.objects.bulk_update(rows, facts, batch_size=200)
    listings_changed.send(sender=InitiativePage, page_ids=[page.pk for page in rows])
    return len(adhesions)


def _write(
    page: InitiativePage,
    kind: str,
    text: CharterText,
    by: Signing,
    **facts: Any,
) -> CharterAdhesion:
    signatory = by.signatory()
    signatory.save()
    adhesion = _line(page, _regions(page), kind, text, by, signatory)
    for field, value in facts.items():
        setattr(adhesion, field, value)
    adhesion.save()
    return adhesion


def _line(
    page: InitiativePage,
    region_of: dict[str, str],
    kind: str,
    text: CharterText,
    by: Signing,
    signatory: Signatory,
) -> CharterAdhesion:
    return CharterAdhesion(
        kind=kind,
        initiative=page,
        initiative_title=page.title,
        region_code=region_of.get(page.path[: -page.steplen], ""),
        version_id=text.version_id,
        language=text.language,
        text_hash=text.text_hash,
        signatory=signatory,
        signatory_digest=signatory.digest,
        signed_on=by.signed_on or timezone.localdate(),
        way=by.way,
        recorded_by=by.recorded_by,
        evidence=by.evidence(signatory),
    )


def _regions(page: InitiativePage | None = None) -> dict[str, str]:
    """Return the code of the region of each page that listings are under, by its path."""
    regions = RegionPage.objects.all()
    if page is not None:
        regions = regions.filter(path=page.path[: -page.steplen])
    return dict(regions.values_list("path", "region__code"))


def _locked(page: InitiativePage) -> InitiativePage:
    return InitiativePage.objects.select_for_update().get(pk=page.pk)


def _user(by: Signing) -> Any:
    return by.recorded_by or by.account


__all__ = [
    "AlreadySigned",
    "CharterAltered",
    "CharterChanged",
    "LinkServed",
    "NothingToWithdraw",
    "SignatoryMissing",
    "Signing",
    "SigningWay",
    "erase_signatory",
    "erase_signatures_of",
    "last_line",
    "sign",
    "sign_in_bulk",
    "standing_adhesion",
    "withdraw",
]
