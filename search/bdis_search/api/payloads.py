"""What the API says of a listing."""

from __future__ import annotations

from typing import Any

from bdis_cms.models import InitiativePage
from bdis_search.listings import Listing
from bdis_search.query import Hit


def listing_payload(listing: Listing, root: str, hit: Hit) -> dict[str, Any]:
    """Return a listing as search results show it; ``root`` as ``https://example.org``."""
    seat = listing.seat
    return {
        "id": listing.id,
        "title": listing.title,
        "url": root + listing.url if listing.url.startswith("/") else listing.url,
        "summary": listing.summary,
        "legal_family": listing.legal_family,
        "families": [family.code for family in listing.families],
        "activities": [activity.code for activity in listing.activities],
        "tags": listing.tags,
        "place": {
            "commune": seat.commune,
            "commune_code": seat.commune_code,
            "department": seat.department,
            "department_code": seat.department_code,
            "region": seat.region,
            "region_code": seat.region_code,
        },
        "lat": listing.lat,
        "lon": listing.lon,
        "distance_km": None if hit.distance_km is None else round(hit.distance_km, 3),
        "source": listing.source,
        "external_id": listing.external_id,
    }


def listing_detail(page: InitiativePage, listing: Listing, root: str) -> dict[str, Any]:
    """Return all that the public may know of a listing."""
    return {
        **listing_payload(listing, root, Hit(listing.id)),
        "acronym": page.acronym,
        "description": page.description,
        "address": page.address,
        "postcode": page.postcode,
        "point_precision": page.point_precision,
        "opening_hours": page.opening_hours,
        "legal_status": page.legal_status.code if page.legal_status else "",
        "siret": page.siret,
        "rna": page.rna,
        "founded_year": page.founded_year,
        "served_areas": [
            {"level": area.level, "code": area.code, "name": str(area)}
            for area in page.served_areas.all()
        ],
        "served_radius_km": page.served_radius_km,
        "contacts": [
            {
                "name": contact.name,
                "role": contact.role,
                "email": contact.email,
                "phone": contact.phone,
            }
            for contact in page.public_contacts
        ],
        "links": [{"kind": link.kind, "url": link.url} for link in page.links.all()],
        "agreements": [
            {
                "kind": agreement.kind,
                "label": str(agreement),
                "authority": agreement.authority,
                "starts_on": agreement.starts_on and agreement.starts_on.isoformat(),
                "ends_on": agreement.ends_on and agreement.ends_on.isoformat(),
            }
            for agreement in page.agreements.all()
        ],
        "confirmed_on": page.confirmed_on and page.confirmed_on.isoformat(),
        "charter_signed_on": page.charter_signed_on and page.charter_signed_on.isoformat(),
        "charter_valid_until": page.charter_ends_on and page.charter_ends_on.isoformat(),
        "progress_state": page.progress_state,
        "progress_since": page.progress_since and page.progress_since.isoformat(),
    }
