"""The screen « Campagnes »: who signed the new version, region by region."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from bdis_cms.models import Region
from bdis_cms.permissions import own_region_pages, works_nationally
from bdis_evaluation.charter.campaigns import Progress, asked_to_sign, progress_by_region, states
from bdis_evaluation.models import CampaignNotice, CharterCampaign, NoticeMoment

_PER_PAGE = 50
_LONGEST_NUMBER = 9
STATES = {
    "waiting": _("Have not signed yet"),
    "lapsed": _("Left the directory"),
    "signed": _("Signed"),
    "withdrawn": _("Withdrew"),
}


class CampaignsView(WagtailAdminTemplateMixin, TemplateView):
    """Progress of a campaign (the latest) by region, and the listings behind each figure."""

    template_name = "bdis_evaluation/admin/campaigns.html"
    page_title = _("Campaigns of the charter")
    header_icon = "mail"
    index_url: Any = reverse_lazy("bdis_charter_admin:campaigns")
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (self.is_national or self.regions):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def is_national(self) -> bool:
        return works_nationally(self.request.user)

    @cached_property
    def regions(self) -> dict[str, str]:
        """Names of the regions of the user, by code."""
        pages = own_region_pages(self.request.user).values("region")
        found = Region.objects.filter(pk__in=pages).order_by("name")
        return dict(found.values_list("code", "name"))

    @cached_property
    def campaign(self) -> CharterCampaign | None:
        campaigns = CharterCampaign.objects.select_related("version")
        number = self.request.GET.get("version", "")
        if number.isdecimal():
            # No number is that long, and Python refuses to read thousands of digits.
            campaigns = campaigns.filter(version__number=int(number[:_LONGEST_NUMBER]))
        return campaigns.first()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": self.index_url, "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | {"campaign": self.campaign}
        if self.campaign is None:
            return context
        rows = self._rows(self.campaign)
        progress = progress_by_region(self.campaign, rows)
        asked = self.request.GET.copy()
        asked.pop("p", None)
        return context | {
            "campaigns": CharterCampaign.objects.select_related("version")[:20],
            "progress": [(self.regions.get(row.region_code, "—"), row) for row in progress],
            "total": _total(progress),
            "notices": self._notices(self.campaign, rows),
            "state": asked.get("state", ""),
            "states": STATES,
            "listings": self._listings(rows),
            "query": asked.urlencode(),
        }

    def _rows(self, campaign: CharterCampaign) -> QuerySet:
        rows = asked_to_sign(campaign)
        return rows if self.is_national else rows.filter(region_code__in=self.regions)

    def _listings(self, rows: QuerySet) -> Any:
        """Return the listings of the region and state asked for; none before one is asked for."""
        condition = states(timezone.localdate()).get(self.request.GET.get("state", ""))
        if condition is None:
            return None
        rows = rows.filter(condition).select_related("initiative").order_by("initiative__title")
        if region := self.request.GET.get("region", "").replace("\x00", ""):
            rows = rows.filter(region_code=region)
        return Paginator(rows, _PER_PAGE).get_page(self.request.GET.get("p"))

    @staticmethod
    def _notices(campaign: CharterCampaign, rows: QuerySet) -> list[tuple[str, int, int, int]]:
        """Return each moment with its notices sent, refused, and without an address."""
        found = CampaignNotice.objects.filter(
            campaign=campaign, initiative__in=rows.values("initiative")
        )
        counts = (
            found.order_by()
            .values_list("moment")
            .annotate(
                sent=Count("pk", filter=Q(sent_at__isnull=False)),
                refused=Count("pk", filter=Q(sent_at__isnull=True) & ~Q(problem="no_address")),
                unreachable=Count("pk", filter=Q(problem="no_address")),
            )
        )
        told = {moment: numbers for moment, *numbers in counts}
        return [
            (str(label), *told[moment]) for moment, label in NoticeMoment.choices if moment in told
        ]


def _total(progress: list[Progress]) -> Progress:
    columns = ("asked", "signed", "waiting", "lapsed", "withdrawn")
    return Progress("", *(sum(getattr(row, name) for row in progress) for name in columns))
