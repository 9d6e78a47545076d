"""Middleware of the default host."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse


class AdminContentSecurityPolicyMiddleware:
    """Relax the content security policy under the admin, and there only.

    Wagtail's own admin has inline scripts and styles, and previews pages in a frame;
    ``BDIS_ADMIN_CSP`` holds the directives that replace the site's. It comes after
    ``CSPMiddleware`` in the list, so that its mark is read on the way out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(reverse("wagtailadmin_home")):
            response._csp_replace = settings.BDIS_ADMIN_CSP  # type: ignore[attr-defined]
        return response
