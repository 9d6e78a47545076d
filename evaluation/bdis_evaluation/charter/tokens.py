"""Signed links by which a version of the charter is signed without an account."""

from __future__ import annotations

from django.core import signing

from bdis_cms.models import InitiativePage
from bdis_evaluation.models import CharterVersion

_SALT = "bdis_evaluation.charter.sign"


def signing_token(page_id: int, version: CharterVersion) -> str:
    """Return the token of a link to sign ``version`` for an initiative; it serves for that only."""
    return signing.dumps([page_id, version.number], salt=_SALT)


def from_token(token: str) -> tuple[InitiativePage, CharterVersion] | None:
    """Return what a token lets sign; ``None`` when it is false or what it names is gone."""
    try:
        page_id, number = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    page = InitiativePage.objects.filter(pk=page_id).first()
    version = CharterVersion.objects.published().filter(number=number).first()
    return (page, version) if page and version else None
