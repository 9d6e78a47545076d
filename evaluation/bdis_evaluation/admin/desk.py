"""The desk of a region: where each public initiative is with its progress approach."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from bdis_cms.admin.accent_blind import accent_blind
from bdis_cms.admin.keys import whole_key
from bdis_cms.models import Family, InitiativePage, RegionPage
from bdis_cms.permissions import own_region_pages
from bdis_evaluation.accompanying.exporting import FORMATS, table
from bdis_evaluation.accompanying.rows import desk_rows
from bdis_evaluation.accompanying.states import (
    DeskState,
    accompanied_by,
    followed_by,
    in_state,
    is_overdue,
    with_desk,
)
from bdis_evaluation.models import Evaluation

_PER_PAGE = 50
_MOST_ACCOMPANISTS = 100
UNDER_WAY, NOBODY = "under_way", "nobody"
STATES = [*DeskState.choices, (UNDER_WAY, _("Under way, in either way"))]


class DeskView(WagtailAdminTemplateMixin, TemplateView):
    """Public initiatives of one's regions: filtered, searched, paged, exported."""

    template_name = "bdis_evaluation/admin/desk.html"
    page_title = _("Progress approach")
    header_icon = "tasks"
    index_url: Any = reverse_lazy("bdis_desk:index")
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.regions:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("export", "")
        if asked not in FORMATS:
            return super().get(request, *args, **kwargs)
        content_type, written = FORMATS[asked]
        response = HttpResponse(written(table(self.pages())), content_type=content_type)
        response["Content-Disposition"] = f'attachment; filename="demarche-progres.{asked}"'
        return response

    @cached_property
    def regions(self) -> list[RegionPage]:
        return list(own_region_pages(self.request.user).select_related("region"))

    def pages(self) -> QuerySet[InitiativePage]:
        """Return what is asked for, of what the user follows."""
        asked, pages = self.request.GET, followed_by(self.request.user)
        if words := asked.get("q", "").strip()[:80]:
            pages = pages.filter(title__iregex=accent_blind(words))
        state = asked.get("state", "")
        if state in DeskState.values:
            pages = pages.filter(in_state(state))
        elif state == UNDER_WAY:
            pages = pages.filter(in_state(DeskState.ONGOING) | in_state(DeskState.GATHERING))
        if asked.get("overdue"):
            pages = pages.filter(is_overdue())
        code = asked.get("region", "")
        for region in self.regions:
            if region.region.code == code:
                pages = pages.filter(path__startswith=region.path)
        return pages.filter(self._of_family(), self._of_accompanist())

    def _of_family(self) -> Q:
        code = self.request.GET.get("family", "")
        if not code:
            return Q()
        through = InitiativePage.families.through.objects.filter(family__code=code)
        return Q(pk__in=through.values("initiativepage"))

    def _of_accompanist(self) -> Q:
        asked = self.request.GET.get("accompanist", "")
        key = whole_key(asked)
        if asked == NOBODY:
            return accompanied_by(None)
        return Q() if key is None else accompanied_by(key)

    def accompanists(self) -> QuerySet[Any]:
        """Return who accompanies an initiative that the user follows."""
        followed = Evaluation.objects.filter(
            accompanist__isnull=False, initiative__in=followed_by(self.request.user).values("pk")
        )
        users = get_user_model()._default_manager.filter(pk__in=followed.values("accompanist"))
        return users.order_by("last_name", "first_name", "pk")[:_MOST_ACCOMPANISTS]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": self.index_url, "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.copy()
        asked.pop("p", None)
        # Keys first: what is told of a row is then asked for fifty of them, not for all.
        ordered = self.pages().order_by("title", "pk").values_list("pk", flat=True)
        shown = Paginator(ordered, _PER_PAGE).get_page(self.request.GET.get("p"))
        pages = InitiativePage.objects.filter(pk__in=list(shown.object_list))
        return super().get_context_data(**kwargs) | {
            "pages": shown,
            "rows": desk_rows(list(with_desk(pages).order_by("title", "pk"))),
            "states": STATES,
            "regions": self.regions,
            "families": Family.objects.order_by("label_fr"),
            "accompanists": [(str(one.pk), one.get_full_name()) for one in self.accompanists()],
            "asked": asked.dict(),
            "query": asked.urlencode(),
            "several": len(self.regions) > 1,
            "total": shown.paginator.count,
        }
