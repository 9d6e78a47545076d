"""Signing by the link of an e-mail: no account is needed, the link is what lets in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from bdis_cms.models import InitiativePage
from bdis_cms.permissions import may_sign_for
from bdis_cms.space.access import private_page
from bdis_evaluation.charter import ledger
from bdis_evaluation.charter.forms import SigningForm
from bdis_evaluation.charter.space import about, known_signatory
from bdis_evaluation.charter.tokens import Link, from_token
from bdis_evaluation.models import SigningWay

_TEMPLATE = "bdis_evaluation/charter/sign.html"
_GONE = "bdis_evaluation/charter/sign_gone.html"


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """Show what changes, the text, and one button; opening the link alone signs nothing."""
    link = from_token(token)
    if link is None:
        return render(request, _GONE, status=404)
    page, version = link.page, link.version
    context = about(page) | {"asked": version, "is_over": not version.is_in_force}
    if context["is_over"] or context["is_current"]:
        return render(request, _TEMPLATE, context)
    if link.is_too_old or link.after != ledger.last_line(page):
        return render(request, _GONE, {"has_served": True}, status=410)
    form = _form(request, page, context)
    if request.method == "POST" and form.is_valid():
        try:
            _sign(request, link, form, context)
        except (ledger.CharterChanged, ledger.AlreadySigned, ledger.LinkServed) as error:
            return render(request, _TEMPLATE, context | {"form": form, "problem": str(error)})
        return redirect(request.path)
    return render(request, _TEMPLATE, context | {"form": form})


def _form(request: HttpRequest, page: InitiativePage, context: dict[str, Any]) -> SigningForm:
    """Return the form, filled for an owner who is signed in: a click is left to them."""
    initial: dict[str, Any] = {"text_hash": context["text"].text_hash}
    if may_sign_for(request.user, page):
        initial |= known_signatory(request.user)
        context["known"] = bool(initial.get("name") and initial.get("capacity"))
    return SigningForm(request.POST or None, page=page, initial=initial)


def _sign(request: HttpRequest, link: Link, form: SigningForm, context: dict[str, Any]) -> None:
    owner = may_sign_for(request.user, link.page)
    ledger.sign(
        link.page,
        text=context["text"],
        text_hash=form.cleaned_data["text_hash"],
        by=ledger.Signing(
            name=form.cleaned_data["name"],
            capacity=form.cleaned_data["capacity"],
            statement=form.statement,
            account=request.user if owner else None,
            way=SigningWay.MAIL,
            notice=link.moment,
            recipient=link.recipient,
        ),
        after=link.after,
    )
