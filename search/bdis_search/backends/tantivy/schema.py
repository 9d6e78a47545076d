"""Fields of the index and how a document fills them."""

from __future__ import annotations

import datetime
import math
from functools import lru_cache
from typing import Any

import tantivy

from bdis_search.analysis import searchable, verbatim, whole
from bdis_search.backends.tantivy.cells import cells_of
from bdis_search.conditions import FIELDS
from bdis_search.documents import InitiativeDocument

#: Change it with the fields or the analysis: indexes of another version must be rebuilt.
SCHEMA_VERSION = 1
_EPOCH = datetime.date(2010, 1, 1).toordinal()
#: Fields of codes that are counted, hence kept in columns.
COUNTED = frozenset(FIELDS) - {"served_areas", "served_touches", "communes", "epci"}


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    """Return the schema; texts come in as tokens, codes are raw."""
    build = tantivy.SchemaBuilder()
    build.add_unsigned_field("id", stored=True, indexed=True, fast=True)
    build.add_text_field("fingerprint", stored=True, tokenizer_name="raw", index_option="basic")
    build.add_text_field("title", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("title_exact", "title", "tags", "keywords", "summary", "any_exact"):
        field = name if name.endswith("_exact") else f"{name}_stems"
        build.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    build.add_text_field("any_stems", tokenizer_name="whitespace", index_option="position")
    for name in ("whole_title", "whole_tag", "whole_keyword", "name", "tag", "cells"):
        build.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in (*FIELDS, "extra"):
        build.add_text_field(
            name,
            tokenizer_name="raw",
            index_option="basic",
            fast=name in COUNTED or name == "extra",
        )
    for name in ("by_name", "by_recent", "by_quality"):
        build.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("lat", "lon", "x", "y", "weight"):
        build.add_float_field(name, fast=True)
    build.add_unsigned_field("public_until", fast=True)
    return build.build()


def to_tantivy(document: InitiativeDocument) -> tantivy.Document:
    """Return ``document`` as stored in the index."""
    title_exact, title_stems = searchable([document.title, document.acronym])
    tags_exact, tags_stems = searchable(document.tag_names)
    keywords = document.keywords.split("\n")
    keywords_exact, keywords_stems = searchable(keywords)
    summary_exact, summary_stems = searchable([document.summary])
    rest_exact, rest_stems = searchable([document.body, document.place_names])
    values: dict[str, Any] = {
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
        "weight": _weight(document),
        **_sort_keys(document),
    }
    if document.lat is not None and document.lon is not None:
        x, y = mercator(document.lat, document.lon)
        values |= {"lat": document.lat, "lon": document.lon, "x": x, "y": y}
        values["cells"] = cells_of(document.lat, document.lon)
    return tantivy.Document.from_dict(values, schema())


def mercator(lat: float, lon: float) -> tuple[float, float]:
    """Return the web Mercator position in [0, 1): x eastwards, y southwards; poles are cut."""
    sine = math.sin(math.radians(max(-85.0511, min(85.0511, lat))))
    x = (lon + 180) / 360
    y = 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)
    return min(max(x, 0.0), 1 - 1e-12), min(max(y, 0.0), 1 - 1e-12)


def _quality(document: InitiativeDocument) -> float:
    """Return how fresh and complete a listing is, 0 to 1; of the day it is indexed, not of now."""
    fresh = max(0.0, min(1.0, (document.confirmed - _EPOCH) / (365.25 * 40)))
    return (fresh * 2 + document.completeness / 100) / 3


def _weight(document: InitiativeDocument) -> float:
    """Return the value by which tantivy raises scores, by log2(2 + value): at most 15 %."""
    return 2 ** (1 + 0.15 * _quality(document)) - 2


def _sort_keys(document: InitiativeDocument) -> dict[str, str]:
    """Return keys that are unique: the name, then the id, settle every tie."""
    name = f"{document.sort_title[:200]}\x00{document.id:012d}"
    quality = 1000 - round(_quality(document) * 1000)
    return {
        "by_name": name,
        "by_recent": f"{9999999 - document.confirmed:07d} {name}",
        "by_quality": f"{quality:04d} {name}",
    }
