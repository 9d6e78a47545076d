"""The mapping of the index and how a document fills it."""

from __future__ import annotations

from typing import Any

from elasticsearch.dsl import (
    Document,
    Double,
    Float,
    GeoPoint,
    Integer,
    Keyword,
    Long,
    Mapping,
    MetaField,
    Text,
)

from bdis_search.conditions import FIELDS
from bdis_search.documents import InitiativeDocument
from bdis_search.indexed import (
    COUNTED,
    SCHEMA_VERSION,
    SORT_KEYS,
    TEXTS,
    WHOLES,
    indexed,
    score_factor,
)


def _mapping() -> Mapping:
    mapping = Mapping()
    mapping.field("id", Long())
    for name in ("fingerprint", "title"):
        mapping.field(name, Keyword(index=False, doc_values=True))
    for name in TEXTS:
        # Tokens come ready from bdis_search.analysis: the same French for every engine.
        mapping.field(name, Text(analyzer="whitespace", index_options="freqs"))
    # Synonyms are searched as phrases.
    mapping.field("any_stems", Text(analyzer="whitespace", index_options="positions"))
    for name in WHOLES:
        mapping.field(name, Keyword(doc_values=False))
    for name in (*FIELDS, "extra"):
        mapping.field(name, Keyword(doc_values=name in COUNTED or name == "extra"))
    for name in SORT_KEYS:
        mapping.field(name, Keyword())
    for name in ("lat", "lon"):
        mapping.field(name, Double())
    mapping.field("seat", GeoPoint())
    mapping.field("factor", Float(index=False))
    mapping.field("public_until", Integer())
    return mapping


class ListingDocument(Document):
    """A listing in the index; nothing but what is searched is kept."""

    class Meta:
        mapping = _mapping()
        dynamic = MetaField("strict")
        _source = MetaField({"enabled": False})
        _meta = MetaField({"schema": SCHEMA_VERSION})


def mapping() -> dict[str, Any]:
    """Return the mapping, as Elasticsearch takes it."""
    found: dict[str, Any] = ListingDocument._doc_type.mapping.to_dict()
    return found


def fields_of(document: InitiativeDocument) -> dict[str, Any]:
    """Return ``document`` as Elasticsearch takes it."""
    values = indexed(document) | {"factor": score_factor(document)}
    if document.lat is not None and document.lon is not None:
        values |= {"lat": document.lat, "lon": document.lon}
        values["seat"] = {"lat": document.lat, "lon": document.lon}
    return values
