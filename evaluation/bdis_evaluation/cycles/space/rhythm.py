"""The rhythm of an initiative, and when its next evaluation is due."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bdis_cms.models import InitiativePage
from bdis_cms.permissions import may_sign_for
from bdis_cms.space.access import get_own_initiative, space_page
from bdis_evaluation.cycles.rhythm import choose_rhythm, is_overdue, usual_rhythm
from bdis_evaluation.cycles.space.forms import RhythmForm
from bdis_evaluation.models import ProgressPlan


@dataclass(frozen=True)
class NextEvaluation:
    """When the next evaluation is due; ``None``: nobody planned one."""

    due_on: datetime.date | None
    is_overdue: bool
    is_past: bool


@require_http_methods(["GET", "HEAD", "POST"])
@space_page
def rhythm(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the rhythm; owners choose it."""
    page = get_own_initiative(request, pk)
    own = ProgressPlan.objects.filter(initiative=page).values_list("months", flat=True).first()
    form = RhythmForm(request.POST or None, usual=usual_rhythm(page), own=own)
    is_owner = may_sign_for(request.user, page)
    if request.method == "POST":
        if not is_owner:
            raise PermissionDenied
        if form.is_valid():
            choose_rhythm(page, form.cleaned_data["months"])
            messages.success(request, _("Your rhythm is saved."))
            return redirect(request.path)
    context = {"page": page, "form": form, "is_owner": is_owner, "next": next_evaluation(page)}
    status = 422 if form.errors else 200
    return render(request, "bdis_evaluation/cycles/rhythm.html", context, status=status)


def next_evaluation(page: InitiativePage) -> NextEvaluation:
    """Return when the next evaluation of ``page`` is due."""
    plans = ProgressPlan.objects.filter(initiative=page.pk)
    due_on = plans.values_list("next_due_on", flat=True).first()
    is_past = due_on is not None and due_on < timezone.localdate()
    return NextEvaluation(due_on, is_past and is_overdue(page), is_past)
