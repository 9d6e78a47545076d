"""Read what somebody typed in a « where? » box: parts, and the noise around them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .names import ARTICLES, name_key
from .places import PlaceType

_CEDEX = re.compile(r"\bcedex\b\s*(\d{1,2}\b)?", re.IGNORECASE)
_POSTCODE = re.compile(r"(?<!\d)(?:F(?:R)?[\s-]?)?(\d{2}[\s.]?\d{3})(?!\d)", re.IGNORECASE)
_COUNTRY = re.compile(r"\s*(?:,|\s[-–—/]\s|\()\s*france\s*\)?\s*$", re.IGNORECASE)
_PARENTHESES = re.compile(r"\(([^()]*)\)?")
_DASH = re.compile(r"\s[-–—/|]\s|[,;]")

#: Words before a place that say nothing of it, longest first; on folded text.
_NOISE = [
    *(
        "aux alentours de",
        "aux alentours du",
        "aux environs de",
        "aux environs du",
        "a proximite de",
    ),
    *("a proximite du", "a cote de", "a cote du", "autour de", "autour du", "autour des"),
    *("alentours de", "environs de", "environs du", "environ de", "pres de", "pres du", "pres des"),
    *("pres d", "proche de", "proche du", "non loin de", "du cote de", "du cote des", "secteur de"),
    *("secteur", "centre ville de", "quartier de", "bassin de", "canton de", "arrondissement de"),
    *("a cote d", "autour d", "environs d", "proche d", "cote de"),
    *("je cherche a", "je suis a", "j habite a", "habitant a", "situe a", "bienvenue a"),
    *("a la", "a l", "a", "au", "aux", "en", "dans le", "dans la", "dans les", "dans l", "dans"),
    *(
        "vers",
        "sur",
        "chez",
        "pour",
        "proximite",
        "proche",
        "pres",
        "autour",
        "environs",
        "alentours",
    ),
]
#: Words before a place that say of which kind it is.
_KINDS: list[tuple[str, PlaceType]] = [
    ("ville", "commune"),
    ("commune", "commune"),
    ("mairie", "commune"),
    ("village", "commune"),
    ("departement", "department"),
    ("dept", "department"),
    ("dep", "department"),
    ("dpt", "department"),
    ("ancienne region", "former_region"),
    ("ex region", "former_region"),
    ("region", "region"),
    ("communaute de communes", "epci"),
    ("communaute d agglomeration", "epci"),
    ("communaute urbaine", "epci"),
    ("agglomeration", "epci"),
    ("agglo", "epci"),
    ("metropole", "epci"),
    ("intercommunalite", "epci"),
    ("interco", "epci"),
    ("epci", "epci"),
]
_LINKS = ("de la", "de l", "de", "du", "des", "d", "la", "le", "les", "l", "")
_NOISE_BEFORE = re.compile(rf"^(?:{'|'.join(sorted(_NOISE, key=len, reverse=True))}) (?=\S)")
_TAIL_LINK = re.compile(
    r"^(?:dans (?:le |la |les |l )?|en |departement (?:de la |de l |des |du |de |d )?|"
    r"de la |de l |du |des |de |d |le |la |les |l )(?=\S)"
)
_NOISE_AFTER = re.compile(
    r" (?:et (?:ses )?(?:environs|alentours)|centre ville|centre|ville|agglo|france)$"
)


@dataclass(frozen=True)
class PlaceQuery:
    """A query in parts: folded ``text`` without postcode, and what else could be told apart.

    ``qualifier`` is what stood in brackets or after a comma; ``kind`` what a leading word said;
    ``variants`` are the text and what is left of it without noise, most faithful first.
    """

    text: str
    postcode: str | None = None
    qualifier: str | None = None
    kind: PlaceType | None = None
    cedex: bool = False
    variants: tuple[str, ...] = field(default=())


def read_query(raw: str) -> PlaceQuery:
    """Take apart a place query of at most a few words; never fails."""
    raw = raw[:200]
    cedex = _CEDEX.search(raw) is not None
    rest = _CEDEX.sub(" ", raw)
    rest = _COUNTRY.sub("", rest) if name_key(_COUNTRY.sub("", rest)) else rest
    postcode = None
    if found := _POSTCODE.search(rest):
        postcode = re.sub(r"\D", "", found[1])
        rest = rest[: found.start()] + " " + rest[found.end() :]
    rest, qualifier = _split_qualifier(rest)
    text = name_key(rest)
    kind, variants = _variants(text)
    return PlaceQuery(text, postcode, qualifier, kind, cedex, variants)


def without_tail_link(words: str) -> str:
    """Return « Gironde » for « en Gironde », « Ain » for « dans l'Ain »."""
    return _TAIL_LINK.sub("", words)


def _split_qualifier(rest: str) -> tuple[str, str | None]:
    """Tell « Mans » and « le » back together, « Sainte-Colombe » and « Gironde » apart."""
    if found := _PARENTHESES.search(rest):
        inside = name_key(found[1])
        outside = rest[: found.start()] + " " + rest[found.end() :]
        if not name_key(outside):
            return found[1], None
        if inside in ARTICLES:
            return f"{found[1]} {outside}", None
        return outside, inside or None
    parts = [part for part in _DASH.split(rest) if name_key(part)]
    if len(parts) == 2:
        return parts[0], name_key(parts[1])
    if len(parts) > 2:
        # « 12 rue X, Montreuil, Seine-Saint-Denis »: only the last two can be a place.
        return parts[-2], name_key(parts[-1])
    return rest, None


def _variants(text: str) -> tuple[PlaceType | None, tuple[str, ...]]:
    variants = [text]
    kind = None
    current = text
    for _ in range(3):
        shorter = _NOISE_BEFORE.sub("", current, count=1)
        shorter = _NOISE_AFTER.sub("", shorter) if " " in shorter else shorter
        if shorter == current:
            shorter, found = _strip_kind(current)
            kind = found or kind
        if shorter == current or not shorter:
            break
        variants.append(shorter)
        current = shorter
    return kind, tuple(variants)


def _strip_kind(text: str) -> tuple[str, PlaceType | None]:
    bare = text
    for article in ("l ancienne ", "la ", "le ", "l ", "ancienne "):
        if bare.startswith(article) and bare.removeprefix(article).startswith(
            tuple(word for word, _ in _KINDS)
        ):
            bare = ("ancienne " if "ancienne" in article else "") + bare.removeprefix(article)
            break
    for word, kind in _KINDS:
        if bare == word or not bare.startswith(f"{word} "):
            continue
        rest = bare.removeprefix(f"{word} ")
        for link in _LINKS:
            if not link or rest.startswith(f"{link} "):
                return rest.removeprefix(f"{link} ") if link else rest, kind
    return text, None
