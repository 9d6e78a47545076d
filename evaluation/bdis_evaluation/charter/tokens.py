"""Signed links by which a version of the charter is signed without an account.

A link is for one recipient, and for one signature: it tells the last line of the ledger of the
initiative, and serves no more once another is written.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing
from django.utils import timezone
from django.utils.crypto import salted_hmac

from bdis_cms.models import InitiativePage
from bdis_evaluation.charter.ledger import last_line
from bdis_evaluation.models import CharterCampaign, CharterVersion

_SALT = "bdis_evaluation.charter.sign"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link lets sign, after which line, and which notice brought it to whom."""

    page: InitiativePage
    version: CharterVersion
    after: int
    recipient: str
    moment: str

    @property
    def is_too_old(self) -> bool:
        """Whether the campaign of its version is over for good."""
        running = CharterCampaign.objects.running(timezone.localdate())
        return not running.filter(version=self.version).exists()


def signing_token(page: InitiativePage, version: CharterVersion, *, to: str, moment: str) -> str:
    """Return the token of a link to sign ``version`` for an initiative, sent to an address."""
    facts = [page.pk, version.number, last_line(page), recipient_key(to), moment]
    return signing.dumps(facts, salt=_SALT)


def from_token(token: str) -> Link | None:
    """Return what a token lets sign; ``None`` when it is false or what it names is gone."""
    try:
        page_id, number, after, recipient, moment = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    page = InitiativePage.objects.filter(pk=page_id).first()
    version = CharterVersion.objects.published().filter(number=number).first()
    return Link(page, version, after, recipient, moment) if page and version else None


def recipient_key(address: str) -> str:
    """Return what stands for an address: the same each time, and it cannot be read back."""
    return salted_hmac(_SALT, address.strip().casefold(), algorithm="sha256").hexdigest()[:32]
