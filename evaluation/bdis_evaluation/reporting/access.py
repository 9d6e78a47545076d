"""Who reads the report of an evaluation: its people, and who accompanies it; nobody else."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from bdis_cms.permissions import may_act_for
from bdis_evaluation.accompanying.access import accompanies
from bdis_evaluation.models import Evaluation, EvaluationKind


def may_read_report(user: Any, evaluation: Evaluation) -> bool:
    """Whether ``user`` is of the initiative, or accompanies this assisted evaluation."""
    if may_act_for(user, evaluation.initiative):
        return True
    assisted = evaluation.kind == EvaluationKind.ASSISTED
    return assisted and accompanies(user, evaluation)


def get_reported(request: HttpRequest, pk: int, evaluation_pk: int) -> Evaluation:
    """Return the evaluation whose report the visitor may read; 404 for any other."""
    evaluations = Evaluation.objects.select_related(
        "version", "grid", "meeting", "initiative__commune__department"
    )
    evaluation = get_object_or_404(evaluations, pk=evaluation_pk, initiative=pk)
    if not may_read_report(request.user, evaluation):
        raise Http404
    return evaluation
