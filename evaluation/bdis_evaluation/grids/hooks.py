"""What progress grids hang in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from bdis_evaluation.grids import publishing
from bdis_evaluation.grids.importing import ensure_grids

hooks.register("register_bdis_reference", ensure_grids)


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    actions.register_action(
        publishing.LOG_IN_FORCE,
        _("Put in force"),
        _("Version of a grid put in force"),
    )
