"""Pages of people asked by a secret link: without account, session or cookie.

The address is the secret: who does not hold it cannot forge a form, so forms carry no token of
their own, which would need a cookie. It is told to no other site (``no-referrer``), not kept by
caches, and its pages are found by no search engine.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bdis_cms.space.access import View, private_page
from bdis_cms.throttling import allowed, client_of
from bdis_evaluation.coevaluating import answering, answering_pages
from bdis_evaluation.coevaluating.answering_pages import Door

_HOUR = 3600
#: Links that open nothing, tried in an hour from one network.
_MOST_GUESSES = 60


def guest_page(view: View) -> View:
    """Open the door of ``token`` to ``view``, and keep its address from others."""

    @wraps(view)
    def entered(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        invitation = answering.invitation_of(token)
        if invitation is None:
            return _unknown(request)
        door = Door(invitation, "bdis_opinion", (token,), "bdis_cms/space/page.html")
        return view(request, door, *args, **kwargs)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = private_page(entered)(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        return response

    return csrf_exempt(guarded)


@require_safe
@guest_page
def welcome(request: HttpRequest, door: Door) -> HttpResponse:
    """Say what is asked; opening the link changes nothing."""
    return answering_pages.welcome(request, door)


@require_http_methods(["GET", "HEAD", "POST"])
@guest_page
def theme(request: HttpRequest, door: Door, code: str) -> HttpResponse:
    """Answer a theme."""
    return answering_pages.theme(request, door, code)


@require_POST
@guest_page
def done(request: HttpRequest, door: Door) -> HttpResponse:
    """Finish."""
    return answering_pages.done(request, door)


def _unknown(request: HttpRequest) -> HttpResponse:
    if not allowed("opinion guesses", client_of(request), _MOST_GUESSES, _HOUR):
        return render(request, "bdis_evaluation/opinion/too_many.html", _NOBODY, status=429)
    return render(request, "bdis_evaluation/opinion/unknown.html", _NOBODY, status=404)


_NOBODY = {"base": "bdis_cms/space/page.html"}
