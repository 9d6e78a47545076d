"""A listing as linked data, in the vocabulary of schema.org."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils.html import strip_tags
from rdflib import Graph

from bdis_cms.models import InitiativePage, Visibility

# Written out rather than "https://schema.org": readers need not fetch a context.
CONTEXT = {"@vocab": "https://schema.org/", "url": {"@type": "@id"}, "sameAs": {"@type": "@id"}}


def listing_jsonld(page: InitiativePage, request: HttpRequest) -> dict[str, Any]:
    """Return a schema.org Organization with what the public may know of ``page``."""
    address = page.get_full_url(request)
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
        "knowsAbout": [activity.label_fr for activity in page.activities.all()],
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
            for contact in page.contacts.all()
            if contact.visibility == Visibility.PUBLIC
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
    graph.bind("schema", "https://schema.org/")
    graph.parse(data=json.dumps(jsonld), format="json-ld")
    return graph.serialize(format="turtle")
