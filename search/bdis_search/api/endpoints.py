"""Endpoints of the public API: they read, ask the engine, and answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response, set_response_etag
from ninja import NinjaAPI, Query

from bdis_cms.gazetteer import search_places
from bdis_cms.models import InitiativePage
from bdis_search.api import schemas
from bdis_search.api.docs import PlainDocs
from bdis_search.api.marks import marks
from bdis_search.api.payloads import listing_detail, listing_payload
from bdis_search.api.responses import answer, engine_unavailable, invalid_parameters, problem
from bdis_search.asking import public_engine
from bdis_search.backends.base import EngineUnavailable
from bdis_search.facets import facet_values, registered_facets
from bdis_search.jsonld import as_turtle, listing_jsonld
from bdis_search.listings import load_listings, search_listings
from bdis_search.nomenclature import nomenclature_payload
from bdis_search.params import InvalidParameters, ParameterProblem, parse_query, whole_number
from bdis_search.query import Hit
from bdis_search.served_outlines import served_features
from bdis_search.suggestions import suggest

MAX_PLACES = 20
LINKED_DATA: dict[str, dict[str, Any]] = {"application/ld+json": {}, "text/turtle": {}}
PROBLEMS = {422: schemas.Problem, 503: schemas.Problem}


class ProblemAPI(NinjaAPI):
    """An API whose errors are problem documents, in its description too."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """Return the OpenAPI description, errors typed ``application/problem+json``."""
        schema = super().get_openapi_schema(**kwargs)
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400:
                        content = response["content"]
                        content["application/problem+json"] = content.pop("application/json")
        return schema


api = ProblemAPI(
    title="BDIS",
    version="1",
    urls_namespace="bdis_api",
    description="Initiatives of the social and solidarity economy, open to read.",
    docs=PlainDocs(),
)
api.add_exception_handler(InvalidParameters, invalid_parameters)
api.add_exception_handler(EngineUnavailable, engine_unavailable)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    """Answer a problem document for what does not exist or is not public."""
    return problem(404, "Not found", "No public listing has this address.")


@api.get(
    "/initiatives",
    response={200: schemas.SearchAnswer, **PROBLEMS},
    summary="Search listings",
    description=(
        "Exact total and counts; a value's count is the total if its facet held it alone. "
        "The header `X-BDIS-Results: standby` says that the answer may be some minutes old."
    ),
    tags=["listings"],
    openapi_extra={"x-example": "?q=vélo&region=84&family=atelier-velo"},
)
def initiatives(request: HttpRequest, params: Query[schemas.PagedSearchParams]) -> HttpResponse:
    query = parse_query(request.GET)
    if not _wants_facets(request):
        query = replace(query, facets=())
    results, found = search_listings(lambda: public_engine().search(query), request)
    counted = facet_values(results, query)
    root = _root(request)
    response = answer(
        {
            "total": results.total,
            "page": query.page,
            "page_size": query.page_size,
            "results": [listing_payload(listing, root, hit) for listing, hit in found],
            "facets": {name: counted.get(name, ()) for name in registered_facets()},
        }
    )
    if results.standby:
        response.headers["X-BDIS-Results"] = "standby"
    return response


def _root(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _wants_facets(request: HttpRequest) -> bool:
    asked = request.GET.get("facets", "").strip() or "1"
    if asked not in ("0", "1"):
        raise InvalidParameters([ParameterProblem("facets", asked[:100], "Expected 0 or 1.")])
    return asked == "1"


@api.get(
    "/initiatives/{int:listing_id}",
    response={200: schemas.ListingDetail, 404: schemas.Problem},
    summary="One listing",
    description="JSON; JSON-LD (`application/ld+json`) or Turtle (`text/turtle`) by `Accept`.",
    tags=["listings"],
    openapi_extra={"responses": {200: {"content": LINKED_DATA}}},
)
def initiative(request: HttpRequest, listing_id: int) -> HttpResponse:
    page = get_object_or_404(
        InitiativePage.objects.public()
        .with_card_relations()
        .prefetch_related("contacts", "links", "agreements", "served_areas"),
        id=listing_id,  # unlike the pk, an id beyond the column is simply not found
    )
    wanted = request.get_preferred_type(["application/json", "application/ld+json", "text/turtle"])
    if wanted == "application/ld+json":
        return answer(listing_jsonld(page, request), content_type=wanted)
    if wanted == "text/turtle":
        turtle = as_turtle(listing_jsonld(page, request))
        return answer(turtle, content_type="text/turtle; charset=utf-8")
    for listing, _hit in load_listings([Hit(page.pk)], request):
        return answer(listing_detail(page, listing, _root(request)))
    raise Http404  # hidden between two questions


@api.get(
    "/initiatives/{int:listing_id}/area",
    response={200: dict, 404: schemas.Problem},
    summary="The area a listing serves",
    description=(
        "GeoJSON: outlines of regions and départements; communes, and a radius around the seat, "
        "as points with a `radius_km`."
    ),
    tags=["listings"],
)
def served_area(request: HttpRequest, listing_id: int) -> HttpResponse:
    pages = InitiativePage.objects.public().prefetch_related("served_areas")
    page = get_object_or_404(pages, id=listing_id)
    return answer({"type": "FeatureCollection", "features": served_features(page)}, max_age=300)


@api.get(
    "/suggest",
    response={200: list[schemas.SuggestionOut], 503: schemas.Problem},
    summary="Complete what is being typed",
    tags=["search"],
    openapi_extra={"x-example": "?q=resso"},
)
def suggestions(request: HttpRequest, q: str = "") -> HttpResponse:
    found = suggest(q[:100])
    hits = [Hit(item.id) for item in found if item.id is not None]
    urls = {listing.id: listing.url for listing, _hit in load_listings(hits, request)}
    search = reverse("bdis_search:search")
    return answer(
        [
            {
                "kind": item.kind,
                "value": item.value,
                "label": item.label,
                "url": urls[item.id] if item.id else f"{search}?{item.kind}={item.value}",
            }
            for item in found
            if item.id is None or item.id in urls
        ]
    )


@api.get(
    "/places",
    response={200: list[schemas.PlaceOut], 422: schemas.Problem},
    summary="Find a place",
    description="Communes, postcodes, départements, regions old and new, EPCI; best first.",
    tags=["search"],
    openapi_extra={"x-example": "?q=Crest"},
)
def places(request: HttpRequest, q: str = "", limit: str = "10") -> HttpResponse:
    wanted = whole_number(limit, 1, MAX_PLACES)
    if wanted is None:
        raise InvalidParameters(
            [ParameterProblem("limit", limit[:100], f"Expected 1 to {MAX_PLACES}.")]
        )
    return answer([place.as_json() for place in search_places(q[:100], limit=wanted)])


@api.get(
    "/map",
    response={200: dict, **PROBLEMS},
    summary="Clusters and points for a map",
    description=(
        "GeoJSON, at most 500 marks; the counts add up to the total of the same search in the box. "
        "A mark of several listings has the `bbox` that holds them and the town they are `around`."
    ),
    tags=["search"],
    openapi_extra={"x-example": "?bbox=4,44,6,46&zoom=8"},
)
def map_features(request: HttpRequest, params: Query[schemas.MapParams]) -> HttpResponse:
    query = parse_query(request.GET)
    asked = request.GET.get("zoom", "6") or "6"
    zoom = whole_number(asked, 0, 20)
    if zoom is None:
        raise InvalidParameters([ParameterProblem("zoom", asked[:100], "Expected 0 to 20.")])
    found = {"type": "FeatureCollection", "features": marks(query, zoom, request)}
    response = answer(found)
    set_response_etag(response)
    # Looking again at the same place within the minute, or after it when nothing has changed.
    etag = response.headers["ETag"]
    told = get_conditional_response(request, etag, None, response) or response
    told.headers["Access-Control-Allow-Origin"] = "*"
    return told


@api.get(
    "/nomenclature",
    response=schemas.NomenclatureAnswer,
    summary="Classifications",
    description="Legal families and statuses, ESS families, the tree of activities.",
    tags=["reference"],
)
def nomenclature(request: HttpRequest) -> HttpResponse:
    return answer(nomenclature_payload(), max_age=3600)
