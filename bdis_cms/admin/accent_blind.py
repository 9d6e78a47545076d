"""Regular expressions that find words whatever their accents, for any database."""

import re

from bdis_cms.text import fold

_VARIANTS = {
    "a": "aàâä",
    "c": "cç",
    "e": "eéèêë",
    "i": "iîï",
    "o": "oôö",
    "u": "uùûü",
    "y": "yÿ",
}
_JOINTS = "[-' ’]"


def accent_blind(text: str) -> str:
    """Return a pattern for ``text`` whatever its accents, hyphens and apostrophes.

    Upper-case accented letters are listed too: a database may fold ASCII letters only.
    """
    parts = []
    for char in text.lower():
        if variants := _VARIANTS.get(fold(char)):
            parts.append(f"[{variants}{variants[1:].upper()}]")
        elif char in "-' ’":
            parts.append(_JOINTS)
        else:
            parts.append(re.escape(char))
    return "".join(parts)
