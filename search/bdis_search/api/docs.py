"""The API's documentation as a page of the site: no script, no third party."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase


class PlainDocs(DocsBase):
    """Renders the OpenAPI description as HTML."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """Return the documentation page."""
        schema = api.get_openapi_schema(path_params=kwargs)
        operations = [
            {
                "path": path,
                "summary": operation["summary"],
                "description": operation.get("description", ""),
                "parameters": operation.get("parameters", []),
                "example": operation.get("x-example", ""),
            }
            for path, methods in schema["paths"].items()
            for operation in methods.values()
        ]
        return render(
            request,
            "bdis_search/api_docs.html",
            {"api": api, "operations": operations, "openapi_url": self.get_openapi_url(api, {})},
        )
