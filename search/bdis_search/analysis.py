"""French analysis of texts and queries, the same for every engine; pure functions.

Engines are fed tokens: what is indexed and what is asked go through here, so that accents, case,
elision, plurals and synonyms behave alike whatever the engine.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bdis_cms.text import strip_accents
from bdis_search.stemming import stem
from bdis_search.synonyms import Synonyms, get_synonyms

#: Words of a query beyond this number are ignored: nobody types them.
MAX_WORDS = 32
MAX_WORD_LENGTH = 60

_APOSTROPHES = re.compile("[’‘ʼ`´′＇]")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=\w)")
_DOTTED_ACRONYM = re.compile(r"(?<![\w.])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?!\w))?")
# "habitant·e·s", "adhérent.e.s", "acteur·rice·s", "salarié(e)s"
_INCLUSIVE = re.compile(
    r"(?<=\w\w)[·•.‧\-](?:e|ne|le|te|fe|ve|rice|trice|euse|ere|iere)(?:[·•.‧\-]?s)?(?![\w'])"
    r"|(?<=\w\w)\((?:e|ne|le|te|rice|euse|ere)\)(?:s\b)?"
)
_HYPHENATED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")
_WORD = re.compile(r"[^\W_]+")
_SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
# Written apart, with a hyphen or joined: "éco construction", "éco-construction".
_PREFIXES = frozenset(
    """agro anti auto bio co eco hydro inter intra micro mini multi photo pluri poly re socio sur
    tele thermo trans ultra""".split()  # noqa: SIM905
)
STOP_WORDS = frozenset(
    """a ai au aux avec c ce ces cet cette ceux chez d dans de des du elle elles en entre et etc eux
    il ils j je l la le les leur leurs lui m ma mes mon n nos notre nous on ou par pour qu que qui
    s sa se ses si son sur t ta te tes ton tu un une vos votre vous y""".split()  # noqa: SIM905
)


@lru_cache(maxsize=8)
def _prepared(text: str) -> str:
    """Return ``text`` folded, its acronyms, elisions and inclusive endings resolved."""
    if not text.isascii():
        text = strip_accents(_APOSTROPHES.sub("'", text))
    text = text.lower()
    if "." in text:
        text = _DOTTED_ACRONYM.sub(lambda match: match.group().replace(".", "") + " ", text)
    text = _INCLUSIVE.sub(" ", text)
    return _ELISION.sub(" ", text) if "'" in text else text


def tokenize(text: str) -> list[str]:
    """Return the folded words of ``text`` in order, stop words included."""
    return [_SAINTS.get(word, word)[:MAX_WORD_LENGTH] for word in _WORD.findall(_prepared(text))]


def content_words(text: str) -> list[str]:
    """Return the folded words of ``text`` without stop words, unless it has nothing else."""
    words = tokenize(text)
    return [word for word in words if word not in STOP_WORDS] or words


def stems(text: str) -> tuple[str, ...]:
    """Return the stems of the words of ``text`` that are not stop words."""
    return tuple(stem(word) for word in content_words(text))


def joined_words(text: str) -> list[str]:
    """Return hyphenated words written as one: "éco-construction" gives "ecoconstruction"."""
    prepared = _prepared(text)
    if "-" not in prepared:
        return []
    return [
        match.group().replace("-", "")[:MAX_WORD_LENGTH] for match in _HYPHENATED.finditer(prepared)
    ]


def whole(text: str) -> str:
    """Return the one token that stands for all of ``text``: a title or a tag searched entire."""
    return "_".join(stem(word) for word in content_words(text))[:200]


def verbatim(text: str) -> str:
    """Return all the words of ``text`` as one token, stop words included: a name as typed."""
    return "_".join(tokenize(text))[:200]


def searchable(texts: Iterable[str]) -> tuple[str, str]:
    """Return ``texts`` ready for a whitespace tokenizer: exact words, and stems."""
    exact: list[str] = []
    stemmed: list[str] = []
    for text in texts:
        words = [*content_words(text), *joined_words(text)]
        exact += words
        stemmed += map(stem, words)
    return " ".join(exact), " ".join(stemmed)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query: as typed (folded) and its stem."""

    exact: str
    stem: str


@dataclass(frozen=True, slots=True)
class Clause:
    """What must match: all the words, or one of the synonyms (each a phrase of stems)."""

    words: tuple[Word, ...]
    synonyms: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class TextQuery:
    """A text as asked: every clause must match; two fields hold the text as one token."""

    clauses: tuple[Clause, ...] = ()
    whole: str = ""
    verbatim: str = ""
    tokens: tuple[str, ...] = ()  # stop words included

    def __bool__(self) -> bool:
        return bool(self.clauses)

    @property
    def words(self) -> tuple[Word, ...]:
        """The words of all clauses, in order."""
        return tuple(word for clause in self.clauses for word in clause.words)


def parse_text(text: str, synonyms: Synonyms | None = None) -> TextQuery:
    """Return what ``text`` asks for; any text is valid, a text without a word asks for nothing."""
    known = get_synonyms() if synonyms is None else synonyms
    text = text[:4000]
    words = list(dict.fromkeys(content_words(text)))[:MAX_WORDS]
    joined = dict(_joinable(text, words))
    clauses: list[Clause] = []
    position = 0
    while position < len(words):
        rest = tuple(stem(word) for word in words[position:])
        length, phrases = known.longest_match(rest)
        compound = joined.get(tuple(words[position : position + 2]))
        if compound and length < 2:
            length, phrases = 2, (*phrases, (stem(compound),))
        length = max(length, 1)
        taken = words[position : position + length]
        clauses.append(Clause(tuple(Word(word, stem(word)) for word in taken), phrases))
        position += length
    return TextQuery(
        tuple(clauses), whole(text), verbatim(text), tuple(tokenize(text)[: 2 * MAX_WORDS])
    )


def _joinable(text: str, words: list[str]) -> Iterable[tuple[tuple[str, ...], str]]:
    for match in _HYPHENATED.finditer(_prepared(text)):
        parts = tuple(match.group().split("-"))
        if len(parts) == 2:
            yield parts, "".join(parts)
    for first, second in itertools.pairwise(words):
        if first in _PREFIXES:
            yield (first, second), first + second
