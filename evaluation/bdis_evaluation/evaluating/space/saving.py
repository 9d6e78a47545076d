"""Answers saved one by one by the script of a theme."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bdis_evaluation.evaluating.evidence import evidence_types, largest_evidence
from bdis_evaluation.evaluating.missing import progress_by_theme
from bdis_evaluation.evaluating.reading import read_given
from bdis_evaluation.evaluating.saving import (
    EvaluationNotOpen,
    Given,
    Saved,
    clean,
    save_answer,
)
from bdis_evaluation.evaluating.showing import ask_one, clock
from bdis_evaluation.evaluating.space.access import get_own_evaluation, refusal, space_json
from bdis_evaluation.evaluating.space.theme import HIGHEST_REVISION
from bdis_evaluation.grids.kinds import InvalidAnswer
from bdis_evaluation.models import Evaluation


@dataclass
class NotASave(ValueError):
    """What was sent is not a save; ``field`` is at fault."""

    field: str

    def __str__(self) -> str:
        return _("This save cannot be read: load the page again.")


@dataclass(frozen=True)
class Save:
    """A save as it is sent: {"key", "base", "save_id", "fields": {name: text}}."""

    key: str
    base: int
    save_id: uuid.UUID
    fields: dict[str, str]

    @classmethod
    def read(cls, body: bytes) -> Save:
        """Return the save that ``body`` is; raises ``NotASave``."""
        try:
            sent = json.loads(body)
        except (ValueError, RecursionError):
            raise NotASave("") from None
        if not isinstance(sent, dict):
            raise NotASave("")
        key, base, fields = sent.get("key"), sent.get("base"), sent.get("fields")
        if not isinstance(key, str) or len(key) > 60:
            raise NotASave("key")
        if type(base) is not int or not 0 <= base <= HIGHEST_REVISION:
            raise NotASave("base")
        if not isinstance(fields, dict) or not all(isinstance(one, str) for one in fields.values()):
            raise NotASave("fields")
        try:
            save_id = uuid.UUID(sent.get("save_id"))
        except (ValueError, TypeError, AttributeError):
            raise NotASave("save_id") from None
        return cls(key, base, save_id, fields)


@require_http_methods(["GET", "POST"])
@space_json
def save(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Save an answer; a GET gives a token for the next ones, after signing in again."""
    evaluation = get_own_evaluation(request, pk, evaluation_pk)
    if request.method != "POST":
        return JsonResponse({"token": get_token(request)})
    try:
        sent = Save.read(request.body)
        question = evaluation.version.content.questions.get(sent.key)
        if question is None:
            raise InvalidAnswer(sent.key, _("This question is not in the grid."))
        given = clean(evaluation, sent.key, read_given(question, sent.fields))
        saved = save_answer(
            evaluation, sent.key, given, base=sent.base, user=request.user, save_id=sent.save_id
        )
    except NotASave as unread:
        return refusal(str(unread), status=400, field=unread.field)
    except InvalidAnswer as invalid:
        return refusal(str(invalid), status=422, field=invalid.key)
    except KeyError:
        return refusal(
            _("The plug-in of this question is not installed any more."),
            status=422,
            field=sent.key,
        )
    except EvaluationNotOpen as closed:
        return refusal(str(closed), status=409)
    return JsonResponse(_answer(request, evaluation, sent.key, given, saved))


def question_html(request: HttpRequest, evaluation: Evaluation, key: str) -> str:
    """Return the question as its theme shows it now."""
    context = {
        "asked": ask_one(evaluation, key),
        "evaluation": evaluation,
        "accepted": ",".join(f".{one}" for one in evidence_types()),
        "largest": largest_evidence(),
    }
    return render_to_string("components/question.html", context, request=request)


def _answer(
    request: HttpRequest, evaluation: Evaluation, key: str, given: Given, saved: Saved
) -> dict[str, Any]:
    """Tell what stands now; ``html`` when that is not what was sent, so that the page shows it."""
    theme = evaluation.version.content.theme_of[key]
    progress = next(one for one in progress_by_theme(evaluation) if one.theme == theme)
    differs = saved.conflict is not None or Given.of(saved.answer) != given
    return {
        "revision": saved.answer.revision if saved.answer else 0,
        "conflict": saved.conflict is not None,
        "time": clock(),
        "html": question_html(request, evaluation, key) if differs else None,
        "answered": progress.answered,
        "awaited": progress.awaited,
    }
