"""Points for an address, from the configured geocoder, else from the commune chosen."""

from __future__ import annotations

import logging
from typing import Any

from bdis_cms.admin.keys import whole_key
from bdis_cms.models import Commune, PointPrecision

logger = logging.getLogger("bdis.admin")


def find_points(query: str, *, commune_key: str = "") -> list[dict[str, Any]]:
    """Return ``{"label", "lat", "lon", "precision"}`` for an address, best first; WGS 84 degrees.

    The commune the editor chose answers when no geocoder does: something is always better placed
    by hand from there.
    """
    commune = Commune.objects.filter(pk=key).first() if (key := whole_key(commune_key)) else None
    results = _from_geocoder(query, commune) if query else []
    if not results and commune and commune.latitude is not None:
        results = [
            {
                "label": str(commune),
                "lat": commune.latitude,
                "lon": commune.longitude,
                "precision": str(PointPrecision.COMMUNE),
            }
        ]
    return results


def _from_geocoder(query: str, commune: Commune | None) -> list[dict[str, Any]]:
    try:
        from bdis_cms.gazetteer.geocoding import geocode
    except ImportError:
        return []
    try:
        found = geocode(query)
    except Exception:
        # A service of others: whatever it raises, the editor goes on with the commune.
        logger.warning("The geocoder does not answer.", exc_info=True)
        return []
    return [result.as_json() for result in found or []]
