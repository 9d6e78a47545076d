"""Who enters the space, and what keeps its pages out of caches and search engines."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from bdis_cms.models import InitiativePage
from bdis_cms.permissions import own_initiatives

View = Callable[..., HttpResponse]


def get_own_initiative(request: HttpRequest, pk: int) -> InitiativePage:
    """Return the initiative for which the visitor acts, published or not; 404 for any other.

    Rights of the admin count for nothing here, not even a superuser's. Views come decorated with
    ``space_page``, which sends who is not signed in to sign in.
    """
    return get_object_or_404(own_initiatives(request.user), pk=pk)


def private_page(view: View) -> View:
    """Keep the answers of ``view`` from caches, search engines and the sites they lead to."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        return response

    return guarded


def space_page(view: View) -> View:
    """Make ``view`` a page of the space: signed in (by ``settings.LOGIN_URL``) and private."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return private_page(entered)
