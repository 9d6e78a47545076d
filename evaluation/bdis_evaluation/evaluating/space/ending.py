"""The end of an evaluation: its commitments, or a reason to stop."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bdis_cms.space.access import space_page
from bdis_evaluation.coevaluating.closing import NotReady
from bdis_evaluation.evaluating.finishing import abandon, finish
from bdis_evaluation.evaluating.missing import missing_answers
from bdis_evaluation.evaluating.saving import EvaluationNotOpen, lock_open
from bdis_evaluation.evaluating.space.access import evaluation_url, get_own_evaluation
from bdis_evaluation.evaluating.space.forms import CommitmentFormSet, ReasonForm
from bdis_evaluation.models import Evaluation


@require_http_methods(["GET", "HEAD", "POST"])
@space_page
def end(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Write the commitments, then finish."""
    evaluation = get_own_evaluation(request, pk, evaluation_pk)
    if not evaluation.is_open:
        return redirect(evaluation_url(evaluation))
    formset = CommitmentFormSet(
        request.POST or None,
        queryset=evaluation.commitments.all(),
        prefix="engagements",
        form_kwargs={"themes": evaluation.version.content.themes},
    )
    problem = ""
    if request.method == "POST" and formset.is_valid():
        try:
            return _end(request, evaluation, formset)
        except EvaluationNotOpen as closed:
            messages.error(request, str(closed))
            return redirect(evaluation_url(evaluation))
        except NotReady as refused:
            problem = str(refused)
    context = {
        "page": evaluation.initiative,
        "evaluation": evaluation,
        "formset": formset,
        "problem": problem,
        "missing": missing_answers(evaluation),
    }
    status = 422 if problem or (formset.is_bound and not formset.is_valid()) else 200
    return render(request, "bdis_evaluation/evaluating/end.html", context, status=status)


@transaction.atomic
def _end(request: HttpRequest, evaluation: Evaluation, formset: Any) -> HttpResponse:
    lock_open(evaluation)
    for commitment in formset.save(commit=False):
        commitment.evaluation = evaluation
        commitment.save()
    for commitment in formset.deleted_objects:
        commitment.delete()
    if "finish" not in request.POST:
        messages.success(request, _("Your commitments are saved."))
        return redirect(evaluation_url(evaluation, "end"))
    finish(evaluation, user=request.user)
    messages.success(request, _("Your evaluation is finished. Thank you."))
    return redirect(evaluation_url(evaluation))


@require_http_methods(["GET", "HEAD", "POST"])
@space_page
def give_up(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Stop an evaluation, and say why."""
    evaluation = get_own_evaluation(request, pk, evaluation_pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            abandon(evaluation, reason=form.cleaned_data["reason"], user=request.user)
        except EvaluationNotOpen as closed:
            messages.error(request, str(closed))
        else:
            messages.success(request, _("The evaluation is stopped: its answers stay readable."))
        return redirect("bdis_evaluation_space:index", pk=pk)
    context = {"page": evaluation.initiative, "evaluation": evaluation, "form": form}
    status = 422 if form.errors else 200
    return render(request, "bdis_evaluation/evaluating/give_up.html", context, status=status)
