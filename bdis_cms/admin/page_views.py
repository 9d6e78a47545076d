"""Views of the listings' pages that say more than Wagtail's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.viewsets.pages import PageViewSet

from bdis_cms.completeness import completeness, missing_information
from bdis_cms.models import InitiativePage
from bdis_cms.permissions import may_moderate
from bdis_cms.services import suspension_reason


class CompletenessSidePanel(BaseSidePanel):
    """What the listing lacks, the heaviest first, each leading to its field."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = _("Toggle completeness")
        icon_name = "tasks"
        counter_classname = "w-bg-critical-200"

        def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            context["count"] = len(missing_information(self.panel.object))
            return context

    name = "completeness"
    title = _("Completeness")
    template_name = "bdis_cms/admin/side_panels/completeness.html"
    order = 90

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        context = super().get_context_data(parent_context)
        context["missing"] = missing_information(self.object)
        context["percentage"] = completeness(self.object)
        return context


class _WithCompleteness:
    """Add the side panel of completeness to a page view."""

    def get_side_panels(self) -> MediaContainer:
        panels = list(super().get_side_panels())  # type: ignore[misc]
        if not getattr(self, "expects_json_response", False):
            panels.append(CompletenessSidePanel(self.page, self.request))  # type: ignore[attr-defined]
        return MediaContainer(panels)


class InitiativeCreateView(_WithCompleteness, CreateView):
    """Create a listing."""


class InitiativeEditView(_WithCompleteness, EditView):
    """Edit a listing; a banner says whether the public sees it, and why not."""

    def get_template_names(self) -> list[str]:
        return [
            "bdis_cms/admin/initiative_edit.html"
            if name == "wagtailadmin/pages/edit.html"
            else name
            for name in super().get_template_names()
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        row = self.real_page_record.specific
        context["hidden_because"] = row.hidden_because()
        context["suspension_reason"] = suspension_reason(row)
        context["page_record"] = row
        # What the banner asks for, one click away for whoever may give it.
        lacks_charter = not row.charter_valid_until or row.charter_valid_until < localdate()
        if lacks_charter and may_moderate(self.request.user, self.page):
            context["charter_url"] = reverse("bdis_charter_admin:sign", args=[row.pk])
        return context


class InitiativePageViewSet(PageViewSet):
    """Wagtail's page views, for listings."""

    name = "bdis_initiative_pages"
    model = InitiativePage
    add_view_class = InitiativeCreateView
    edit_view_class = InitiativeEditView
