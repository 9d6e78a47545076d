"""The screen « Abonnements »: how many follow which searches; nobody's address."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from bdis_search.admin.screens import SearchScreen
from bdis_search.models import DigestRun, Frequency, SavedSearch
from bdis_search.saved.subscribing import forget_address

_PER_PAGE = 50
_RUNS_SHOWN = 10


class FollowersView(SearchScreen):
    """Show what is followed and how the e-mails went; a POST erases an address."""

    template_name = "bdis_search/admin/followers.html"
    page_title = gettext_lazy("Followed searches")
    header_icon = "mail"
    index_url = reverse_lazy("bdis_search_admin:followers")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        everybody = SavedSearch.objects
        followed = (
            everybody.confirmed()
            .values("fingerprint")
            .annotate(
                search=Max("search"),
                said=Max("words"),
                followers=Count("pk"),
                monthly=Count("pk", filter=Q(frequency=Frequency.MONTHLY)),
                last=Max("last_sent_at"),
            )
            .order_by("-followers", "said", "fingerprint")
        )
        return super().get_context_data(**kwargs) | {
            "confirmed": everybody.confirmed().count(),
            "waiting": everybody.waiting().count(),
            "refusing": everybody.refusing().count(),
            "followed": Paginator(followed, _PER_PAGE).get_page(self.request.GET.get("p")),
            "runs": DigestRun.objects.all()[:_RUNS_SHOWN],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # In the body of a POST, and in no message: addresses stay out of logs and sessions.
        erased = forget_address(request.POST.get("email", "").replace("\x00", "")[:254])
        if erased:
            told = ngettext("%(n)d subscription erased.", "%(n)d subscriptions erased.", erased)
            messages.success(request, told % {"n": erased})
        else:
            messages.warning(request, _("No subscription has this address: nothing was erased."))
        return redirect(self.index_url)
