"""Pages of the space: the initiatives for which I act, and the home of each."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bdis_cms.models import RegionPage
from bdis_cms.permissions import own_initiatives
from bdis_cms.space.access import get_own_initiative, private_page, space_page
from bdis_cms.space.panels import SpacePanel, space_panels

__all__ = ["SpacePanel", "get_own_initiative", "home", "index", "space_page"]

#: Initiatives listed on one page; few people act for more than three.
MOST_SHOWN = 100


@require_safe
@space_page
def index(request: HttpRequest) -> HttpResponse:
    """List the initiatives for which the visitor acts; the only one opens at once."""
    initiatives = list(
        own_initiatives(request.user).select_related("commune").order_by("title", "pk")[:MOST_SHOWN]
    )
    if len(initiatives) == 1:
        return redirect("bdis_space:home", pk=initiatives[0].pk)
    context: dict[str, Any] = {"initiatives": initiatives}
    if not initiatives:
        context["holders"] = RegionPage.objects.live().exclude(holder_email="").order_by("title")
    return render(request, "bdis_cms/space/index.html", context)


@require_safe
@space_page
def home(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the space of an initiative: the state of its listing, then what each part of it says."""
    page = get_own_initiative(request, pk)
    panels = space_panels(request, page)
    context = {
        "page": page,
        "hidden_because": page.hidden_because(),
        "panels": [panel for panel in panels if panel.template],
        "todo": [panel for panel in panels if panel.todo],
        "region": RegionPage.objects.filter(path=page.path[: -page.steplen]).first(),
    }
    return render(request, "bdis_cms/space/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out, by a button: a link could be followed by a browser that loads ahead."""
    if request.method != "POST":
        return render(request, "bdis_cms/space/sign_out.html")
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect(get_next(request) or settings.LOGIN_URL)


def get_next(request: HttpRequest) -> str:
    """Return the address of this site to go to next, "" when none is asked for."""
    url = request.GET.get("next", "")
    own = {request.get_host()}
    is_safe = url_has_allowed_host_and_scheme(url, own, require_https=request.is_secure())
    return url if is_safe else ""
