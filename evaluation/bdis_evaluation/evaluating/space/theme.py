"""A theme at a time: its questions in one form, which works without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bdis_cms.space.access import space_page
from bdis_evaluation.evaluating.evidence import (
    EvidenceRefused,
    add_evidence,
    evidence_types,
    largest_evidence,
    remove_evidence,
)
from bdis_evaluation.evaluating.missing import progress_by_theme
from bdis_evaluation.evaluating.reading import field_name, read_given
from bdis_evaluation.evaluating.saving import EvaluationNotOpen, save_answer
from bdis_evaluation.evaluating.showing import AskedQuestion, Errors, ask
from bdis_evaluation.evaluating.space.access import evaluation_url, get_own_evaluation
from bdis_evaluation.grids.content import Question, SubTheme, Theme
from bdis_evaluation.grids.kinds import InvalidAnswer
from bdis_evaluation.models import Evaluation, EvidenceFile

HIGHEST_REVISION = 2**31 - 1


@require_http_methods(["GET", "HEAD", "POST"])
@space_page
def theme(request: HttpRequest, pk: int, evaluation_pk: int, code: str) -> HttpResponse:
    """Ask the questions of a theme, and save the answers of its form."""
    evaluation = get_own_evaluation(request, pk, evaluation_pk)
    shown = evaluation.version.content.theme(code)
    if shown is None:
        raise Http404
    errors = Errors(data=request.POST)
    if request.method == "POST":
        try:
            conflicts = _save(request, evaluation, shown, errors)
        except EvaluationNotOpen as closed:
            messages.error(request, str(closed))
            return redirect(evaluation_url(evaluation))
        if conflicts:
            messages.warning(request, _("Somebody answered meanwhile: both answers are kept."))
            return redirect(f"{_url(evaluation, shown)}#{field_name(conflicts[0])}")
        if not errors.reasons:
            return redirect(_after(request, evaluation, shown))
    context = _context(evaluation, shown, errors)
    status = 422 if errors.reasons else 200
    return render(request, "bdis_evaluation/evaluating/theme.html", context, status=status)


def read_base(key: str, typed: Any) -> int:
    """Return the revision that was shown; raises ``InvalidAnswer`` when it is none."""
    text = str(typed)
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise InvalidAnswer(key, _("Load this page again: this answer came without its number."))
    return min(int(text), HIGHEST_REVISION)


def _save(request: HttpRequest, evaluation: Evaluation, shown: Theme, errors: Errors) -> list[str]:
    """Save what the form holds; fill ``errors``; return the questions now in conflict."""
    conflicts = []
    for question in shown.questions:
        name = field_name(question.key)
        if f"{name}-base" not in request.POST:
            continue
        try:
            if _save_one(request, evaluation, question):
                conflicts.append(question.key)
            for upload in request.FILES.getlist(f"{name}-file"):
                add_evidence(evaluation, question.key, upload, user=request.user)
        except (InvalidAnswer, EvidenceRefused) as refused:
            errors.reasons[question.key] = str(refused)
    removed = request.POST.get("remove-evidence", "")
    if removed.isascii() and removed.isdigit() and len(removed) < 19:
        for one in EvidenceFile.objects.filter(evaluation=evaluation, pk=removed):
            remove_evidence(one)
    return conflicts


def _save_one(request: HttpRequest, evaluation: Evaluation, question: Question) -> bool:
    """Save the answer to one question; return whether it is now in conflict."""
    data: Mapping[str, Any] = request.POST
    base = read_base(question.key, data[f"{field_name(question.key)}-base"])
    try:
        given = read_given(question, data)
    except KeyError:  # the plug-in of its kind was removed: nothing was asked
        return False
    saved = save_answer(evaluation, question.key, given, base=base, user=request.user)
    return saved.conflict is not None


def _url(evaluation: Evaluation, shown: Theme) -> str:
    return evaluation_url(evaluation, "theme", shown.code)


def _after(request: HttpRequest, evaluation: Evaluation, shown: Theme) -> str:
    """Return where to go once a theme is saved: the next one, or what remains."""
    if "remove-evidence" in request.POST or "stay" in request.POST:
        return _url(evaluation, shown)
    messages.success(request, _("“%(theme)s” is saved.") % {"theme": shown.title})
    _before, after = _around(evaluation, shown)
    return _url(evaluation, after) if after else evaluation_url(evaluation)


def _around(evaluation: Evaluation, shown: Theme) -> tuple[Theme | None, Theme | None]:
    themes = list(evaluation.version.content)
    here = themes.index(shown)
    before = themes[here - 1] if here else None
    return before, themes[here + 1] if here + 1 < len(themes) else None


def _context(evaluation: Evaluation, shown: Theme, errors: Errors) -> dict[str, Any]:
    asked = {one.question.key: one for one in ask(evaluation, shown.questions, errors)}
    before, after = _around(evaluation, shown)
    progress = progress_by_theme(evaluation)
    themes = [one.theme for one in progress]
    return {
        "page": evaluation.initiative,
        "evaluation": evaluation,
        "theme": shown,
        "parts": [_part(part, asked) for part in shown.subthemes],
        "errors": [one for one in asked.values() if one.error],
        "before": before,
        "after": after,
        "number": themes.index(shown) + 1,
        "themes": len(themes),
        "progress": progress[themes.index(shown)],
        "accepted": ",".join(f".{one}" for one in evidence_types()),
        "largest": largest_evidence(),
    }


def _part(
    part: SubTheme, asked: Mapping[str, AskedQuestion]
) -> tuple[SubTheme, list[AskedQuestion]]:
    return part, [asked[question.key] for question in part.questions]
