"""Who opens an evaluation in the space: the people of its initiative, and nobody else."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from bdis_cms.space.access import View, get_own_initiative, private_page
from bdis_evaluation.models import Evaluation


def get_own_evaluation(request: HttpRequest, pk: int, evaluation_pk: int) -> Evaluation:
    """Return the evaluation of an initiative for which the visitor acts; 404 for any other."""
    page = get_own_initiative(request, pk)
    evaluations = Evaluation.objects.select_related("version", "grid", "started_by")
    evaluation = get_object_or_404(evaluations, pk=evaluation_pk, initiative=page)
    evaluation.initiative = page
    return evaluation


def space_json(view: View) -> View:
    """Make ``view`` answer scripts of the space: who is not signed in is told so, not led away."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return refusal(_("Sign in again: your session is over."), status=401)
        return view(request, *args, **kwargs)

    return private_page(entered)


def refusal(error: str, *, status: int, field: str = "") -> JsonResponse:
    """Return an error that a script can show, with the field that is at fault."""
    return JsonResponse({"error": error, "field": field}, status=status)


def evaluation_url(evaluation: Evaluation, name: str = "evaluation", *args: Any) -> str:
    """Return the address of a page of the evaluation."""
    return reverse(
        f"bdis_evaluation_space:{name}", args=[evaluation.initiative_id, evaluation.pk, *args]
    )
