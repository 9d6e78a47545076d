"""Who acts on the gathering of an evaluation: its people see it, the owners ask and close."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse

from bdis_cms.permissions import may_sign_for
from bdis_evaluation.evaluating.space.access import evaluation_url, get_own_evaluation
from bdis_evaluation.models import Evaluation

__all__ = ["evaluation_url", "gathering_url", "get_own_evaluation", "get_owned_evaluation"]


def get_owned_evaluation(request: HttpRequest, pk: int, evaluation_pk: int) -> Evaluation:
    """Return the evaluation, for an owner of its initiative; 403 for a contributor, else 404."""
    evaluation = get_own_evaluation(request, pk, evaluation_pk)
    if not may_sign_for(request.user, evaluation.initiative):
        raise PermissionDenied
    return evaluation


def gathering_url(evaluation: Evaluation, name: str = "gathering") -> str:
    """Return the address of a page of the gathering."""
    return reverse(f"bdis_coevaluation:{name}", args=[evaluation.initiative_id, evaluation.pk])
