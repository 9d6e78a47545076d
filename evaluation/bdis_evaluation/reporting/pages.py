"""The report of an evaluation in the space: composed, read, printed, taken away as a PDF."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from bdis_cms.permissions import may_act_for
from bdis_cms.space.access import space_page
from bdis_evaluation.models import EvaluationState
from bdis_evaluation.reporting import words
from bdis_evaluation.reporting.access import get_reported
from bdis_evaluation.reporting.choosing import PARTS, Choice, read_choice
from bdis_evaluation.reporting.content import Report, report_of
from bdis_evaluation.reporting.document import report_pdf


@require_safe
@space_page
def report(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Show the report and what can be put in it; before the end, say when it will be there."""
    evaluation = get_reported(request, pk, evaluation_pk)
    context: dict[str, Any] = {
        "page": evaluation.initiative,
        "evaluation": evaluation,
        "is_member": may_act_for(request.user, evaluation.initiative),
    }
    if evaluation.state != EvaluationState.CLOSED:
        return render(request, "bdis_evaluation/reporting/not_yet.html", context)
    choice = read_choice(request.GET, evaluation.version.content)
    context |= _shown(report_of(evaluation, choice)) | _form(evaluation, choice)
    return render(request, "bdis_evaluation/reporting/report.html", context)


@require_safe
@space_page
def report_file(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Answer the report as a PDF, with what the address chose."""
    evaluation = get_reported(request, pk, evaluation_pk)
    if evaluation.state != EvaluationState.CLOSED:
        return redirect("bdis_report:report", pk, evaluation_pk)
    choice = read_choice(request.GET, evaluation.version.content)
    pdf = report_pdf(report_of(evaluation, choice))
    response = HttpResponse(pdf, content_type="application/pdf")
    name = slugify(evaluation.initiative.title)[:60] or "initiative"
    ended = f"{evaluation.closed_at:%Y-%m}"
    response["Content-Disposition"] = f'inline; filename="rapport-{name}-{ended}.pdf"'
    return response


def _shown(report: Report) -> dict[str, Any]:
    return {
        "report": report,
        "facts": words.facts(report),
        "method": words.method(report),
        "themes": [(theme, words.answered(theme)) for theme in report.themes],
        "ways": [(way, words.compared(way)) for way in report.ways],
        "promises": [(one, words.for_what(one)) for one in report.commitments],
        "earlier": [(one, words.for_what(one)) for one in report.earlier],
    }


def _form(evaluation: Any, choice: Choice) -> dict[str, Any]:
    return {
        "choice": choice,
        "theme_choices": [
            (theme.code, theme.title, theme.code in choice.themes)
            for theme in evaluation.version.content
        ],
        "part_choices": [(name, label, name in choice.parts) for name, label, _there in PARTS],
    }
