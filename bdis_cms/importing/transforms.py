"""Transforms of text that a mapping may name."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import cleaning, names


def at_place(name: str) -> str:
    """Return « à Paris », « au Havre », « aux Mureaux »: a commune after its preposition."""
    if name.startswith("Le "):
        return f"au {name[3:]}"
    if name.startswith("Les "):
        return f"aux {name[4:]}"
    return f"à {name}" if name else ""


def sentence(value: str) -> str:
    """Return the text with a capital at its start and a point at its end."""
    text = value.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?…" else ".")


TRANSFORMS: dict[str, Callable[[str], str]] = {
    "at_place": at_place,
    "digits": lambda value: re.sub(r"\D", "", value),
    "expand_abbreviations": names.expand_abbreviations,
    "first_line": lambda value: value.strip().split("\n", 1)[0],
    "first_sentence": cleaning.first_sentence,
    "french_case": names.french_case,
    "lower": str.lower,
    "plain_text": cleaning.plain_text,
    "sentence": sentence,
    "upper": str.upper,
}
