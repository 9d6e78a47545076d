"""What cycles hang in Wagtail's admin, in the space of initiatives and in the reminders."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks

from bdis_cms.models import InitiativePage
from bdis_cms.space.panels import SpacePanel
from bdis_evaluation.admin.campaign_progress import CampaignView
from bdis_evaluation.admin.evaluation_campaigns import EvaluationGroup
from bdis_evaluation.cycles.choosing import LOG_SHARE
from bdis_evaluation.cycles.reminders import send_evaluation_reminders
from bdis_evaluation.cycles.space.rhythm import next_evaluation
from bdis_evaluation.models import Evaluation

hooks.register("register_bdis_reminders", send_evaluation_reminders)


@hooks.register("register_bdis_space_panel")
def space_panel(request: HttpRequest, page: InitiativePage) -> SpacePanel | None:
    """Say when the next evaluation is due and lead to what others see, once there is one."""
    due = next_evaluation(page)
    if not due.due_on and not Evaluation.objects.filter(initiative=page).exists():
        return None
    return SpacePanel(
        order=30,
        title=_("Cycles and sharing"),
        template="bdis_evaluation/cycles/panel.html",
        context={"next": due},
        todo=_("Take stock: your evaluation is awaited") if due.is_overdue else "",
        url=reverse("bdis_evaluation_space:index", args=[page.pk]),
    )


@hooks.register("register_admin_viewset")
def register_viewsets() -> EvaluationGroup:
    return EvaluationGroup()


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    views = [path("<int:pk>/", CampaignView.as_view(), name="campaign")]
    return [
        path(
            "bdis/evaluations/campaign/",
            include((views, "bdis_evaluation_admin"), "bdis_evaluation_admin"),
        )
    ]


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    actions.register_action(
        LOG_SHARE, gettext_lazy("Share"), gettext_lazy("What others see of the approach chosen")
    )
