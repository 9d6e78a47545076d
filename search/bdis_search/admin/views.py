"""The screen « Recherche »: how the engines are, and what can be done about it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from bdis_search.admin import status
from bdis_search.admin.permissions import may_manage_search
from bdis_search.backends.base import SearchEngineError
from bdis_search.drift import find_drift
from bdis_search.engine import engines
from bdis_search.models import IndexTask
from bdis_search.outbox import drain, enqueue


class SearchStatusView(WagtailAdminTemplateMixin, TemplateView):
    """Show how the engines are; a POST does what its button says."""

    template_name = "bdis_search/admin/status.html"
    page_title = gettext_lazy("State of the engine")
    header_icon = "search"
    _show_breadcrumbs = True
    index_url = reverse_lazy("bdis_search_admin:status")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_manage_search(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": self.index_url, "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "engines": status.statuses(),
            "aside": status.set_aside(),
            "aside_count": IndexTask.objects.set_aside().count(),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        acts = {
            "rebuild": self._rebuild,
            "drain": self._drain,
            "check": self._check,
            "fix": self._fix,
            "retry": self._retry,
            "discard": self._discard,
        }
        act = acts.get(request.POST.get("act", ""))
        role = request.POST.get("engine", "primary")
        if act is None or role not in engines():
            messages.error(request, _("This cannot be done: open the page again."))
        else:
            try:
                act(role)
            except SearchEngineError as error:
                messages.error(request, str(error))
        return redirect("bdis_search_admin:status")

    def _rebuild(self, role: str) -> None:
        if status.rebuild_in_background(role):
            told = _("The index is being rebuilt; the old one answers until the new one is ready.")
            messages.success(self.request, told)
        else:
            messages.warning(self.request, _("The index is already being rebuilt."))

    def _drain(self, role: str) -> None:
        done = drain(patience=5)
        told = ngettext("%(n)s change applied.", "%(n)s changes applied.", done) % {"n": done}
        messages.success(self.request, told)

    def _check(self, role: str) -> None:
        drift = find_drift(role)
        if drift:
            told = ngettext(
                "%(n)s listing differs between the index and the directory.",
                "%(n)s listings differ between the index and the directory.",
                len(drift.ids),
            )
            messages.warning(self.request, told % {"n": len(drift.ids)})
        else:
            messages.success(self.request, _("The index and the directory agree."))

    def _fix(self, role: str) -> None:
        enqueue(find_drift(role).ids)
        self._drain(role)
        find_drift(role)

    def _retry(self, role: str) -> None:
        status.try_again()
        self._drain(role)

    def _discard(self, role: str) -> None:
        task = IndexTask.objects.set_aside().filter(pk=self.request.POST.get("task") or 0)
        deleted, _kinds = task.delete()
        if deleted:
            messages.success(self.request, _("The change was discarded."))
