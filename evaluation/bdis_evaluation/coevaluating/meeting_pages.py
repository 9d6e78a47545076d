"""The joint meeting in the space: what was agreed on, then the commitments made there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bdis_cms.space.access import space_page
from bdis_evaluation.coevaluating.access import evaluation_url, gathering_url, get_own_evaluation
from bdis_evaluation.coevaluating.closing import GatheringNotOver
from bdis_evaluation.coevaluating.crossed_pages import CrossedQuestion, cross
from bdis_evaluation.coevaluating.forms import MeetingForm
from bdis_evaluation.coevaluating.meeting import (
    agreed_answers,
    meeting_of,
    record_meeting,
    stamp_of,
)
from bdis_evaluation.coevaluating.refusals import CoevaluationRefused, MeetingChanged
from bdis_evaluation.evaluating.reading import (
    field_name,
    kind_or_none,
    read_given,
    said,
    typed_in,
    typed_of,
)
from bdis_evaluation.evaluating.saving import EvaluationNotOpen, Given, clean, lock_open
from bdis_evaluation.evaluating.space.forms import CommitmentFormSet
from bdis_evaluation.grids.content import Question
from bdis_evaluation.grids.kinds import InvalidAnswer
from bdis_evaluation.models import Evaluation, JointMeeting


@dataclass(frozen=True)
class AgreedQuestion:
    """A question with its two points of view, and the fields of what is agreed on."""

    crossed: CrossedQuestion
    question: Question
    agreed: str
    typed: Mapping[str, str]
    comment: str
    template: str
    not_applicable: bool
    reason: str
    error: str = ""

    @property
    def name(self) -> str:
        """Name of its field."""
        return field_name(self.question.key)


@require_http_methods(["GET", "HEAD", "POST"])
@space_page
def meeting(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Write what the meeting agreed on, divergent questions first."""
    evaluation = get_own_evaluation(request, pk, evaluation_pk)
    if evaluation.gathered_at is None or not evaluation.is_open:
        return redirect(gathering_url(evaluation))
    met = meeting_of(evaluation)
    form = MeetingForm(request.POST if request.method == "POST" else None, initial=_initial(met))
    errors: dict[str, str] = {}
    if request.method == "POST":
        agreed = _read(evaluation, request.POST, errors)
        if form.is_valid() and not errors and _record(request, evaluation, form, agreed):
            return redirect(gathering_url(evaluation, "agreed_commitments"))
    questions = _questions(evaluation, met, request.POST, errors)
    context = {
        "page": evaluation.initiative,
        "evaluation": evaluation,
        "form": form,
        "seen": stamp_of(meeting_of(evaluation)),
        "first": [one for one in questions if one.crossed.row.diverges or one.error],
        "rest": [one for one in questions if not (one.crossed.row.diverges or one.error)],
        "problems": [one for one in questions if one.error],
    }
    status = 422 if form.errors or errors else 200
    return render(request, "bdis_evaluation/coevaluating/meeting.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@space_page
def commitments(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Write the commitments that were agreed on in the meeting."""
    evaluation = get_own_evaluation(request, pk, evaluation_pk)
    if not evaluation.is_open or meeting_of(evaluation) is None:
        return redirect(gathering_url(evaluation))
    formset = CommitmentFormSet(
        request.POST if request.method == "POST" else None,
        queryset=evaluation.commitments.filter(is_agreed=True),
        prefix="engagements",
        form_kwargs={"themes": evaluation.version.content.themes},
    )
    if request.method == "POST" and formset.is_valid():
        try:
            _commit(evaluation, formset)
        except EvaluationNotOpen as closed:
            messages.error(request, str(closed))
        else:
            messages.success(request, _("What the meeting committed to is saved."))
        return redirect(evaluation_url(evaluation, "end"))
    context = {"page": evaluation.initiative, "evaluation": evaluation, "formset": formset}
    status = 422 if formset.is_bound else 200
    return render(request, "bdis_evaluation/coevaluating/commitments.html", context, status=status)


def _initial(met: JointMeeting | None) -> dict[str, Any]:
    if met is None:
        return {}
    return {"held_on": met.held_on, "present": met.present, "summary": met.summary}


def _read(
    evaluation: Evaluation, data: Mapping[str, Any], errors: dict[str, str]
) -> dict[str, Given]:
    """Return what the form agrees on, for the questions that it asked; fill ``errors``."""
    agreed = {}
    for key, question in evaluation.version.content.questions.items():
        if f"{field_name(key)}-asked" not in data:
            continue
        try:
            agreed[key] = clean(evaluation, key, read_given(question, data))
        except InvalidAnswer as invalid:
            errors[key] = str(invalid)
        except KeyError:  # the plug-in of its kind was removed: nothing was asked
            continue
    return agreed


def _record(
    request: HttpRequest, evaluation: Evaluation, form: MeetingForm, agreed: dict[str, Given]
) -> bool:
    cleaned = form.cleaned_data
    try:
        record_meeting(
            evaluation,
            held_on=cleaned["held_on"],
            present=cleaned["present"],
            summary=cleaned["summary"],
            agreed=agreed,
            user=request.user,
            seen=request.POST.get("seen", ""),
        )
    except MeetingChanged as changed:
        form.add_error(None, str(changed))
        return False
    except (CoevaluationRefused, GatheringNotOver, EvaluationNotOpen) as refused:
        form.add_error("held_on", str(refused))
        return False
    messages.success(request, _("What the meeting agreed on is saved."))
    return True


def _questions(
    evaluation: Evaluation,
    met: JointMeeting | None,
    data: Mapping[str, Any],
    errors: dict[str, str],
) -> list[AgreedQuestion]:
    agreed = agreed_answers(evaluation, met)
    found = []
    for _theme, crossed in cross(evaluation):
        for one in crossed:
            question = one.row.question
            # What supports a yes was asked of the initiative.
            options = {
                name: value for name, value in question.options.items() if name != "evidence"
            }
            given, kind = agreed.get(question.key, Given()), kind_or_none(question)
            name, error = field_name(question.key), errors.get(question.key, "")
            sent = f"{name}-asked" in data
            found.append(
                AgreedQuestion(
                    crossed=one,
                    question=replace(question, options=options),
                    agreed=said(question, given),
                    typed=typed_in(question, data) if sent else typed_of(question, given),
                    comment=str(data.get(f"{name}-comment", "")) if sent else given.comment,
                    template=kind.template if kind else "",
                    not_applicable=bool(data.get(f"{name}-na")) if sent else given.not_applicable,
                    reason=str(data.get(f"{name}-reason", "")) if sent else given.reason,
                    error=error,
                )
            )
    return sorted(found, key=lambda one: -abs(one.crossed.row.gap or 0))


@transaction.atomic
def _commit(evaluation: Evaluation, formset: Any) -> None:
    lock_open(evaluation)
    for commitment in formset.save(commit=False):
        commitment.evaluation, commitment.is_agreed = evaluation, True
        commitment.save()
    for commitment in formset.deleted_objects:
        commitment.delete()
