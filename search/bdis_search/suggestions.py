"""What a text being typed may become: listings, families, activities and tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import Q

from bdis_cms.models import Activity, Family
from bdis_cms.text import fold
from bdis_search.analysis import tokenize
from bdis_search.asking import public_engine
from bdis_search.query import Suggestion
from bdis_search.terms import activities, families, public_tags

_OF_EACH_KIND = 3


def suggest(text: str, limit: int = 8) -> list[Suggestion]:
    """Return completions of ``text``: kinds and subjects first, then listings.

    Only public listings are named, and only tags that a public listing bears. Raises
    ``EngineUnavailable``.
    """
    words = tokenize(text[:200])
    if not words:
        return []
    terms = [
        *_terms("family", families().values(), words),
        *_terms("activity", activities().values(), words),
        *_tags(words),
    ][: max(0, limit // 2)]
    return [*terms, *public_engine().suggest(text, limit)][:limit]


def _terms(kind: str, terms: Iterable[Family | Activity], words: list[str]) -> list[Suggestion]:
    ranked = []
    for term in terms:
        # A synonym leads to its term: "recyclerie" suggests the family "Ressourcerie".
        for rank, name in enumerate((term.label, *term.synonyms.splitlines())):
            if _begins(tokenize(name), words):
                ranked.append((min(rank, 1), fold(term.label), term.code, term.label))
                break
    return [Suggestion(kind, code, label) for _, _, code, label in sorted(ranked)[:_OF_EACH_KIND]]


def _tags(words: list[str]) -> Iterator[Suggestion]:
    begun = Q(name__istartswith=words[0]) | Q(slug__startswith=words[0])
    used = public_tags().filter(begun)
    found = sorted(
        (fold(tag.name), tag.slug, tag.name)
        for tag in used[:200]
        if _begins(tokenize(tag.name), words)
    )
    for _, slug, name in found[:_OF_EACH_KIND]:
        yield Suggestion("tag", slug, name)


def _begins(name: list[str], words: list[str]) -> bool:
    """Tell whether ``words``, the last one perhaps unfinished, are found in order in ``name``."""
    *finished, last = words
    for start in range(len(name) - len(finished)):
        if name[start : start + len(finished)] == finished and name[
            start + len(finished)
        ].startswith(last):
            return True
    return False
