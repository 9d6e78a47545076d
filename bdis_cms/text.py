"""Text folding shared by the gazetteer, the importer and search."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_NOT_A_WORD = re.compile(r"[^0-9a-z]+")


def strip_accents(value: str) -> str:
    """Return ``value`` without diacritics; case and punctuation stay."""
    decomposed = unicodedata.normalize("NFKD", value.translate(_LIGATURES))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def fold(value: str) -> str:
    """Return the comparable form of ``value``: lower case, no accents, words parted by a space.

    ``fold("L'Île-d'Yeu") == "l ile d yeu"``; apostrophes, hyphens and punctuation part words.
    """
    return _NOT_A_WORD.sub(" ", strip_accents(value).lower()).strip()


def typeset(name: str) -> str:
    """Give an official name the apostrophe of print: « Provence-Alpes-Côte d’Azur »."""
    return name.replace("'", "’")
