"""Asking people, sending their link again, taking it back: for the owners of the initiative."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from bdis_cms.space.access import space_page
from bdis_evaluation.coevaluating import inviting
from bdis_evaluation.coevaluating.access import gathering_url, get_owned_evaluation
from bdis_evaluation.coevaluating.forms import AskForm
from bdis_evaluation.coevaluating.refusals import CoevaluationRefused
from bdis_evaluation.coevaluating.space_pages import show_gathering
from bdis_evaluation.models import Invitation


@require_POST
@space_page
def invite(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Ask several people; what is refused stays in the form, each address with its reason."""
    evaluation = get_owned_evaluation(request, pk, evaluation_pk)
    form = AskForm(request.POST)
    if not form.is_valid():
        return show_gathering(request, evaluation, ask_form=form, status=422)
    group, emails = form.cleaned_data["group"], form.cleaned_data["emails"]
    asked, refused = inviting.invite_all(evaluation, group=group, emails=emails, user=request.user)
    if asked:
        words = ngettext("%d request is sent.", "%d requests are sent.", len(asked)) % len(asked)
        messages.success(request, words)
    if not refused:
        return redirect(gathering_url(evaluation))
    left = "\n".join(email for email, _refusal in refused)
    form = AskForm({"group": group, "emails": left})
    form.full_clean()
    for email, refusal in refused:
        words = str(refusal)
        form.add_error("emails", words if email in words else f"{email} – {words}")
    return show_gathering(request, evaluation, ask_form=form, status=422)


@require_POST
@space_page
def resend(request: HttpRequest, pk: int, evaluation_pk: int, invitation_pk: int) -> HttpResponse:
    """Send a new link to somebody who has not finished."""
    done = _("If they have not finished, they get a new link; the one before opens nothing.")
    return _act(request, pk, evaluation_pk, invitation_pk, inviting.resend, done)


@require_POST
@space_page
def revoke(request: HttpRequest, pk: int, evaluation_pk: int, invitation_pk: int) -> HttpResponse:
    """Take an invitation back."""
    done = _("The request is taken back: its link opens nothing, its answers are deleted.")
    return _act(request, pk, evaluation_pk, invitation_pk, inviting.revoke, done)


def _act(
    request: HttpRequest,
    pk: int,
    evaluation_pk: int,
    invitation_pk: int,
    act: Callable[[Invitation], None],
    done: str,
) -> HttpResponse:
    evaluation = get_owned_evaluation(request, pk, evaluation_pk)
    invitations = Invitation.objects.standing().filter(evaluation=evaluation)
    invitation = get_object_or_404(invitations.select_related("peer"), pk=invitation_pk)
    invitation.evaluation = evaluation
    try:
        act(invitation)
    except CoevaluationRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(gathering_url(evaluation))
