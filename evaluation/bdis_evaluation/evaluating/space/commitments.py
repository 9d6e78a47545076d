"""The commitments of an initiative, and what became of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bdis_cms.models import InitiativePage
from bdis_cms.space.access import get_own_initiative, space_page
from bdis_evaluation.evaluating.committing import (
    CommitmentNotOpen,
    DayNotAhead,
    drop,
    keep,
    move,
)
from bdis_evaluation.evaluating.space.forms import CommitmentActForm
from bdis_evaluation.models import Commitment, CommitmentAct, EvaluationState


@require_http_methods(["GET", "HEAD", "POST"])
@space_page
def commitment(request: HttpRequest, pk: int, commitment_pk: int) -> HttpResponse:
    """Show the history of a commitment, and say what became of it."""
    page = get_own_initiative(request, pk)
    shown = get_object_or_404(made_by(page), pk=commitment_pk)
    form = CommitmentActForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _act(shown, form.cleaned_data, request.user)
        except DayNotAhead as past:
            form.add_error("due_on", str(past))
        except CommitmentNotOpen as refused:
            messages.error(request, str(refused))
            return redirect(request.path)
        else:
            messages.success(request, _("This is written in the history of the commitment."))
            return redirect(request.path)
    context = {
        "page": page,
        "commitment": shown,
        "events": shown.events.select_related("by")[:100],
        "form": form,
        "today": timezone.localdate(),
    }
    status = 422 if form.errors else 200
    return render(request, "bdis_evaluation/evaluating/commitment.html", context, status=status)


def made_by(page: InitiativePage) -> QuerySet[Commitment]:
    """Return the commitments made by ``page``: those of finished evaluations."""
    made = Commitment.objects.filter(
        evaluation__initiative=page, evaluation__state=EvaluationState.CLOSED
    )
    return made.select_related("evaluation__grid")


def _act(shown: Commitment, cleaned: dict[str, Any], user: Any) -> None:
    reason = cleaned["reason"]
    if cleaned["act"] == CommitmentAct.KEPT:
        keep(shown, user=user, note=reason)
    elif cleaned["act"] == CommitmentAct.MOVED:
        move(shown, due_on=cleaned["due_on"], reason=reason, user=user)
    else:
        drop(shown, reason=reason, user=user)
