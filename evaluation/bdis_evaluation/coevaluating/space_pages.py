"""The gathering of opinions in the space of an initiative: open it, follow it, close it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bdis_cms.permissions import may_sign_for
from bdis_cms.space.access import space_page
from bdis_evaluation.coevaluating import gathering as acts
from bdis_evaluation.coevaluating.access import (
    gathering_url,
    get_own_evaluation,
    get_owned_evaluation,
)
from bdis_evaluation.coevaluating.forms import AskForm, UntilForm
from bdis_evaluation.coevaluating.meeting import meeting_of
from bdis_evaluation.coevaluating.refusals import CoevaluationRefused
from bdis_evaluation.coevaluating.side_by_side import FEWEST
from bdis_evaluation.coevaluating.tallying import tally
from bdis_evaluation.models import Evaluation, EvaluationState


@require_safe
@space_page
def gathering(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Show who is asked, and what comes next."""
    evaluation = get_own_evaluation(request, pk, evaluation_pk)
    return show_gathering(request, evaluation)


@require_POST
@space_page
def share(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Open the evaluation to others."""
    evaluation = get_owned_evaluation(request, pk, evaluation_pk)
    form = UntilForm(request.POST)
    if form.is_valid():
        try:
            acts.share(evaluation, until=form.cleaned_data["until"], user=request.user)
        except CoevaluationRefused as refusal:
            form.add_error("until", str(refusal))
        else:
            messages.success(request, _("Now say whom you ask."))
            return redirect(gathering_url(evaluation))
    return show_gathering(request, evaluation, until_form=form, status=422)


@require_POST
@space_page
def postpone(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Give another last day to answer."""
    evaluation = get_owned_evaluation(request, pk, evaluation_pk)
    form = UntilForm(request.POST)
    if form.is_valid():
        try:
            acts.postpone(evaluation, until=form.cleaned_data["until"])
        except CoevaluationRefused as refusal:
            form.add_error("until", str(refusal))
        else:
            messages.success(request, _("The last day to answer is changed."))
            return redirect(gathering_url(evaluation))
    return show_gathering(request, evaluation, until_form=form, status=422)


@require_POST
@space_page
def unshare(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Go back to answering alone, while nobody was asked."""
    evaluation = get_owned_evaluation(request, pk, evaluation_pk)
    try:
        acts.unshare(evaluation)
    except CoevaluationRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(gathering_url(evaluation))


@require_http_methods(["GET", "HEAD", "POST"])
@space_page
def gather(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Close the gathering, told what it entails."""
    evaluation = get_owned_evaluation(request, pk, evaluation_pk)
    if not acts.is_gathering(evaluation):
        return redirect(gathering_url(evaluation))
    if request.method == "POST":
        try:
            acts.gather(evaluation, user=request.user)
        except CoevaluationRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(gathering_url(evaluation))
        return redirect(gathering_url(evaluation, "crossed"))
    context = _about(request, evaluation)
    return render(request, "bdis_evaluation/coevaluating/gather.html", context)


def show_gathering(
    request: HttpRequest, evaluation: Evaluation, *, status: int = 200, **forms: Any
) -> HttpResponse:
    """Draw the page of the gathering, with what was typed in one of its forms."""
    until = {"until": evaluation.answers_until} if evaluation.answers_until else None
    context = _about(request, evaluation) | {
        "until_form": forms.get("until_form") or UntilForm(initial=until),
        "ask_form": forms.get("ask_form") or AskForm(),
    }
    template = "bdis_evaluation/coevaluating/gathering.html"
    return render(request, template, context, status=status)


def _about(request: HttpRequest, evaluation: Evaluation) -> dict[str, Any]:
    return {
        "page": evaluation.initiative,
        "evaluation": evaluation,
        "is_owner": may_sign_for(request.user, evaluation.initiative),
        "may_share": evaluation.state == EvaluationState.DRAFT,
        "is_gathering": acts.is_gathering(evaluation),
        "tally": tally(evaluation),
        "meeting": meeting_of(evaluation),
        "fewest": FEWEST,
    }
