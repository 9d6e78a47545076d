"""What became of every commitment, cycle by cycle."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bdis_cms.space.access import get_own_initiative, space_page
from bdis_evaluation.models import CommitmentEvent, CommitmentState, Evaluation

CYCLES_ON_A_PAGE = 5


@require_safe
@space_page
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the commitments of each finished evaluation, the last first, with what was done."""
    page = get_own_initiative(request, pk)
    today = timezone.localdate()
    events = CommitmentEvent.objects.select_related("by").order_by("at", "pk")
    late = Q(commitments__state=CommitmentState.OPEN, commitments__due_on__lt=today)
    cycles = (
        Evaluation.objects.closed()
        .filter(initiative=page)
        .select_related("grid", "version")
        .annotate(
            kept=Count("commitments", filter=Q(commitments__state=CommitmentState.KEPT)),
            dropped=Count("commitments", filter=Q(commitments__state=CommitmentState.DROPPED)),
            late=Count("commitments", filter=late),
            made=Count("commitments"),
        )
        .prefetch_related("commitments", Prefetch("commitments__events", events))
        .order_by("-closed_at", "-pk")
    )
    shown = Paginator(cycles, CYCLES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "cycles": shown, "today": today}
    return render(request, "bdis_evaluation/cycles/history.html", context)
