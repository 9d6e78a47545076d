"""The screen « Recherche »: how the engines are, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import BigIntegerField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from bdis_cms.models import InitiativePage
from bdis_search import background
from bdis_search.admin import status
from bdis_search.admin.screens import SearchScreen
from bdis_search.backends.base import SearchEngineError
from bdis_search.drift import find_drift
from bdis_search.engine import engines
from bdis_search.models import EngineState, IndexCheck, IndexRebuild, IndexTask, UnderWay
from bdis_search.outbox import drain, enqueue, rebuild_index
from bdis_search.params import whole_number

#: Without a thread to do it in, an index of so few listings is rebuilt while one waits.
_SMALL = 2_000
_SECONDS = 5.0


class SearchStatusView(SearchScreen):
    """Show how the engines are; a POST does what its button says.

    ``?part=1`` answers what changes of the page, for it to be followed.
    """

    template_name = "bdis_search/admin/status.html"
    page_title = gettext_lazy("State of the engine")
    header_icon = "search"
    index_url = reverse_lazy("bdis_search_admin:status")

    def get_template_names(self) -> list[str]:
        return ["bdis_search/admin/status_part.html" if self._is_part else self.template_name]

    @property
    def _is_part(self) -> bool:
        return self.request.method == "GET" and "part" in self.request.GET

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "search": status.status(),
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
            except (SearchEngineError, UnderWay) as error:
                messages.error(request, str(error))
        return redirect("bdis_search_admin:status")

    def _rebuild(self, role: str) -> None:
        if IndexRebuild.running(role):
            messages.warning(self.request, _("The index is already being rebuilt."))
            return
        self._at_length(
            f"rebuild-{role}",
            lambda: rebuild_index(role=role),
            _("The index is being rebuilt; the old one answers until the new one is ready."),
        )

    def _check(self, role: str) -> None:
        if IndexCheck.running(role):
            messages.warning(self.request, _("The index is already being checked."))
            return
        told = _("The index is being checked; what differs will show here.")
        if self._at_length(f"check-{role}", lambda: find_drift(role), told):
            self._tell_drift(role)

    def _tell_drift(self, role: str) -> None:
        numbers = EngineState.of(role).drift
        differing = sum(numbers.get(kind, 0) for kind in ("missing", "not_public", "stale"))
        if differing:
            told = ngettext(
                "%(n)s listing differs between the index and the directory.",
                "%(n)s listings differ between the index and the directory.",
                differing,
            )
            messages.warning(self.request, told % {"n": differing})
        else:
            messages.success(self.request, _("The index and the directory agree."))

    def _fix(self, role: str) -> None:
        def fix() -> None:
            enqueue(find_drift(role).ids)
            drain(patience=30)
            find_drift(role)

        self._at_length(f"check-{role}", fix, _("What differs is being indexed anew."))

    def _at_length(self, name: str, act: Callable[[], object], told: str) -> bool:
        """Begin what may take minutes; return whether it is already done."""
        if background.allowed():
            background.in_background(name, act)
            messages.success(self.request, told)
            return False
        if InitiativePage.objects.count() > _SMALL:
            command = "reindex" if name.startswith("rebuild") else "check_index --fix"
            wanted = _("There are too many listings for this page: run “manage.py %(command)s”.")
            messages.warning(self.request, wanted % {"command": command})
            return False
        act()
        return True

    def _drain(self, role: str) -> None:
        done = drain(patience=_SECONDS, seconds=_SECONDS)
        told = ngettext("%(n)s change applied.", "%(n)s changes applied.", done) % {"n": done}
        messages.success(self.request, told)
        if IndexTask.objects.waiting().exists() and background.drain_in_background():
            messages.info(self.request, _("The others are being applied."))

    def _retry(self, role: str) -> None:
        status.try_again(self._task() if self.request.POST.get("task") else None)
        self._drain(role)

    def _task(self) -> int:
        return whole_number(self.request.POST.get("task", ""), 1, BigIntegerField.MAX_BIGINT) or 0

    def _discard(self, role: str) -> None:
        found = IndexTask.objects.set_aside().filter(pk=self._task())
        deleted, _kinds = found.delete()
        if deleted:
            messages.success(self.request, _("The change was discarded."))
