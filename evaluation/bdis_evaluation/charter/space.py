"""The charter in the space of an initiative: read it, sign it, withdraw."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bdis_cms.models import InitiativePage, MemberRole
from bdis_cms.permissions import may_sign_for
from bdis_cms.space.access import get_own_initiative, space_page
from bdis_cms.space.panels import SpacePanel
from bdis_evaluation.charter import ledger
from bdis_evaluation.charter.forms import SigningForm, WithdrawalForm
from bdis_evaluation.models import CharterAdhesion, CharterVersion, Signatory, SigningWay

_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(_METHODS)
@space_page
def charter(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the charter in force and sign it; afterwards, the certificate."""
    page = get_own_initiative(request, pk)
    context = about(page)
    text, is_owner = context["text"], may_sign_for(request.user, page)
    context["is_owner"] = is_owner
    if is_owner and text and not context["is_current"]:
        form = SigningForm(
            request.POST or None,
            page=page,
            initial=known_signatory(request.user) | {"text_hash": text.text_hash},
        )
        if request.method == "POST" and form.is_valid():
            return _sign(request, page, form, context)
        context["form"] = form
    elif request.method == "POST" and not is_owner:
        raise PermissionDenied
    return render(request, "bdis_evaluation/space/charter.html", context)


@require_http_methods(_METHODS)
@space_page
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw the signature, told what it entails."""
    page = get_own_initiative(request, pk)
    if not may_sign_for(request.user, page):
        raise PermissionDenied
    context = about(page)
    if context["standing"] is None:
        return redirect("bdis_charter_space:charter", pk=page.pk)
    form = WithdrawalForm(request.POST or None, initial=known_signatory(request.user))
    if request.method == "POST" and form.is_valid():
        try:
            ledger.withdraw(page, reason=form.cleaned_data["reason"], by=_signing(request, form))
        except ledger.NothingToWithdraw as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("The signature is withdrawn: the listing is not public."))
        return redirect("bdis_charter_space:charter", pk=page.pk)
    return render(request, "bdis_evaluation/space/withdraw.html", context | {"form": form})


def space_panel(request: HttpRequest, page: InitiativePage) -> SpacePanel | None:
    """Say where the initiative is with the charter."""
    context = about(page)
    if context["version"] is None:
        return None
    todo = ""
    if not context["is_current"]:
        todo = _("Read and sign the charter") if context["standing"] is None else ""
        todo = todo or _("Sign the new version of the charter")
    return SpacePanel(
        order=10,
        title=_("The charter"),
        template="bdis_evaluation/space/charter_panel.html",
        context=context,
        todo=todo,
        url=_charter_url(page),
        label=_("The charter"),
    )


def about(page: InitiativePage) -> dict[str, Any]:
    """Return where ``page`` is with the charter in force."""
    version = CharterVersion.objects.in_force().prefetch_related("texts").first()
    standing = ledger.standing_adhesion(page)
    is_current = bool(version and standing and standing.version_id == version.pk)
    former = None
    if version and standing and not is_current:
        former = standing.version
    return {
        "page": page,
        "version": version,
        "text": version.text_in() if version else None,
        "standing": standing,
        "is_current": is_current,
        "former": former,
        "history": CharterAdhesion.objects.of(page)[:20],
        "owners": [
            member.user.get_full_name() or member.user.get_username()
            for member in page.members.filter(role=MemberRole.OWNER).select_related("user")[:10]
        ],
    }


def known_signatory(user: Any) -> dict[str, str]:
    """Return what is already known of ``user`` as a signatory, to begin a form with."""
    last = Signatory.objects.filter(account=user.pk).order_by("-pk").first()
    if last:
        return {"name": last.name, "capacity": last.capacity}
    return {"name": user.get_full_name()}


def _sign(
    request: HttpRequest, page: InitiativePage, form: SigningForm, context: dict[str, Any]
) -> HttpResponse:
    try:
        ledger.sign(
            page,
            text=context["text"],
            text_hash=form.cleaned_data["text_hash"],
            by=_signing(request, form, form.statement),
        )
    except (ledger.CharterChanged, ledger.AlreadySigned) as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The charter is signed. Thank you."))
    return redirect("bdis_charter_space:charter", pk=page.pk)


def _signing(request: HttpRequest, form: Any, statement: str = "") -> ledger.Signing:
    return ledger.Signing(
        name=form.cleaned_data["name"],
        capacity=form.cleaned_data["capacity"],
        statement=statement,
        account=request.user,
        way=SigningWay.ONLINE,
    )


def _charter_url(page: InitiativePage) -> str:
    return reverse("bdis_charter_space:charter", args=[page.pk])
