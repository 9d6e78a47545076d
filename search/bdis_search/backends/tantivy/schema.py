"""Fields of the index and how a document fills them."""

from __future__ import annotations

from functools import lru_cache

import tantivy

from bdis_search.backends.tantivy.cells import cells_of
from bdis_search.conditions import FIELDS
from bdis_search.documents import InitiativeDocument
from bdis_search.grid import mercator
from bdis_search.indexed import COUNTED, SORT_KEYS, TEXTS, WHOLES, indexed, score_factor


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    """Return the schema; texts come in as tokens, codes are raw."""
    build = tantivy.SchemaBuilder()
    build.add_unsigned_field("id", stored=True, indexed=True, fast=True)
    build.add_text_field("fingerprint", stored=True, tokenizer_name="raw", index_option="basic")
    build.add_text_field("title", stored=True, tokenizer_name="raw", index_option="basic")
    for name in TEXTS:
        positions = "position" if name == "any_stems" else "freq"
        build.add_text_field(name, tokenizer_name="whitespace", index_option=positions)
    for name in (*WHOLES, "cells"):
        build.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in (*FIELDS, "extra"):
        build.add_text_field(
            name,
            tokenizer_name="raw",
            index_option="basic",
            fast=name in COUNTED or name == "extra",
        )
    for name in SORT_KEYS:
        build.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("lat", "lon", "x", "y", "weight"):
        build.add_float_field(name, fast=True)
    build.add_unsigned_field("public_until", fast=True)
    return build.build()


def to_tantivy(document: InitiativeDocument) -> tantivy.Document:
    """Return ``document`` as stored in the index."""
    # tantivy raises scores by log2(2 + weight).
    values = indexed(document) | {"weight": 2 ** score_factor(document) - 2}
    if document.lat is not None and document.lon is not None:
        x, y = mercator(document.lat, document.lon)
        values |= {"lat": document.lat, "lon": document.lon, "x": x, "y": y}
        values["cells"] = cells_of(document.lat, document.lon)
    return tantivy.Document.from_dict(values, schema())
