"""Two answers to one question: both are shown, and somebody chooses."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bdis_cms.space.access import space_page
from bdis_evaluation.evaluating.reading import field_name, read_given
from bdis_evaluation.evaluating.saving import (
    EvaluationNotOpen,
    Given,
    open_conflicts,
    settle_answer,
)
from bdis_evaluation.evaluating.showing import AskedQuestion, Errors, ask, ask_one
from bdis_evaluation.evaluating.space.access import evaluation_url, get_own_evaluation
from bdis_evaluation.evaluating.space.theme import read_base
from bdis_evaluation.grids.kinds import InvalidAnswer
from bdis_evaluation.models import Evaluation

OTHER = "other"


@require_http_methods(["GET", "HEAD", "POST"])
@space_page
def choose(request: HttpRequest, pk: int, evaluation_pk: int, key: str) -> HttpResponse:
    """Show the answers side by side; keep one, or another made of them."""
    evaluation = get_own_evaluation(request, pk, evaluation_pk)
    theme = evaluation.version.content.theme_of.get(key)
    if theme is None:
        raise Http404
    theme_url = f"{evaluation_url(evaluation, 'theme', theme.code)}#{field_name(key)}"
    error = ""
    if request.method == "POST":
        try:
            _settle(request, evaluation, key)
        except InvalidAnswer as invalid:
            error = str(invalid)
        except EvaluationNotOpen as closed:
            messages.error(request, str(closed))
            return redirect(evaluation_url(evaluation))
        else:
            if key in open_conflicts(evaluation):
                messages.warning(request, _("Another answer came meanwhile: look at it too."))
                return redirect(request.path)
            messages.success(request, _("Your choice is saved."))
            return redirect(theme_url)
    asked = _asked(request, evaluation, key, error)
    if not asked.in_conflict and not error:
        return redirect(theme_url)
    context = {
        "page": evaluation.initiative,
        "evaluation": evaluation,
        "theme": theme,
        "theme_url": theme_url,
        "asked": asked,
        "comments": "\n\n".join(_comments(asked)) if not error else asked.given.comment,
        "choice": request.POST.get("choice", ""),
    }
    status = 422 if error else 200
    return render(request, "bdis_evaluation/evaluating/choose.html", context, status=status)


def _asked(request: HttpRequest, evaluation: Evaluation, key: str, error: str) -> AskedQuestion:
    if not error:
        return ask_one(evaluation, key)
    question = evaluation.version.content.questions[key]
    (asked,) = ask(evaluation, [question], Errors(request.POST, {key: error}))
    return asked


def _comments(asked: AskedQuestion) -> list[str]:
    found = dict.fromkeys(voice.given.comment for voice in asked.voices if voice.given.comment)
    return list(found)


def _settle(request: HttpRequest, evaluation: Evaluation, key: str) -> None:
    base = read_base(key, request.POST.get("base", ""))
    choice = request.POST.get("choice", "")
    if choice == OTHER:
        try:
            given = read_given(evaluation.version.content.questions[key], request.POST)
        except KeyError:
            raise InvalidAnswer(
                key, _("The plug-in of this question is not installed any more.")
            ) from None
    else:
        number = int(choice) if choice.isascii() and choice.isdigit() and len(choice) < 10 else -1
        kept = evaluation.revisions.filter(key=key, number=number, number__lte=base).first()
        if kept is None:
            raise InvalidAnswer(key, _("Choose the answer that stands."))
        given = Given.of(kept)
    settle_answer(evaluation, key, given, base=base, user=request.user)
