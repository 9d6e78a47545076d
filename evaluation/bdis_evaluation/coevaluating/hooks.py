"""What the co-evaluation adds to Wagtail and to the directory."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from wagtail import hooks

from bdis_cms.space.panels import HOOK
from bdis_evaluation.coevaluating import closing, gathering, meeting, peer_pages


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    for action, label, message in (
        (gathering.LOG_SHARE, gettext_lazy("Open to others"), gettext_lazy("Opened to others")),
        (gathering.LOG_GATHER, gettext_lazy("Gather"), gettext_lazy("Opinions gathered")),
        (meeting.LOG_MEET, gettext_lazy("Meet"), gettext_lazy("Joint meeting written down")),
    ):
        actions.register_action(action, label, message)


hooks.register(HOOK, peer_pages.space_panel)
hooks.register("register_bdis_reminders", closing.forget_late_guests)
