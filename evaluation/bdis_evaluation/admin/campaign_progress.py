"""How far a campaign of evaluation is, by region and by initiative."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permissions import policy_registry

from bdis_cms.models import InitiativePage, Region
from bdis_evaluation.admin.regional_permissions import (
    may_moderate_regions,
    moderated_regions,
    readable_campaigns,
)
from bdis_evaluation.cycles import campaigns
from bdis_evaluation.models import EvaluationCampaign

_PER_PAGE = 50
STEPS = {
    campaigns.NOT_BEGUN: gettext_lazy("Not begun"),
    campaigns.BEGUN: gettext_lazy("Begun"),
    campaigns.FINISHED: gettext_lazy("Finished"),
}


class CampaignView(WagtailAdminTemplateMixin, TemplateView):
    """A campaign: what it entails before it opens, how far it is afterwards."""

    template_name = "bdis_evaluation/admin/evaluation_campaign.html"
    header_icon = "date"
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_moderate_regions(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def campaign(self) -> EvaluationCampaign:
        return get_object_or_404(readable_campaigns(self.request.user), pk=self.kwargs["pk"])

    @cached_property
    def regions(self) -> QuerySet[Region]:
        """Regions of the campaign that the user moderates."""
        own = moderated_regions(self.request.user)
        return own.filter(pk=self.campaign.region_id) if self.campaign.region_id else own

    def get_page_title(self) -> str:
        return self.campaign.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        index = reverse("bdis_evaluation_campaigns:index")
        return [
            *self.breadcrumbs_items,
            {"url": index, "label": _("Campaigns")},
            {"url": "", "label": self.campaign.title},
        ]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        policy = policy_registry.get_by_type(EvaluationCampaign)
        if not policy.user_has_permission_for_instance(self.request.user, "change", self.campaign):
            return []
        edit = reverse("bdis_evaluation_campaigns:edit", args=[self.campaign.pk])
        return [HeaderButton(_("Edit"), edit, icon_name="edit")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.copy()
        asked.pop("p", None)
        total, lines = campaigns.progress_by_region(self.campaign, self.regions)
        return super().get_context_data(**kwargs) | {
            "campaign": self.campaign,
            "is_open": self.campaign.opens_on <= timezone.localdate(),
            "total": total,
            "lines": lines,
            "steps": STEPS.items(),
            "asked": asked.dict(),
            "query": asked.urlencode(),
            "rows": self._rows(),
        }

    def _rows(self) -> Any:
        asked = self.request.GET
        regions = self.regions
        if asked.get("region"):
            regions = regions.filter(code=asked["region"])
        by_path = campaigns.region_paths(regions)
        pages = campaigns.with_region_path(campaigns.asked_by(self.campaign))
        pages = pages.filter(region_path__in=list(by_path))
        if asked.get("step") in STEPS:
            pages = pages.filter(step=asked["step"])
        shown = Paginator(pages.order_by("title", "pk"), _PER_PAGE).get_page(asked.get("p"))
        shown.object_list = [_row(page, by_path) for page in shown.object_list]
        return shown


def _row(page: InitiativePage, by_path: dict[str, Region]) -> dict[str, Any]:
    return {
        "page": page,
        "region": by_path[page.region_path],  # type: ignore[attr-defined]
        "step": STEPS[page.step],  # type: ignore[attr-defined]
    }
