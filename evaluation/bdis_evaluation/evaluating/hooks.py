"""What evaluations add to Wagtail and to the directory."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from wagtail import hooks

from bdis_evaluation.evaluating import finishing


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    actions.register_action(
        finishing.LOG_FINISH, gettext_lazy("Finish"), gettext_lazy("Evaluation finished")
    )
    actions.register_action(
        finishing.LOG_ABANDON, gettext_lazy("Abandon"), gettext_lazy("Evaluation abandoned")
    )
