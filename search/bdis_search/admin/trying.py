"""« Essayer une recherche »: how words are understood, and what comes first for them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from bdis_search.admin.permissions import may_manage_search
from bdis_search.analysis import parse_text
from bdis_search.backends.base import EngineUnavailable
from bdis_search.engine import get_engine
from bdis_search.listings import load_listings
from bdis_search.params import MAX_TEXT
from bdis_search.promotions import promoted_for
from bdis_search.query import Query

SHOWN = 10


class TrySearchView(WagtailAdminTemplateMixin, TemplateView):
    """Show how the words of a search are understood, so that synonyms can be tried."""

    template_name = "bdis_search/admin/try.html"
    page_title = gettext_lazy("Try a search")
    header_icon = "view"
    _show_breadcrumbs = True

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        url = reverse("bdis_search_admin:try")
        return [*self.breadcrumbs_items, {"url": url, "label": self.page_title}]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_manage_search(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        text = self.request.GET.get("q", "").replace("\x00", " ").strip()[:MAX_TEXT]
        return context | {"text": text} | (self._understood(text) if text else {})

    def _understood(self, text: str) -> dict[str, Any]:
        """Return the clauses ({"words", "synonyms"}), the results and their number."""
        clauses = [
            {
                "words": " ".join(word.exact for word in clause.words),
                "synonyms": [" ".join(phrase) for phrase in clause.synonyms],
            }
            for clause in parse_text(text).clauses
        ]
        promoted = promoted_for(text)
        query = Query(text=text, page_size=SHOWN, facets=(), promoted=promoted)
        try:
            results = get_engine().search(query)
        except EngineUnavailable as error:
            return {"clauses": clauses, "away": str(error)}
        shown = [
            {"listing": listing, "promoted": listing.id in promoted}
            for listing, _hit in load_listings(results.hits, self.request)
        ]
        return {"clauses": clauses, "results": results, "shown": shown}
