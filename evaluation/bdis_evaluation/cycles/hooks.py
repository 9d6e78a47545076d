"""What cycles hang in Wagtail's admin and in the reminders."""

from __future__ import annotations

from typing import Any

from django.urls import include, path
from django.utils.translation import gettext_lazy
from wagtail import hooks

from bdis_evaluation.admin.campaign_progress import CampaignView
from bdis_evaluation.admin.evaluation_campaigns import EvaluationGroup
from bdis_evaluation.cycles.choosing import LOG_SHARE
from bdis_evaluation.cycles.reminders import send_evaluation_reminders

hooks.register("register_bdis_reminders", send_evaluation_reminders)


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
