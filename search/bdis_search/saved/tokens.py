"""Signed links of saved searches: each purpose has its own, none can be guessed or turned into
another.
"""

from __future__ import annotations

import uuid

from django.core.signing import BadSignature, Signer, TimestampSigner

from bdis_search.models import SavedSearch
from bdis_search.models.saved import CONFIRM_WITHIN

_SALT = "bdis_search.saved."
_SEPARATOR = "."


def confirm_token(saved: SavedSearch) -> str:
    """Return the token by which an address is confirmed, within ``CONFIRM_WITHIN``."""
    return TimestampSigner(sep=_SEPARATOR, salt=f"{_SALT}confirm").sign(saved.key.hex)


def to_confirm(token: str) -> SavedSearch | None:
    """Return the saved search that a token confirms; ``None`` when it is false or too old."""
    signer = TimestampSigner(sep=_SEPARATOR, salt=f"{_SALT}confirm")
    try:
        return _with_key(signer.unsign(token, max_age=CONFIRM_WITHIN))
    except BadSignature:
        return None


def link_token(saved: SavedSearch, purpose: str) -> str:
    """Return the token of a link that stays the same in every e-mail: "manage" or "stop"."""
    return Signer(sep=_SEPARATOR, salt=_SALT + purpose).sign(saved.key.hex)


def from_link(token: str, purpose: str) -> SavedSearch | None:
    """Return the saved search of a link; ``None`` when it is false or the search was deleted."""
    try:
        return _with_key(Signer(sep=_SEPARATOR, salt=_SALT + purpose).unsign(token))
    except BadSignature:
        return None


def _with_key(key: str) -> SavedSearch | None:
    return SavedSearch.objects.defer("known").filter(key=uuid.UUID(key)).first()
