"""What the API says of a listing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from bdis_cms.models import InitiativePage
from bdis_search.query import FacetValue, Hit


def listing_payload(page: InitiativePage, request: HttpRequest, hit: Hit | None) -> dict[str, Any]:
    """Return a listing as search results show it; ``page`` has its card relations loaded."""
    commune = page.commune
    return {
        "id": page.pk,
        "title": page.title,
        "url": request.build_absolute_uri(page.get_url(request)),
        "summary": page.summary,
        "legal_family": page.legal_family.code if page.legal_family else "",
        "families": [family.code for family in page.families.all()],
        "activities": [activity.code for activity in page.all_activities],
        "tags": [item.tag.name for item in page.tagged_items.all()],
        "place": {
            "commune": commune.name if commune else "",
            "commune_code": commune.code if commune else "",
            "department": commune.department.name if commune else "",
            "department_code": commune.department.code if commune else "",
            "region": commune.department.region.name if commune else "",
            "region_code": commune.department.region.code if commune else "",
        },
        "lat": page.latitude,
        "lon": page.longitude,
        "distance_km": (round(hit.distance_km, 3) if hit and hit.distance_km is not None else None),
        "source": page.source,
        "external_id": page.external_id,
    }


def listing_detail(page: InitiativePage, request: HttpRequest) -> dict[str, Any]:
    """Return all that the public may know of a listing."""
    return {
        **listing_payload(page, request, None),
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
        "charter_valid_until": page.charter_valid_until and page.charter_valid_until.isoformat(),
    }


def facet_payload(values: tuple[FacetValue, ...]) -> list[dict[str, Any]]:
    """Return the values of a facet with their children."""
    return [
        {
            "value": value.value,
            "label": value.label,
            "count": value.count,
            "selected": value.selected,
            "children": facet_payload(value.children),
        }
        for value in values
    ]
