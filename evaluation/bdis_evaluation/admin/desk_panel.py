"""The panel « Démarche progrès » of the dashboard: three figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from bdis_evaluation.accompanying.states import figures_of


class DeskPanel(Component):
    """How many have not begun, are under way, are late; each leads to them."""

    name = "bdis_desk"
    order = 60
    template_name = "bdis_evaluation/admin/desk_panel.html"

    def __init__(self, request: Any) -> None:
        self.request = request

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        counts = figures_of(self.request.user)
        url = reverse("bdis_desk:index")
        return {
            "url": url,
            "figures": [
                (counts["none"], _("have not begun"), f"{url}?state=none"),
                (counts["under_way"], _("are under way"), f"{url}?state=under_way"),
                (counts["overdue"], _("are overdue"), f"{url}?overdue=1"),
            ],
        }
