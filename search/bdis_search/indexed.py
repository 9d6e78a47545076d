"""How a document is indexed, whatever the engine: its tokens, its codes and its sort keys."""

from __future__ import annotations

import datetime
from typing import Any

from bdis_search.analysis import searchable, verbatim, whole
from bdis_search.conditions import FIELDS
from bdis_search.documents import InitiativeDocument

#: Change it with the fields or the analysis: indexes of another version must be rebuilt.
SCHEMA_VERSION = 3
#: Tokens separated by spaces, scored by how often they come.
TEXTS = (
    "title_exact",
    "title_stems",
    "tags_stems",
    "keywords_stems",
    "summary_stems",
    "any_exact",
    "any_stems",
)
#: One token for a whole text.
WHOLES = ("whole_title", "whole_tag", "whole_keyword", "name", "tag")
#: Fields of codes that are counted.
COUNTED = frozenset(FIELDS) - {"served_areas", "served_touches", "communes", "epci"}
SORT_KEYS = ("by_name", "by_recent", "by_quality")
_EPOCH = datetime.date(2010, 1, 1).toordinal()


def indexed(document: InitiativeDocument) -> dict[str, Any]:
    """Return the values of every field but those of the seat, which engines index their own way.

    ``any_exact`` and ``any_stems`` are lists of texts, ``extra`` a list of "facet=value".
    """
    title_exact, title_stems = searchable([document.title, document.acronym])
    tags_exact, tags_stems = searchable(document.tag_names)
    keywords = document.keywords.split("\n")
    keywords_exact, keywords_stems = searchable(keywords)
    summary_exact, summary_stems = searchable([document.summary])
    rest_exact, rest_stems = searchable([document.body, document.place_names])
    return {
        "id": document.id,
        "fingerprint": document.fingerprint,
        "title": document.title,
        "title_exact": title_exact,
        "title_stems": title_stems,
        "tags_stems": tags_stems,
        "keywords_stems": keywords_stems,
        "summary_stems": summary_stems,
        "any_exact": [title_exact, tags_exact, keywords_exact, summary_exact, rest_exact],
        "any_stems": [title_stems, tags_stems, keywords_stems, summary_stems, rest_stems],
        "whole_title": [text for text in map(whole, (document.title, document.acronym)) if text],
        "name": [text for text in map(verbatim, (document.title, document.acronym)) if text],
        "tag": [text for text in map(verbatim, document.tag_names) if text],
        "whole_tag": [text for text in map(whole, document.tag_names) if text],
        "whole_keyword": [text for text in map(whole, keywords) if text],
        **{name: list(document.values(name)) for name in FIELDS},
        "extra": [f"{facet}={value}" for facet, codes in document.extra for value in codes],
        "public_until": document.public_until,
        **_sort_keys(document),
    }


def score_factor(document: InitiativeDocument) -> float:
    """Return by how much being fresh and complete raises the score of a text: 1 to 1.15."""
    return 1 + 0.15 * _quality(document)


def _quality(document: InitiativeDocument) -> float:
    """Return how fresh and complete a listing is, 0 to 1; of the day it is indexed, not of now."""
    fresh = max(0.0, min(1.0, (document.confirmed - _EPOCH) / (365.25 * 40)))
    return (fresh * 2 + document.completeness / 100) / 3


def _sort_keys(document: InitiativeDocument) -> dict[str, str]:
    """Return keys that are unique: the name, then the id, settle every tie."""
    name = f"{document.sort_title[:200]}\x00{document.id:012d}"
    quality = 1000 - round(_quality(document) * 1000)
    return {
        "by_name": name,
        "by_recent": f"{9999999 - document.confirmed:07d} {name}",
        "by_quality": f"{quality:04d} {name}",
    }
