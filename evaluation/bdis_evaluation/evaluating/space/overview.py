"""The evaluations of an initiative, one of them as a whole, and all of it on paper."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from bdis_cms.models import InitiativePage
from bdis_cms.space.access import get_own_initiative, space_page
from bdis_evaluation.evaluating.beginning import AlreadyBegun, GridNotInForce, begin
from bdis_evaluation.evaluating.finishing import reason_of_abandon
from bdis_evaluation.evaluating.missing import progress_by_theme
from bdis_evaluation.evaluating.showing import ask, contributors, minutes_left
from bdis_evaluation.evaluating.space.access import evaluation_url, get_own_evaluation
from bdis_evaluation.evaluating.space.forms import BeginForm
from bdis_evaluation.models import Evaluation, EvaluationKind, GridVersion, VersionStatus

ON_A_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@space_page
def index(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the evaluations of an initiative, and begin one."""
    page = get_own_initiative(request, pk)
    form = BeginForm(request.POST or None, versions=grids_in_force(page))
    if request.method == "POST" and form.is_valid():
        try:
            evaluation = begin(
                page,
                form.cleaned_data["version"],
                kind=form.cleaned_data["kind"],
                user=request.user,
            )
        except AlreadyBegun as already:
            evaluation = already.evaluation
        except GridNotInForce as refused:
            form.add_error("version", str(refused))
            return render(
                request, "bdis_evaluation/evaluating/index.html", _history(request, page, form)
            )
        return redirect(evaluation_url(evaluation))
    context = _history(request, page, form)
    status = 422 if form.errors else 200
    return render(request, "bdis_evaluation/evaluating/index.html", context, status=status)


def grids_in_force(page: InitiativePage) -> QuerySet[GridVersion]:
    """Return the versions that ``page`` may begin with, the shortest first."""
    under_way = Evaluation.objects.open().filter(initiative=page).values("grid")
    return (
        GridVersion.objects.filter(status=VersionStatus.IN_FORCE)
        .exclude(grid__in=under_way)
        .select_related("grid")
        .order_by("grid__minutes", "grid__position", "pk")
    )


def _history(request: HttpRequest, page: InitiativePage, form: BeginForm) -> dict[str, Any]:
    evaluations = Evaluation.objects.filter(initiative=page).select_related("grid", "version")
    shown = Paginator(evaluations, ON_A_PAGE).get_page(request.GET.get("page"))
    return {
        "page": page,
        "form": form,
        "evaluations": shown,
        "versions": list(grids_in_force(page)),
        "chosen": form["version"].value(),
        "kind": form["kind"].value(),
        "self_kind": EvaluationKind.SELF,
    }


@require_safe
@space_page
def evaluation(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Show how far an evaluation is, what is left, and who worked on it."""
    evaluation = get_own_evaluation(request, pk, evaluation_pk)
    progress = progress_by_theme(evaluation)
    to_do = [one for theme in progress for one in theme.to_do]
    context = {
        "page": evaluation.initiative,
        "evaluation": evaluation,
        "progress": progress,
        "awaited": sum(one.awaited for one in progress),
        "answered": sum(one.answered for one in progress),
        "to_do": to_do,
        "minutes": minutes_left(evaluation, progress),
        "contributors": contributors(evaluation),
        "next": to_do[0] if to_do else None,
        "commitments": evaluation.commitments.all(),
        "today": timezone.localdate(),
        "abandoned_because": reason_of_abandon(evaluation),
    }
    return render(request, "bdis_evaluation/evaluating/evaluation.html", context)


@require_safe
@space_page
def paper(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Show every question with its answer in words, to be printed."""
    evaluation = get_own_evaluation(request, pk, evaluation_pk)
    content = evaluation.version.content
    asked = {one.question.key: one for one in ask(evaluation, content.questions.values())}
    context = {
        "page": evaluation.initiative,
        "evaluation": evaluation,
        "themes": [
            (theme, [asked[question.key] for question in theme.questions]) for theme in content
        ],
        "commitments": evaluation.commitments.all(),
        "contributors": contributors(evaluation),
    }
    return render(request, "bdis_evaluation/evaluating/paper.html", context)
