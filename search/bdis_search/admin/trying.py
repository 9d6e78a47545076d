"""« Essayer une recherche »: how words are understood, and what comes first for them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy

from bdis_search.admin.screens import SearchScreen
from bdis_search.admin.status import why_away
from bdis_search.analysis import parse_text
from bdis_search.asking import public_engine
from bdis_search.backends.base import EngineUnavailable
from bdis_search.listings import search_listings
from bdis_search.params import MAX_TEXT
from bdis_search.promotions import promoted_for
from bdis_search.query import Query

SHOWN = 10


class TrySearchView(SearchScreen):
    """Show how the words of a search are understood, so that synonyms can be tried."""

    template_name = "bdis_search/admin/try.html"
    page_title = gettext_lazy("Try a search")
    header_icon = "view"
    index_url = reverse_lazy("bdis_search_admin:try")

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
            results, found = search_listings(lambda: public_engine().search(query), self.request)
        except EngineUnavailable as error:
            return {"clauses": clauses, "away": why_away(error)}
        shown = [
            {"listing": listing, "promoted": listing.id in promoted} for listing, _hit in found
        ]
        return {"clauses": clauses, "results": results, "shown": shown}
