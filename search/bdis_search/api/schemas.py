"""Shapes of the public API, for its OpenAPI description."""

from __future__ import annotations

from typing import Literal

from ninja import Field, Schema


class PlaceOfListing(Schema):
    commune: str
    commune_code: str
    department: str
    department_code: str
    region: str
    region_code: str


class Listing(Schema):
    id: int
    title: str
    url: str
    summary: str
    legal_family: str
    families: list[str]
    activities: list[str]
    tags: list[str]
    place: PlaceOfListing
    lat: float | None = Field(description="WGS 84 degrees.")
    lon: float | None = Field(description="WGS 84 degrees.")
    distance_km: float | None = Field(description="From `near` to the seat.")
    source: str
    external_id: str


class FacetValueOut(Schema):
    value: str
    label: str
    count: int = Field(description="Total of the search with this value alone in its facet.")
    selected: bool
    children: list[FacetValueOut]


class FacetsOut(Schema):
    family: list[FacetValueOut]
    legal_family: list[FacetValueOut]
    activity: list[FacetValueOut]
    region: list[FacetValueOut]
    department: list[FacetValueOut]
    tag: list[FacetValueOut]


class SearchAnswer(Schema):
    total: int = Field(description="Exact.")
    page: int
    page_size: int
    results: list[Listing]
    facets: FacetsOut


class Contact(Schema):
    name: str
    role: str
    email: str
    phone: str


class Link(Schema):
    kind: str
    url: str


class Agreement(Schema):
    kind: str
    label: str
    authority: str
    starts_on: str | None
    ends_on: str | None


class ServedAreaOut(Schema):
    level: str
    code: str
    name: str


class ListingDetail(Listing):
    acronym: str
    description: str = Field(description="HTML.")
    address: str
    postcode: str
    point_precision: str
    opening_hours: str
    legal_status: str
    siret: str
    rna: str
    founded_year: int | None
    served_areas: list[ServedAreaOut]
    served_radius_km: int | None
    contacts: list[Contact] = Field(description="Only those their owners made public.")
    links: list[Link]
    agreements: list[Agreement]
    confirmed_on: str | None
    charter_signed_on: str | None = Field(description="Day of the signature that stands.")
    charter_valid_until: str | None = Field(
        description="Last day without signing the charter in force; null when it is signed."
    )
    progress_state: str = Field(
        description="Progress approach: “ongoing”, “done”, or empty when there is none to show."
    )
    progress_since: str | None = Field(
        description="Day since which it is engaged in a progress approach."
    )


class PlaceOut(Schema):
    type: str = Field(description="commune, postcode, department, region, former_region, epci…")
    code: str = Field(description="Official code; the postcode itself for a postcode.")
    name: str
    department: str | None
    department_code: str | None
    region: str | None
    region_code: str | None
    lat: float | None
    lon: float | None
    population: int | None


class SuggestionOut(Schema):
    kind: Literal["listing", "family", "activity", "tag"]
    value: str
    label: str
    url: str


class TermOut(Schema):
    code: str
    label: str
    label_fr: str
    label_en: str


class ActivityOut(TermOut):
    children: list[ActivityOut]


class NomenclatureAnswer(Schema):
    legal_families: list[TermOut]
    legal_statuses: list[TermOut]
    families: list[TermOut]
    activities: list[ActivityOut]


class ProblemEntry(Schema):
    parameter: str
    value: str
    detail: str


class Problem(Schema):
    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemEntry] = []


class SearchParams(Schema):
    """Filters: repeat a parameter for “or”; different parameters are joined by “and”."""

    q: str = Field("", description="Words to look for.")
    family: list[str] = Field([], description="Codes of ESS families.")
    legal_family: list[str] = Field([], description="Codes of legal families.")
    activity: list[str] = Field([], description="Codes; a parent includes its descendants.")
    region: list[str] = Field([], description="Official codes (INSEE).")
    department: list[str] = Field([], description="Official codes (INSEE).")
    epci: list[str] = Field([], description="SIREN numbers.")
    commune: list[str] = Field([], description="Official codes (INSEE).")
    tag: list[str] = Field([], description="Slugs of tags.")
    near: str = Field("", description="`lat,lon` in WGS 84 degrees.", examples=["44.73,5.02"])
    radius: str = Field("", description="Kilometres around `near`, at most 500.")
    geography: str = Field("", description="`seat` (default), `served` or `either`.")
    bbox: str = Field("", description="`west,south,east,north` in WGS 84 degrees.")


class PagedSearchParams(SearchParams):
    sort: str = Field("", description="`relevance`, `distance` (needs `near`), `name`, `recent`.")
    page: str = Field("", description="From 1.")
    page_size: str = Field("", description="From 1 to 100; 20 by default.")
    facets: str = Field("", description="`0`: nothing is counted, each facet is an empty list.")


class MapParams(SearchParams):
    zoom: str = Field("", description="From 0 to 20, as web maps count; 6 by default.")
