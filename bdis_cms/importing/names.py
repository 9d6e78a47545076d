"""Names written in capitals, given back their French typography."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bdis_cms.text import fold, strip_accents

# Below this share of capitals, somebody chose the case: it is left alone.
CAPITALS_SHARE = 0.7
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*|[^\w]+|_+")
_LOST_APOSTROPHE = re.compile(
    r"\b(QU|[CDJLMNST])(?:[ ]+|[’'][ ]+)(?=[AEIOUYHÀÂÄÉÈÊËÎÏÔÖÛÜŒ]\w)", re.IGNORECASE
)
_ROMAN = re.compile(r"^(?=[IVX]{2,})X{0,2}(?:IX|IV|V?I{0,3})$")
_VOWELS = set("AEIOUY")
_ARTICLES = {"LE", "LA", "LES"}
_STARTS_ANEW = re.compile(r"[«“\"(:]\s*$|\s[-–—]\s*$")


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, Any]:
    raw = yaml.safe_load((Path(__file__).parent / "words.yaml").read_text("utf-8"))
    by_bare = {}
    for key in ("three_letters", "words", "small", "nouns", "adjectives", "whole"):
        by_bare[key] = {bare(word): word for word in raw[key].split()}
    return {
        **by_bare,
        "acronyms": set(raw["acronyms"].split()),
        "abbreviations": raw["abbreviations"],
    }


def bare(word: str) -> str:
    """Return ``word`` in capitals without accents: how it looks in a register."""
    return strip_accents(word).upper()


def is_shouted(name: str) -> bool:
    """Whether a name is written in capitals, acronyms aside."""
    letters = [char for char in name if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    if not letters or capitals / len(letters) < CAPITALS_SHARE:
        return False
    words = _lexicon()
    return any(
        key not in words["acronyms"]
        and (
            len(key) > 3
            or (len(key) > 1 and (key in words["small"] or key in words["three_letters"]))
        )
        for key in map(bare, re.findall(r"[^\W\d_]+", name))
    )


def expand_abbreviations(name: str) -> str:
    """Write out the abbreviations of registers at the start of a name: ASSOC, SOC, CTRE."""
    name = re.sub(r"^COM(?:\.|M)? (DE )?COM(?:\.|M)?\b", "COMMUNAUTÉ DE COMMUNES", name)
    table: dict[str, str] = _lexicon()["abbreviations"]
    first, *rest = name.split(" ") if name else [""]
    if first.rstrip(".") in table:
        full = table[first.rstrip(".")]
        first = full.upper() if is_shouted(name) else full.capitalize()
        # Right after, an adjective may be cut too: CTRE INTERCOM.
        if rest and rest[0].rstrip(".") in table:
            rest[0] = table[rest[0].rstrip(".")].upper()
    return " ".join([first, *rest])


def french_case(name: str, proper: Iterable[str] = ()) -> str:
    """Return a name in capitals as a French editor writes it; other names come back unchanged.

    ``proper`` are names to spell as given: the commune, the département, the region.
    ``french_case("ASSOCIATION DES AMIS DE L'ÎLE") == "Association des amis de l'île"``.
    """
    if not is_shouted(name):
        return name
    name = _LOST_APOSTROPHE.sub(lambda match: f"{match[1]}'", name)
    pieces = _WORD.findall(name)
    result = ""
    noun_before = saint_before = False
    for piece in pieces:
        if not piece[0].isalnum():
            result += piece
            continue
        at_start = not result.strip("« \"“'(") or bool(_STARTS_ANEW.search(result))
        written, is_noun = _write(piece, at_start=at_start or saint_before, after_noun=noun_before)
        saint_before = bare(piece) in {"SAINT", "SAINTE"}
        noun_before = is_noun or (noun_before and bare(piece) in _lexicon()["adjectives"])
        result += written
    return _restore(result, proper)


def _write(piece: str, *, at_start: bool, after_noun: bool) -> tuple[str, bool]:
    """Return the word rewritten, and whether it is a noun after which the name proper begins."""
    words = _lexicon()
    head, apostrophe, tail = piece.rpartition("'") if "'" in piece else piece.rpartition("’")
    if apostrophe and bare(head) in {"QU", "C", "D", "J", "L", "M", "N", "S", "T"}:
        written, _ = _write(tail, at_start=False, after_noun=False)
        head = head.lower()
        return (head[:1].upper() + head[1:] if at_start else head) + apostrophe + written, False
    key = bare(piece)
    if not piece.isupper() or key in words["acronyms"] or _ROMAN.match(key):
        return piece, key.lower() in words["nouns"] or key in words["nouns"]
    if key in words["whole"]:
        return words["whole"][key], False
    if any(char.isdigit() for char in piece):
        return piece, False
    known = (
        words["words"].get(key)
        or words["nouns"].get(key)
        or words["adjectives"].get(key)
        or words["small"].get(key)
        or words["three_letters"].get(key)
    )
    if not known and _looks_like_acronym(key):
        return piece, False
    # What the source spells with accents is better than our table.
    word = piece.lower() if piece != key or not known else known
    ordinary = key in words["adjectives"] or (key in words["small"] and key not in _ARTICLES)
    begins = at_start or key in {"SAINT", "SAINTE"} or (after_noun and not ordinary)
    return word[:1].upper() + word[1:] if begins else word, key in words["nouns"]


def _looks_like_acronym(key: str) -> bool:
    """Short and unknown, or unpronounceable: BTP, KUF, SMTR; never "S" or "ST"."""
    if not key.isalpha() or key in {"ST", "STE", "MR", "MME", "DR"}:
        return False
    if len(key) <= 3:
        return True
    return len(key) <= 5 and not _VOWELS & set(key)


def _restore(name: str, proper: Iterable[str]) -> str:
    """Spell proper names as given, wherever they stand as whole words."""
    folded_name = fold(name)
    spelt = {given for given in proper if given}
    # « Le Havre » is « du Havre » in a name.
    spelt |= {given.split(" ", 1)[1] for given in spelt if given.startswith(("Le ", "Les "))}
    spelt |= {given[3:] for given in spelt if given.startswith("La ") and "-" in given}
    for given in sorted(spelt, key=len, reverse=True):
        folded = fold(given)
        if len(folded) < 3 or folded not in folded_name:
            continue
        loose = r"[\s'’-]+".join(_letters(word) for word in folded.split())
        name = re.sub(rf"(?<![^\W_]){loose}(?![^\W_])", given, name, flags=re.IGNORECASE)
    return name


def _letters(word: str) -> str:
    """Return a pattern that reads a folded word with or without its accents."""
    accented = {
        "a": "aàâä", "c": "cç", "e": "eéèêë", "i": "iîï", "o": "oôö", "u": "uùûü", "y": "yÿ",
    }  # fmt: skip
    return "".join(
        f"[{accented[char]}]" if char in accented else re.escape(char)
        for char in word.replace("oe", "œ")
    ).replace("œ", "(?:œ|oe)")
