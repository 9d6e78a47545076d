"""What evaluations add to Wagtail and to the directory."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks

from bdis_cms.models import InitiativePage
from bdis_cms.space.panels import HOOK, SpacePanel
from bdis_evaluation.cycles.space.rhythm import next_evaluation
from bdis_evaluation.evaluating import finishing
from bdis_evaluation.models import Commitment, CommitmentState, Evaluation, EvaluationState


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    actions.register_action(
        finishing.LOG_FINISH, gettext_lazy("Finish"), gettext_lazy("Evaluation finished")
    )
    actions.register_action(
        finishing.LOG_ABANDON, gettext_lazy("Abandon"), gettext_lazy("Evaluation abandoned")
    )


@hooks.register(HOOK)
def space_panel(request: HttpRequest, page: InitiativePage) -> SpacePanel:
    """Say where the initiative is with its progress approach."""
    evaluations = Evaluation.objects.filter(initiative=page)
    under_way = list(evaluations.open().select_related("grid")[:5])
    done = evaluations.closed().order_by("-closed_at").first()
    overdue = Commitment.objects.filter(
        evaluation__initiative=page,
        evaluation__state=EvaluationState.CLOSED,
        state=CommitmentState.OPEN,
        due_on__lt=timezone.localdate(),
    ).count()
    due = next_evaluation(page)
    todo = ""
    if due.is_overdue:
        todo = _("Take stock: your evaluation is awaited")
    elif not (under_way or done):
        todo = _("Begin your first evaluation")
    url = reverse("bdis_evaluation_space:index", args=[page.pk])
    return SpacePanel(
        order=30,
        title=_("Progress approach"),
        template="bdis_evaluation/evaluating/panel.html",
        context={
            "under_way": under_way,
            "done": done,
            "overdue": overdue,
            "next": due,
            "url": url,
        },
        todo=todo,
        url=url,
        label=_("Progress approach"),
    )
