"""The page that an invitation leads to: opening it changes nothing, a button joins."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bdis_cms import membership
from bdis_cms.membership_errors import InvitationOver, NotTheInvited
from bdis_cms.models import InitiativeInvitation
from bdis_cms.space.access import private_page
from bdis_cms.space.forms import NewAccountForm
from bdis_cms.space_mails import inviter_of
from bdis_cms.throttling import allowed, client_of

_HOUR = 3600
_FROM_ONE = 20


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites for what; join with one's account, or with a new one."""
    if request.method == "POST" and not allowed("join", client_of(request), _FROM_ONE, _HOUR):
        return render(request, "bdis_cms/space/too_many.html", status=429)
    try:
        invited = membership.invitation_of(token)
        return _signed_in(request, invited) if _is_signed_in(request) else _new(request, invited)
    except InvitationOver:
        return render(request, "bdis_cms/space/invitation_over.html", status=404)


def _is_signed_in(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated)


def _signed_in(request: HttpRequest, invited: InitiativeInvitation) -> HttpResponse:
    context = _about(request, invited)
    context["is_other"] = (request.user.email or "").lower() != invited.email  # type: ignore[union-attr]
    if request.method == "POST" and not context["is_other"]:
        membership.accept(invited, user=request.user)
        return _joined(request, invited)
    return render(request, "bdis_cms/space/invitation.html", context)


def _new(request: HttpRequest, invited: InitiativeInvitation) -> HttpResponse:
    context = _about(request, invited)
    if membership.account_of(invited.email):
        return render(request, "bdis_cms/space/invitation.html", context)
    form = NewAccountForm(request.POST or None, email=invited.email)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            user = membership.accept_with_new_account(
                invited,
                first_name=cleaned["first_name"],
                last_name=cleaned["last_name"],
                password=cleaned["password"] or None,
            )
        except NotTheInvited:  # the account was created in between
            return render(request, "bdis_cms/space/invitation.html", context)
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return _joined(request, invited)
    return render(request, "bdis_cms/space/invitation.html", context | {"form": form})


def _about(request: HttpRequest, invited: InitiativeInvitation) -> dict[str, Any]:
    return {
        "invitation": invited,
        "inviter": inviter_of(invited),
        "here": request.path,
        "login_url": resolve_url(settings.LOGIN_URL),
    }


def _joined(request: HttpRequest, invited: InitiativeInvitation) -> HttpResponse:
    title = invited.initiative.title
    messages.success(request, _("Welcome: you now act for %(title)s.") % {"title": title})
    return redirect("bdis_space:home", pk=invited.initiative_id)
