"""Comparable forms of French place names: abbreviations, articles, numbers in words."""

import re
from functools import lru_cache

from bdis_cms.text import fold

ABBREVIATIONS = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "ss": "sous",
    "nd": "notre dame",
    "mt": "mont",
    "gd": "grand",
    "gde": "grande",
    "fbg": "faubourg",
}
ARTICLES = frozenset({"le", "la", "les", "l"})
#: Words that people leave out or add between the words of a name.
PARTICLES = ARTICLES | {"de", "du", "des", "d", "en", "et", "a", "au", "aux", "sur", "sous", "lez"}

_UNITS = [
    *("zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    *("onze", "douze", "treize", "quatorze", "quinze", "seize"),
]
_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante"}
_DIGIT_WORDS = {word: str(value) for value, word in enumerate(_UNITS[:10])}
_ROMAN = re.compile(r"^(x{0,2})(ix|iv|v?i{0,3})$")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10}
_ORDINAL = re.compile(r"^(\d{1,2}|[ivx]+)(?:er|ere|e|eme|em|nd|nde|d|ieme|iem)?$")


def name_key(name: str) -> str:
    """Return the form under which two spellings of a name compare equal.

    ``name_key("ST-GENIS LES OLLIERES") == name_key("Saint-Genis-les-Ollières")``; « s/ » reads
    « sur », « & » reads « et ».
    """
    words = fold(name.replace("&", " et ")).split()
    return " ".join(
        "sur" if word == "s" and 0 < place < len(words) - 1 else ABBREVIATIONS.get(word, word)
        for place, word in enumerate(words)
    )


def without_article(key: str) -> str:
    """Return ``key`` without its leading article, or unchanged if nothing else would remain."""
    first, _, rest = key.partition(" ")
    return rest if first in ARTICLES and rest else key


def without_particles(key: str) -> str:
    """Return the words of ``key`` that carry its meaning, or ``key`` if none does."""
    return " ".join(word for word in key.split() if word not in PARTICLES) or key


def ordinal(word: str) -> int | None:
    """Read the number of an arrondissement: « 3 », « 3e », « 3ème », « XI », « onzième »."""
    if found := _ORDINAL.match(word):
        return int(found[1]) if found[1].isdigit() else _roman(found[1])
    return _ordinal_words().get(word)


def spelled_number(key: str) -> str | None:
    """Read a département number said in words or digit by digit: « neuf trois », « 9 3 »."""
    words = key.split()
    digits = [_DIGIT_WORDS.get(word, word) for word in words]
    if 2 <= len(words) <= 3 and all(
        len(digit) == 1 and digit in "0123456789ab" for digit in digits
    ):
        return "".join(digits).upper()
    return _numbers_in_words().get(key)


def _roman(word: str) -> int | None:
    if not _ROMAN.match(word):
        return None
    values = [_ROMAN_VALUES[letter] for letter in word]
    following = [*values[1:], 0]
    return (
        sum(
            -value if value < after else value
            for value, after in zip(values, following, strict=True)
        )
        or None
    )


@lru_cache(maxsize=1)
def _ordinal_words() -> dict[str, int]:
    words = {
        "premier": 1,
        "premiere": 1,
        "second": 2,
        "cinquieme": 5,
        "neuvieme": 9,
        "vingtieme": 20,
    }
    for value in range(2, 20):
        root = _in_words(value).replace(" ", "")
        words.setdefault(root.rstrip("e") + "ieme", value)
    return words


@lru_cache(maxsize=1)
def _numbers_in_words() -> dict[str, str]:
    return {_in_words(value): f"{value:02d}" for value in range(1, 96)}


def _in_words(value: int) -> str:
    if value < 17:
        return _UNITS[value]
    if value < 20:
        return f"dix {_UNITS[value - 10]}"
    if value >= 80:
        return "quatre vingts" if value == 80 else f"quatre vingt {_in_words(value - 80)}"
    tens = min(value // 10 * 10, 60)
    rest = value - tens
    if not rest:
        return _TENS[tens]
    link = " et " if rest in {1, 11} else " "
    return f"{_TENS[tens]}{link}{_in_words(rest)}"
