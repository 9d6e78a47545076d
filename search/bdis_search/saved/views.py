"""Public pages of those who follow a search by e-mail.

Links of e-mails change nothing when they are opened: scanners open them before people do. Each
leads to a page with a button. These pages set no cookie; a signed link is what lets in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from bdis_cms.throttling import allowed, client_of
from bdis_search.links import SearchLinks
from bdis_search.models import SavedSearch
from bdis_search.saved import subscribing, tokens
from bdis_search.saved.criteria import CannotFollow, criteria_of, is_understood, page_of
from bdis_search.saved.forms import FollowForm, FrequencyForm
from bdis_search.saved.mails import search_address

_HOUR = 3600
#: Forms sent in an hour from one network.
_FROM_ONE = 10

View = Callable[..., HttpResponse]


def _private(view: View) -> View:
    """Keep the page from caches, search engines and the sites it leads to."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        return response

    guarded = require_http_methods(["GET", "HEAD", "POST"])(never_cache(guarded))
    return csrf_exempt(guarded)


@_private
def follow(request: HttpRequest) -> HttpResponse:
    """Ask where to send what is new in a search."""
    back = SearchLinks(request.GET).at("bdis_search:search")
    context: dict[str, Any] = {"back": back}
    try:
        criteria = criteria_of(request)
    except CannotFollow as error:
        return render(request, "bdis_search/follow.html", context | {"problem": str(error)})
    form = FollowForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if form.is_trapped:
            return redirect("bdis_search:follow_sent")
        if form.is_valid():
            return _ask(request, form, context | {"criteria": criteria})
    context |= {"criteria": criteria, "form": form}
    return render(request, "bdis_search/follow.html", context)


def _ask(request: HttpRequest, form: FollowForm, context: dict[str, Any]) -> HttpResponse:
    context["form"] = form
    if not allowed("follow", client_of(request), _FROM_ONE, _HOUR):
        context["too_many"] = True
        return render(request, "bdis_search/follow.html", context, status=429)
    try:
        subscribing.ask(
            context["criteria"],
            email=form.cleaned_data["email"],
            frequency=form.cleaned_data["frequency"],
            language=translation.get_language() or settings.LANGUAGE_CODE,
        )
    except subscribing.MailNotSent:
        context["not_sent"] = True
        return render(request, "bdis_search/follow.html", context, status=503)
    return redirect("bdis_search:follow_sent")


@require_safe
@never_cache
def sent(request: HttpRequest) -> HttpResponse:
    """Say that an e-mail is on its way; the same whatever was known of the address."""
    return render(request, "bdis_search/follow_sent.html", {"days": subscribing.DAYS_TO_CONFIRM})


@_private
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm an address, by a button."""
    saved = tokens.to_confirm(token)
    if saved is None:
        return _gone(request)
    if request.method == "POST":
        subscribing.confirm(saved)
    return render(request, "bdis_search/follow_confirm.html", _about(saved))


@_private
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """Show what somebody follows; change how often, or stop."""
    saved = tokens.from_link(token, "manage")
    if saved is None:
        return _gone(request)
    form = FrequencyForm(request.POST or None, initial={"frequency": saved.frequency})
    if request.method == "POST" and request.POST.get("act") == "delete":
        subscribing.forget(saved)
        return _stopped(request, saved)
    if request.method == "POST" and form.is_valid():
        if saved.is_confirmed:
            subscribing.change_frequency(saved, form.cleaned_data["frequency"])
        return HttpResponseRedirect(f"{request.path}?note=1")
    context = _about(saved) | {"form": form, "noted": "note" in request.GET}
    return render(request, "bdis_search/follow_manage.html", context)


@_private
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop at once by a POST, of the button or of the mailbox (RFC 8058); ask on a GET.

    Stopping what is stopped already is no error: mailboxes try again.
    """
    saved = tokens.from_link(token, "stop")
    if request.method == "POST":
        if saved:
            subscribing.forget(saved)
        return _stopped(request, saved)
    if saved is None:
        return _gone(request)
    return render(request, "bdis_search/follow_stop.html", _about(saved))


def _about(saved: SavedSearch) -> dict[str, Any]:
    page = page_of(saved.search)
    return {
        "saved": saved,
        "search_url": search_address(saved),
        "manage_url": reverse(
            "bdis_search:follow_manage", args=[tokens.link_token(saved, "manage")]
        ),
        "is_broken": not is_understood(page),
    }


def _stopped(request: HttpRequest, saved: SavedSearch | None) -> HttpResponse:
    again = ""
    if saved:
        again = f"{reverse('bdis_search:follow')}?{saved.search}".removesuffix("?")
    return render(request, "bdis_search/follow_stopped.html", {"saved": saved, "again": again})


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "bdis_search/follow_gone.html", status=404)
