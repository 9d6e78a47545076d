"""What lies inside what: ancestors of a territory, communes around a point."""

from __future__ import annotations

from .index import Gazetteer
from .places import Place, PlaceType
from .store import gazetteer

#: A point farther than this from every centre is abroad or at sea (km). The widest communes of
#: mainland France have their edge 20 km from their centre, those of Guyane 100 km.
FARTHEST_CENTRE_KM = 22.0
FARTHEST_CENTRE_OVERSEAS_KM = 130.0
CENTRE_BLUR_KM = 0.3
REACH_OF_POPULATION = 0.2


def territory_ancestors(level: PlaceType, code: str) -> tuple[Place, ...]:
    """Return the territories that hold this one, nearest first, the country last.

    A commune is in its EPCI, département, former region and region; an arrondissement in its
    commune as well. An EPCI over several départements is only in those that hold all of it.
    Empty for an unknown code.
    """
    places = gazetteer()
    place = places.of(level, code)
    if place is None:
        return ()
    ancestors: list[Place | None] = []
    if level == "commune":
        parent = places.parents.get(code)
        if parent:
            ancestors.append(places.communes.get(parent))
        siren = places.epci_of.get(code) or places.epci_of.get(parent or "")
        ancestors.append(places.epci.get(siren or ""))
    departments = _departments(places, place)
    if level in {"commune", "epci"} and len(departments) == 1:
        ancestors.extend(places.departments.get(one) for one in departments)
    if level in {"commune", "epci", "department"}:
        former = {places.former_region_of.get(one) for one in departments}
        if len(former) == 1:
            ancestors.append(places.former_regions.get(former.pop() or ""))
    if level not in {"region", "country"}:
        regions = {
            places.departments[one].region_code for one in departments if one in places.departments
        }
        if level == "former_region":
            regions = {place.region_code}
        if len(regions) == 1:
            ancestors.append(places.regions.get(regions.pop() or ""))
    if level != "country":
        ancestors.append(places.of("country", "FR"))
    return tuple(one for one in ancestors if one is not None)


def communes_within(lat: float, lon: float, radius_km: float) -> list[str]:
    """Return the codes of communes whose centre is at most ``radius_km`` away, nearest first."""
    return list(dict.fromkeys(code for _, code in gazetteer().grid.within(lat, lon, radius_km)))


def nearest_commune(lat: float, lon: float) -> tuple[Place, float] | None:
    """Return the commune the point is most likely in, and the km to its centre.

    The nearest centre would give the outskirts of every city to its small neighbours: a centre
    reaches farther the more people live there. On listings of known commune, the nearest centre is
    right for 81 %, this for 89 %. None when no centre is near enough for the point to be in
    France (WGS 84 degrees).
    """
    places = gazetteer()
    found = places.grid.within(lat, lon, FARTHEST_CENTRE_KM) or [
        (away, code)
        for away, code in places.grid.within(lat, lon, FARTHEST_CENTRE_OVERSEAS_KM)
        if code.startswith("97")
    ]
    if not found:
        return None

    away, code = min(found, key=lambda one: weighed_km(one[0], places.communes[one[1]]))
    return places.communes[code], away


def weighed_km(away_km: float, commune: Place) -> float:
    """Return a distance to compare communes by: the more people, the farther a commune reaches."""
    return (away_km + CENTRE_BLUR_KM) / ((commune.population or 0) + 1) ** REACH_OF_POPULATION


def _departments(places: Gazetteer, place: Place) -> set[str]:
    if place.type == "epci":
        return {places.communes[code].department_code or "" for code in place.communes}
    return {place.department_code} if place.department_code else set()
