"""Answers of the autocompletes and of the map, for people who may edit listings."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET
from wagtail.models import Page
from wagtail.permissions import policy_registry

from bdis_cms.admin.geocoding import find_points
from bdis_cms.admin.territory_search import search_communes, search_territories

LONGEST_QUERY = 200


def _query(request: HttpRequest) -> str:
    if not policy_registry.get_by_type(Page).user_has_any_permission(
        request.user, {"add", "change", "publish"}
    ):
        raise PermissionDenied
    return request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]


def _answer(results: list[Any]) -> JsonResponse:
    return JsonResponse({"results": results})


@require_GET
def communes(request: HttpRequest) -> JsonResponse:
    """``GET ?q=`` → ``{"results": [{"key", "label", "detail", "postcodes", "lat", "lon"}]}``."""
    return _answer(search_communes(_query(request)))


@require_GET
def territories(request: HttpRequest) -> JsonResponse:
    """``GET ?q=`` → ``{"results": [{"key": "level:code", "label", "detail"}]}``."""
    return _answer(search_territories(_query(request)))


@require_GET
def geocode(request: HttpRequest) -> JsonResponse:
    """``GET ?q=&commune=`` → ``{"results": [{"label", "lat", "lon", "precision"}]}``."""
    return _answer(find_points(_query(request), commune_key=request.GET.get("commune", "")))
