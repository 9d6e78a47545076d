"""Clean one value at a time: text, markup, numbers, dates, addresses of the web."""

from __future__ import annotations

import datetime
import html
import re
import unicodedata
from urllib.parse import urlsplit

import nh3
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siret as siret_number

from bdis_cms.validators import validate_rna

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_SPACES = re.compile(r"[ \t\u00a0\u2007\u202f\u200b\ufeff]+")
_ALLOWED = {"p", "br", "b", "i", "ul", "ol", "li", "h3", "a"}
_RENAMED = {"strong": "b", "em": "i", "h1": "h3", "h2": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
_BULLET = re.compile(r"^[-–—•*·]\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[»\")\]]*\s+(?=[«\"(]?[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŒ0-9])")
_URL = URLValidator(schemes=["http", "https"])
#: Words that end with a point without ending a sentence.
_ABBREVIATED = re.compile(r"(?:\b(?:M|MM|Mme|Dr|St|Ste|art|cf|etc|ex|n|p|av|bd|tél)|\b[A-Z])\.$")


class Unusable(ValueError):
    """The value cannot be used and is dropped; the argument is the key of the reason."""


def plain_text(value: str) -> str:
    """Return one line of text: no markup, no entities, no control characters, single spaces."""
    text = html.unescape(value)
    if _TAG.search(text):
        text = html.unescape(nh3.clean(_TAG.sub(lambda tag: f" {tag[0]}", text), tags=set()))
    text = "".join(
        " " if char in "\r\n\t" else char
        for char in unicodedata.normalize("NFC", text)
        if char in "\r\n\t" or unicodedata.category(char) not in {"Cc", "Cf", "Co", "Cn"}
    )
    return _SPACES.sub(" ", text).strip()


def has_markup(value: str) -> bool:
    """Whether a text carries tags or entities."""
    return bool(_TAG.search(value)) or html.unescape(value) != value


def rich_text(value: str) -> str:
    """Return safe HTML with the few tags of a description, made from markup or from plain text."""
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(
        c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Co"}
    )
    if _TAG.search(text):
        return _clean_html(text)
    text = html.unescape(text)
    # Entities may hide markup: what they reveal is cleaned like any other.
    if _TAG.search(text):
        return _clean_html(text)
    return _paragraphs(text)


def _clean_html(text: str) -> str:
    for old, new in _RENAMED.items():
        text = re.sub(rf"<(/?){old}(?=[\s>/])[^<>]*>", rf"<\1{new}>", text, flags=re.IGNORECASE)
    text = re.sub(r"<(/?)(?:div|section|article)\b[^<>]*>", r"<\1p>", text, flags=re.IGNORECASE)
    safe = nh3.clean(
        text,
        tags=_ALLOWED,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    safe = _SPACES.sub(" ", safe.replace("&nbsp;", " "))
    safe = re.sub(r"<p>\s*</p>|<a>(.*?)</a>", r"\1", safe, flags=re.DOTALL).strip()
    if not re.match(r"<(p|ul|ol|h3)>", safe):
        start = re.search(r"<(p|ul|ol|h3)>", safe)
        head, tail = (safe[: start.start()], safe[start.start() :]) if start else (safe, "")
        blocks = [b.strip() for b in re.split(r"\n\s*\n", head) if b.strip()]
        safe = "".join(f"<p>{block}</p>" for block in blocks) + tail
    return safe if nh3.clean(safe, tags=set()).strip() else ""


def _paragraphs(text: str) -> str:
    """Return paragraphs parted by blank lines; lines that begin with a dash make a list."""
    blocks: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        words = _SPACES.sub(" ", line).strip()
        tag = "ul" if _BULLET.match(words) else "p"
        words = html.escape(_BULLET.sub("", words), quote=False).strip()
        if not words.strip("-–—•*· "):
            # A blank line ends a paragraph, not a list.
            if not (blocks and blocks[-1][0] == "ul"):
                blocks.append(("", []))
        elif blocks and blocks[-1][0] == tag:
            blocks[-1][1].append(words)
        else:
            blocks.append((tag, [words]))
    return "".join(
        f"<p>{'<br/>'.join(lines)}</p>"
        if tag == "p"
        else "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"
        for tag, lines in blocks
        if lines
    )


def first_sentence(value: str, limit: int = 300) -> str:
    """Return the first sentence of a text or of HTML, at most ``limit`` characters.

    A very short one (« Bienvenue ! ») takes the next with it.
    """
    text = plain_text(re.sub(r"</(p|li|h3)>|<br ?/?>", " ", value))
    sentence = ""
    for part in _SENTENCE_END.split(text):
        sentence = f"{sentence} {part}".strip()
        if len(sentence) >= 40 and not _ABBREVIATED.search(sentence):
            break
    return shorten(sentence, limit)


def shorten(text: str, limit: int) -> str:
    """Return ``text`` cut at a word, with an ellipsis, when it is longer than ``limit``."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1].rsplit(" ", 1)[0] if " " in text[: limit - 1] else text[: limit - 1]
    return cut.rstrip(" ,;:-–—.") + "…"


def web_address(value: str) -> tuple[str, bool]:
    """Return a valid address and whether it had to be completed; raises ``Unusable``."""
    text = value.strip().strip("<>\"' ")
    # Some exports write a colon as « \c ».
    text = text.replace("\\c", ":")
    text = re.split(r"[\s;,]+(?=https?://|www\.)", text)[0]
    completed = text != value.strip()
    match = re.match(r"^(https?)[:;]?/{0,2}(?!/)", text, flags=re.IGNORECASE)
    if match:
        fixed = f"{match[1].lower()}://{text[match.end() :]}"
    elif re.match(r"^[\w.-]+\.[a-zA-Z]{2,}(?:[/?#:].*)?$", text):
        fixed = f"https://{text}" if text.lower().startswith("www.") else f"http://{text}"
    else:
        raise Unusable("bad_url")
    completed = completed or fixed != text
    try:
        _URL(fixed)
        parts = urlsplit(fixed)
    except (ValidationError, ValueError) as error:
        raise Unusable("bad_url") from error
    if len(fixed) > 500 or "@" in parts.netloc or "." not in parts.netloc:
        raise Unusable("bad_url")
    return fixed, completed


def email_address(value: str) -> str:
    """Return a valid e-mail address in lower case; raises ``Unusable``."""
    text = value.strip().removeprefix("mailto:").lower()
    try:
        validate_email(text)
    except ValidationError as error:
        raise Unusable("bad_email") from error
    return text


def siret(value: str) -> str:
    """Return the fourteen digits of a SIRET whose check digit is right; raises ``Unusable``."""
    digits = re.sub(r"\D", "", value)
    try:
        return str(siret_number.validate(digits.zfill(14) if len(digits) == 13 else digits))
    except NumberError as error:
        raise Unusable("bad_siret") from error


def rna(value: str) -> str:
    """Return the number of an association (W and nine characters); raises ``Unusable``."""
    text = re.sub(r"\s", "", value).upper()
    try:
        validate_rna(text)
    except ValidationError as error:
        raise Unusable("bad_rna") from error
    return text


def number(value: str, highest: int) -> int:
    """Return a whole number from 0 to ``highest``; raises ``Unusable``."""
    text = re.sub(r"[\s\u00a0\u202f]", "", value).replace(",", ".")
    try:
        result = round(float(text))
    except (ValueError, OverflowError) as error:
        raise Unusable("bad_number") from error
    if not 0 <= result <= highest:
        raise Unusable("bad_number")
    return result


def year(value: str) -> int:
    """Return the year of a date or of a number, from 1600 to today; raises ``Unusable``."""
    match = re.search(r"(?<!\d)(1[6-9]\d\d|20\d\d)(?!\d)", value)
    if not match or int(match[0]) > datetime.date.today().year:
        raise Unusable("bad_year")
    return int(match[0])


def date(value: str) -> datetime.date:
    """Return the day of 2026-03-03 (a time may follow) or 03/03/2026; raises ``Unusable``."""
    text = value.strip()
    iso = re.match(r"(\d{4})-(\d\d)-(\d\d)(?![\d])", text)
    french = re.match(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)", text)
    try:
        if iso:
            return datetime.date(int(iso[1]), int(iso[2]), int(iso[3]))
        if french:
            return datetime.date(int(french[3]), int(french[2]), int(french[1]))
    except ValueError as error:
        raise Unusable("bad_date") from error
    raise Unusable("bad_date")
