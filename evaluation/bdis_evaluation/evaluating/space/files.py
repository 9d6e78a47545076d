"""Files that support answers: sent by the script, and read by the people of the initiative."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bdis_cms.space.access import space_page
from bdis_evaluation.evaluating.evidence import EvidenceRefused, add_evidence
from bdis_evaluation.evaluating.saving import EvaluationNotOpen
from bdis_evaluation.evaluating.showing import ask_one
from bdis_evaluation.evaluating.space.access import get_own_evaluation, refusal, space_json
from bdis_evaluation.models import EvidenceFile


@require_POST
@space_json
def upload(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Keep a file sent with a question."""
    evaluation = get_own_evaluation(request, pk, evaluation_pk)
    key, given = request.POST.get("key", ""), request.FILES.get("file")
    if given is None:
        return refusal(_("Choose a file."), status=400, field="file")
    try:
        add_evidence(evaluation, key, given, user=request.user)
    except EvidenceRefused as refused:
        return refusal(str(refused), status=422, field=key[:60])
    except EvaluationNotOpen as closed:
        return refusal(str(closed), status=409)
    context = {"asked": ask_one(evaluation, key), "evaluation": evaluation}
    html = render_to_string("components/evidence_list.html", context, request=request)
    return JsonResponse({"html": html})


@require_safe
@space_page
def download(request: HttpRequest, pk: int, evaluation_pk: int, file_pk: int) -> Any:
    """Send a file, to be saved: nothing of it runs in the page."""
    evaluation = get_own_evaluation(request, pk, evaluation_pk)
    return send(get_object_or_404(EvidenceFile, evaluation=evaluation, pk=file_pk))


def send(evidence: EvidenceFile) -> FileResponse:
    """Return the file as an attachment; whoever calls knows who may read it."""
    try:
        opened = evidence.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        opened, as_attachment=True, filename=evidence.name, content_type=evidence.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
