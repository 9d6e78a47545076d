"""The outside evaluator of an evaluation, and their report."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bdis_cms.space.access import space_page
from bdis_evaluation.coevaluating import external as acts
from bdis_evaluation.coevaluating.access import (
    evaluation_url,
    gathering_url,
    get_own_evaluation,
    get_owned_evaluation,
)
from bdis_evaluation.coevaluating.forms import EvaluatorForm
from bdis_evaluation.evaluating.evidence import EvidenceRefused, evidence_types, largest_evidence
from bdis_evaluation.evaluating.saving import EvaluationNotOpen
from bdis_evaluation.models import Evaluation


@require_http_methods(["GET", "HEAD", "POST"])
@space_page
def external(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Name the evaluator and add their report."""
    evaluation = get_own_evaluation(request, pk, evaluation_pk)
    known = {"name": evaluation.evaluator, "organisation": evaluation.evaluator_organisation}
    sent = request.method == "POST"
    form = EvaluatorForm(
        request.POST if sent else None, request.FILES if sent else None, initial=known
    )
    if sent and form.is_valid() and _name(request, evaluation, form):
        messages.success(request, _("This is saved."))
        return redirect(gathering_url(evaluation, "external"))
    context = {
        "page": evaluation.initiative,
        "evaluation": evaluation,
        "form": form,
        "reports": acts.reports_of(evaluation),
        "accepted": ",".join(f".{one}" for one in evidence_types()),
        "largest": largest_evidence(),
    }
    template = "bdis_evaluation/coevaluating/external.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@space_page
def without(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Go on without the evaluator; for owners."""
    evaluation = get_owned_evaluation(request, pk, evaluation_pk)
    try:
        acts.go_without_evaluator(evaluation)
    except EvaluationNotOpen as closed:
        messages.error(request, str(closed))
    return redirect(evaluation_url(evaluation))


def _name(request: HttpRequest, evaluation: Evaluation, form: EvaluatorForm) -> bool:
    cleaned = form.cleaned_data
    try:
        acts.name_evaluator(
            evaluation,
            name=cleaned["name"],
            organisation=cleaned["organisation"],
            report=cleaned["report"],
            user=request.user,
        )
    except EvidenceRefused as refused:
        form.add_error("report", str(refused))
    except EvaluationNotOpen as closed:
        form.add_error(None, str(closed))
    else:
        return True
    return False
