"""A listing as linked data, in the vocabulary of schema.org."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.html import strip_tags
from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef

from bdis_cms.models import InitiativePage

SCHEMA = Namespace("https://schema.org/")
# Written out rather than "https://schema.org": readers need not fetch a context.
CONTEXT = {"@vocab": "https://schema.org/", "url": {"@type": "@id"}, "sameAs": {"@type": "@id"}}


def listing_jsonld(page: InitiativePage, request: HttpRequest) -> dict[str, Any]:
    """Return a schema.org Organization with what the public may know of ``page``."""
    address = request.build_absolute_uri(page.get_url(request))
    data: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Organization",
        "@id": address,
        "name": page.title,
        "alternateName": page.acronym,
        "description": page.summary or strip_tags(page.description)[:300],
        "url": address,
        "sameAs": [link.url for link in page.links.all()],
        "foundingDate": str(page.founded_year or ""),
        "keywords": [item.tag.name for item in page.tagged_items.all()],
        "knowsAbout": [activity.label_fr for activity in page.all_activities],
        "address": {
            "@type": "PostalAddress",
            "streetAddress": page.address,
            "postalCode": page.postcode,
            "addressLocality": page.commune.name if page.commune else "",
            "addressCountry": "FR",
        },
        "contactPoint": [
            _present(
                {
                    "@type": "ContactPoint",
                    "name": contact.name,
                    "contactType": contact.role,
                    "email": contact.email,
                    "telephone": contact.phone,
                }
            )
            for contact in page.public_contacts
        ],
    }
    if page.siret:
        data["identifier"] = {"@type": "PropertyValue", "propertyID": "SIRET", "value": page.siret}
    if page.latitude is not None:
        data["location"] = {
            "@type": "Place",
            "geo": {
                "@type": "GeoCoordinates",
                "latitude": page.latitude,
                "longitude": page.longitude,
            },
        }
    return _present(data)


def _present(data: dict[str, Any]) -> dict[str, Any]:
    """Return ``data`` without its empty values."""
    return {key: value for key, value in data.items() if value not in ("", [], None)}


def as_turtle(jsonld: dict[str, Any]) -> str:
    """Return the same statements in Turtle."""
    graph = Graph()
    graph.bind("schema", SCHEMA)
    _state(graph, jsonld)
    return graph.serialize(format="turtle")


def _state(graph: Graph, data: dict[str, Any]) -> URIRef | BNode:
    """Add what ``data`` says to ``graph``; return the node it speaks of."""
    node = URIRef(data["@id"]) if "@id" in data else BNode()
    graph.add((node, RDF.type, SCHEMA[data["@type"]]))
    for name, value in data.items():
        if not name.startswith("@"):
            for item in _objects(graph, name, value):
                graph.add((node, SCHEMA[name], item))
    return node


def _objects(graph: Graph, name: str, value: Any) -> Iterable[URIRef | BNode | Literal]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            yield _state(graph, item)
        elif name in CONTEXT:
            yield URIRef(item)
        else:
            yield Literal(item)
