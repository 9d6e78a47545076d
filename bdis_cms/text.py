"""Text folding shared by the gazetteer, the importer and search."""

import re
import unicodedata
from unicodedata import combining

_LIGATURES = (("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae"), ("ß", "ss"))
# Every diacritic of the basic plane: an index is built by folding millions of words.
_MARKS = re.compile(
    "[" + "".join(chr(code) for code in range(0x300, 0x10000) if combining(chr(code))) + "]+"
)
_NOT_A_WORD = re.compile(r"[^0-9a-z]+")
#: Neither XML 1.0 nor readers can take them; imported texts and addresses may hold them.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def clean(text: str) -> str:
    """Return ``text`` without control characters."""
    return _CONTROL.sub("", text)


def strip_accents(value: str) -> str:
    """Return ``value`` without diacritics; case and punctuation stay."""
    if value.isascii():
        return value
    for ligature, letters in _LIGATURES:
        value = value.replace(ligature, letters)
    return _MARKS.sub("", unicodedata.normalize("NFKD", value))


def fold(value: str) -> str:
    """Return the comparable form of ``value``: lower case, no accents, words parted by a space.

    ``fold("L'Île-d'Yeu") == "l ile d yeu"``; apostrophes, hyphens and punctuation part words.
    """
    return _NOT_A_WORD.sub(" ", strip_accents(value).lower()).strip()


def typeset(name: str) -> str:
    """Give an official name the apostrophe of print: « Provence-Alpes-Côte d’Azur »."""
    return name.replace("'", "’")
