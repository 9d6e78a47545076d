"""The ledger in the admin: read, filter, export; never change."""

from __future__ import annotations

import csv
import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from bdis_cms.models import Region
from bdis_cms.permissions import own_region_pages, works_nationally
from bdis_evaluation.charter.access import visible_ledger
from bdis_evaluation.charter.ledger import erase_signatory
from bdis_evaluation.models import AdhesionKind, CharterAdhesion

_PER_PAGE = 50
_COLUMNS = (
    *("uuid", "kind", "signed_on", "recorded_at", "initiative_id", "initiative_title"),
    *("region_code", "version__number", "language", "text_hash", "way"),
)


class LedgerView(WagtailAdminTemplateMixin, TemplateView):
    """Lines of the ledger of one's regions; a POST of the national team erases a signatory."""

    template_name = "bdis_evaluation/admin/ledger.html"
    page_title = gettext_lazy("Signatures of the charter")
    header_icon = "list-ul"
    index_url: Any = reverse_lazy("bdis_charter_admin:ledger")
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (works_nationally(request.user) or own_region_pages(request.user).exists()):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("export") == "csv":
            return _exported(self.lines())
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not works_nationally(request.user):
            raise PermissionDenied
        try:
            number = uuid.UUID(request.POST.get("erase", ""))
        except ValueError as error:
            raise Http404 from error
        line = get_object_or_404(CharterAdhesion, uuid=number)
        erase_signatory(line.signatory, user=request.user)
        messages.success(request, _("The personal data are erased; the signature stands."))
        return redirect("bdis_charter_admin:ledger")

    def lines(self) -> QuerySet[CharterAdhesion]:
        """Return what is asked for, of what the user may see."""
        lines = visible_ledger(self.request.user).select_related("version", "signatory")
        asked = self.request.GET
        if asked.get("kind") in AdhesionKind.values:
            lines = lines.filter(kind=asked["kind"])
        if region := asked.get("region", "").replace("\x00", ""):
            lines = lines.filter(region_code=region)
        if words := asked.get("q", "").replace("\x00", ""):
            lines = lines.filter(initiative_title__icontains=words)
        return lines.order_by("-pk")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": self.index_url, "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.copy()
        asked.pop("p", None)
        pages = own_region_pages(self.request.user).values("region")
        return super().get_context_data(**kwargs) | {
            "lines": Paginator(self.lines(), _PER_PAGE).get_page(self.request.GET.get("p")),
            "kinds": AdhesionKind.choices,
            "regions": Region.objects.filter(pk__in=pages).order_by("name"),
            "asked": asked.dict(),
            "query": asked.urlencode(),
            "may_erase": works_nationally(self.request.user),
        }


def _exported(lines: QuerySet[CharterAdhesion]) -> HttpResponse:
    """Return the lines as a table, without anything personal."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="signatures.csv"'
    response.write("\ufeff")
    table = csv.writer(response, delimiter=";")
    table.writerow(_COLUMNS)
    for row in lines.values_list(*_COLUMNS).iterator(chunk_size=2000):
        table.writerow([_safe(value) for value in row])
    return response


def _safe(value: Any) -> Any:
    """Keep a title that looks like a formula from being one in a spreadsheet."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t" and value else value
