"""JSON answers and RFC 9457 problem documents, open to every origin."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

RETRY_AFTER_S = 30


def answer(data: Any, *, content_type: str = "application/json", max_age: int = 60) -> HttpResponse:
    """Return ``data`` (JSON-able, dataclasses too, or text as it is) for any origin to read."""
    content = data if isinstance(data, str) else orjson.dumps(data, default=str)
    response = HttpResponse(content, content_type=content_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = f"public, max-age={max_age}"
    response.headers["Vary"] = "Accept, Accept-Language, Cookie"
    return response


def problem(status: int, title: str, detail: str, **members: Any) -> HttpResponse:
    """Return a problem document (RFC 9457) with extension ``members``."""
    response = answer(
        {"type": "about:blank", "title": title, "status": status, "detail": detail, **members},
        content_type="application/problem+json",
        max_age=0,
    )
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def invalid_parameters(request: HttpRequest, error: Any) -> HttpResponse:
    """Name each parameter that was not understood."""
    return problem(
        422,
        "Invalid parameters",
        str(error),
        errors=[
            {"parameter": p.name, "value": p.value, "detail": p.detail} for p in error.problems
        ],
    )


def engine_unavailable(request: HttpRequest, error: Any) -> HttpResponse:
    """Say that search is away for a moment."""
    response = problem(
        503, "Search is unavailable", "The search engine does not answer; try again."
    )
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def unknown_address(request: HttpRequest, unknown: str) -> HttpResponse:
    """Say that the API has no such address."""
    return problem(404, "Not found", f"The API has no address “{unknown[:100]}”; see /api/v1/docs.")
