"""Names as they are seen: a signature is read by people."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

#: Characters of letters or marks that show nothing, besides those of the categories below.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
#: Control, format (direction, zero width), surrogates, private, not assigned.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class NoWords(ValueError):
    """Nothing is left to read once what is not seen is taken out."""

    def __str__(self) -> str:
        return _("Write it in letters.")


def visible_words(value: str) -> str:
    """Return ``value`` with single spaces, without what is not seen; raises ``NoWords``."""
    spaced = " ".join(value.split())
    seen = "".join(sign for sign in spaced if _is_seen(sign))
    words = unicodedata.normalize("NFC", " ".join(seen.split()))
    if not any(sign.isalpha() for sign in words):
        raise NoWords
    return words


def _is_seen(sign: str) -> bool:
    return sign not in _BLANK and unicodedata.category(sign) not in _HIDDEN
