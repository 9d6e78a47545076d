"""A light French stemmer: plurals, feminines and a few derivations, nothing more.

After Jacques Savoy, "Light Stemming Approaches for the French, Portuguese, German and Hungarian
Languages" (SAC 2006), on words already folded (no accents), with two changes: irregular plurals
are listed, and ``-ation``/``-ition`` only go when at least five letters are left, because
"formation", "animation" and "création" are what people look for, not "forme" or "animal".
"""

from __future__ import annotations

from functools import lru_cache

_IRREGULAR = {
    "travaux": "travail",
    "vitraux": "vitrail",
    "baux": "bail",
    "yeux": "oeil",
    "messieurs": "monsieur",
    "mesdames": "madame",
    "fils": "fils",
    "corps": "corps",
    "temps": "temps",
    "pays": "pays",
    "repas": "repas",
}
# (ending, shortest word it applies to, letters that replace it)
_ENDINGS = (
    ("issement", 10, "ir"),
    ("ficatrice", 12, "fier"),
    ("ficateur", 11, "fier"),
    ("catrice", 10, "quer"),
    ("cateur", 9, "quer"),
    ("atrice", 9, "er"),
    ("ateur", 8, "er"),
    ("trice", 7, "ter"),
    ("teuse", 8, "ter"),
    ("teur", 7, "ter"),
    ("euse", 6, "eu"),
    ("iere", 7, "ier"),
    ("ere", 7, "er"),
    ("ive", 7, "if"),
    ("folle", 5, "fou"),
    ("molle", 5, "mou"),
    ("nnelle", 9, "n"),
    ("nnel", 9, "n"),
    ("elle", 8, "el"),
    ("enne", 7, "en"),
    ("ete", 6, "et"),
)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of a folded word; a word with a digit or of three letters is its own stem.

    ``stem("maraichere") == stem("maraichers")``, ``stem("chevaux") == stem("cheval")``.
    """
    if len(word) <= 3 or not word.isalpha():
        return word
    if word in _IRREGULAR:
        return _normalise(_IRREGULAR[word])
    word = _without_plural(word)
    for ending, shortest, replacement in _ENDINGS:
        if len(word) >= shortest and word.endswith(ending):
            word = word[: -len(ending)] + replacement
            break
    else:
        for ending in ("ation", "ition"):
            if word.endswith(ending) and len(word) - len(ending) >= 5:
                word = word[: -len(ending)] + "er"
                break
    return _normalise(word)


def _without_plural(word: str) -> str:
    if word.endswith("x"):
        if len(word) > 5 and word.endswith("aux") and word[-4] != "e":
            return word[:-2] + "l"
        return word[:-1]
    if word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _normalise(word: str) -> str:
    if len(word) > 4:
        word = "".join(
            char
            for place, char in enumerate(word)
            if place == 0 or char != word[place - 1] or not char.isalpha()
        )
    if len(word) > 4 and word.endswith("ie"):
        word = word[:-2]
    if len(word) > 4:
        word = word.removesuffix("r")
        for _ in range(2):
            word = word.removesuffix("e") if len(word) > 3 else word
        if len(word) > 2 and word[-1] == word[-2]:
            word = word[:-1]
    return word
