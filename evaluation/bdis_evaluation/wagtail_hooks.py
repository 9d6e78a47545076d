"""What the charter and evaluations add to the Wagtail admin."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from wagtail import hooks

from bdis_evaluation.charter import ledger


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    actions.register_action(
        ledger.LOG_ERASE,
        gettext_lazy("Erase who signed"),
        gettext_lazy("Personal data of a signatory erased"),
    )
