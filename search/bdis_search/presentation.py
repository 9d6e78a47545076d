"""What the public search pages show, computed before any template is involved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bdis_cms.templatetags.bdis import count as written
from bdis_search.asked import Asked, read_address
from bdis_search.asking import public_engine
from bdis_search.chips import Chip, chips_of
from bdis_search.facet_views import FacetView, facet_views
from bdis_search.facets import facet_values, labels_of
from bdis_search.links import SearchLinks
from bdis_search.listings import Listing, search_listings
from bdis_search.loosening import Alternative, alternatives_of
from bdis_search.pagination import last_page_url, pages_of
from bdis_search.query import FILTERS, Geography, Hit, Query, Results, Sort
from bdis_search.result_items import ResultItem, result_item
from bdis_search.terms import regions
from bdis_search.understanding import LITERALLY, names_a_listing, nearly_understood, split
from bdis_search.where import ZOOMS, of_place
from bdis_search.why import EXPLAIN, Why, is_explained, why_of

RADII_KM = (5, 10, 20, 30, 50, 100)
UNSHOWN_FILTERS = ("commune", "epci")


class SearchPage:
    """A search as read from an address, and all that its page shows.

    ``problems`` lists the parameters that were not understood: they are told, left out, and the
    rest of the search is done. ``shape`` is what is asked of the engine, out of the query read.
    Reading ``results`` raises ``EngineUnavailable``.
    """

    def __init__(
        self,
        request: HttpRequest,
        view: str = "bdis_search:search",
        shape: Callable[[Query], Query] = lambda query: query,
    ) -> None:
        self.request = request
        self.view = view
        self.shape = shape
        params, self.understood = split(request.GET)
        self._take(read_address(params))

    def _take(self, asked: Asked) -> None:
        self.params = asked.params
        self.where = asked.where
        self.problems = asked.problems
        self.api_params = asked.api_params
        self.query = self.shape(asked.query)
        self.links = SearchLinks(self.params, self.view)

    @property
    def results(self) -> Results:
        """The answer of the engine, for this page of results."""
        return self._answer[0]

    @property
    def found(self) -> list[tuple[Listing, Hit]]:
        """The listings of this page of results, all of them public."""
        return self._answer[1]

    @cached_property
    def _answer(self) -> tuple[Results, list[tuple[Listing, Hit]]]:
        return search_listings(self._ask, self.request)

    def _ask(self) -> Results:
        """Ask the engine what was understood.

        The words are searched as they are when they are the name of a listing, or when nothing is
        found at the place understood.
        """
        engine = public_engine()
        results = engine.search(self.query)
        if self.understood is None:
            return results
        if not results.total or names_a_listing(self.understood.text, engine):
            literal = read_address(self.request.GET)
            found = engine.search(self.shape(literal.query))
            if found.total and not found.forgiven:
                self.understood = None
                self._take(literal)
                return found
        return results

    @property
    def literal_url(self) -> str:
        """The search of the words as they are, where they were understood as a what and a where."""
        return SearchLinks(self.request.GET, self.view).replacing(**{LITERALLY: "1"})

    @property
    def total(self) -> int:
        return self.results.total

    @cached_property
    def items(self) -> list[ResultItem]:
        """Listings of this page, still public now."""
        promoted = self.query.promoted if self.query.sort is Sort.RELEVANCE else ()
        why = self._why()
        return [
            replace(
                result_item(listing, hit, self.query.text),
                is_promoted=listing.id in promoted,
                why=why.get(listing.id),
            )
            for listing, hit in self._answer[1]
        ]

    @cached_property
    def is_explained(self) -> bool:
        """Whether each result says why it is where it is."""
        return is_explained(self.request)

    def _why(self) -> dict[int, Why]:
        if not self.is_explained:
            return {}
        return why_of(public_engine(), self.query, [hit.id for hit in self.results.hits])

    @cached_property
    def chips(self) -> list[Chip]:
        """What was understood, each with the address that takes it off."""
        return chips_of(self)

    @property
    def clear_url(self) -> str:
        return self.links.path

    @cached_property
    def facets(self) -> list[FacetView]:
        return facet_views(
            facet_values(self.results, self.query), self.query, self.params, self.links
        )

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Filters that no field of the page shows, which its form must not lose."""
        names = (*UNSHOWN_FILTERS, EXPLAIN) if self.is_explained else UNSHOWN_FILTERS
        return [(name, value) for name in names for value in self.params.getlist(name)]

    @property
    def no_filter_url(self) -> str:
        """The search without what is chosen in the panel; words and place are kept."""
        return self.links.without(*(facet.name for facet in self.facets))

    @property
    def filter_count(self) -> int:
        """Number of filters chosen in the panel, the place aside."""
        filters = self.query.filters
        return sum(
            len(filters.get(facet.name, frozenset()) & {*self.params.getlist(facet.name)})
            for facet in self.facets
        )

    @cached_property
    def heading(self) -> str:
        """The count in words: « 128 initiatives à moins de 20 km de Crest (26) »."""
        number = _("No initiative")
        if self.total:
            number = ngettext("%(n)s initiative", "%(n)s initiatives", self.total) % {
                "n": written(self.total)
            }
        if self.query.text:
            number = _("%(number)s for “%(text)s”") % {"number": number, "text": self.query.text}
        return self._placed(number)

    def _placed(self, number: str) -> str:
        if not (self.query.near and self.query.radius_km):
            if places := [name for name in (self.where.name, *self._other_places) if name]:
                return f"{number} · {', '.join(places)}"
            return _("%(number)s in the area") % {"number": number} if self.query.bbox else number
        phrase = {
            Geography.SEAT: _("%(number)s within %(km)s km %(of_place)s"),
            Geography.SERVED: _("%(number)s working within %(km)s km %(of_place)s"),
            Geography.EITHER: _("%(number)s based or working within %(km)s km %(of_place)s"),
        }[self.query.geography]
        values = {"number": number, "km": self.radius, "of_place": of_place(self.where.name)}
        return phrase % values

    @cached_property
    def _other_places(self) -> list[str]:
        """Places of the kind understood that are chosen besides."""
        return [
            label
            for name, codes in self.where.params.items()
            if name in FILTERS
            for label in labels_of(
                name, sorted(self.query.filters.get(name, frozenset()) - {*codes})
            ).values()
        ]

    @cached_property
    def alternatives(self) -> list[Alternative]:
        """What to loosen when nothing was found, with what it would bring."""
        return alternatives_of(self) if not self.total else []

    @cached_property
    def place_meant(self) -> Chip | None:
        """The place that the words may lead to, misspelt, when no listing holds them so."""
        if self.where.name or (self.total and not self.results.forgiven):
            return None
        if not (guess := nearly_understood(self.query.text)):
            return None
        label = _("“%(what)s”, place: %(where)s") % {"what": guess.what, "where": guess.where}
        return Chip(label, self.links.replacing(q=guess.what, ou=guess.where))

    @cached_property
    def did_you_mean(self) -> list[Chip]:
        """Other places of the same name."""
        return [Chip(label, self.links.replacing(ou=label)) for label in self.where.others]

    @property
    def choices(self) -> dict[str, list[tuple[str, str, bool]]]:
        """Options of the selects: {name: [(value, label, selected)]}."""
        sorts = {
            Sort.RELEVANCE: _("Relevance"),
            Sort.DISTANCE: _("Distance"),
            Sort.NAME: _("Name"),
            Sort.RECENT: _("Last confirmed"),
        }
        if not self.query.near:
            del sorts[Sort.DISTANCE]
        places = {
            Geography.SEAT: _("Based there"),
            Geography.SERVED: _("Working there"),
            Geography.EITHER: _("Based or working there"),
        }
        radii = sorted({*RADII_KM, *([self.query.radius_km] if self.query.radius_km else [])})
        return {
            "sort": [(str(k), label, k == self.query.sort) for k, label in sorts.items()],
            "geography": [
                (str(k), label, k == self.query.geography) for k, label in places.items()
            ],
            "radius": [(f"{k:g}", f"{k:g} km", k == self.query.radius_km) for k in radii],
        }

    @cached_property
    def pages(self) -> dict[str, Any] | None:
        """Links between pages of results; ``None`` for one page."""
        return pages_of(self.total, self.query, self.links)

    @property
    def last_page_url(self) -> str:
        """The last page of results when the one asked for is beyond it, else ""."""
        return last_page_url(self.total, self.query, self.links)

    @property
    def map_query(self) -> str:
        """The search as the map asks it of the API, without page, sort or box."""
        params = self.api_params.copy()
        for name in ("page", "sort", "bbox"):
            params.pop(name, None)
        return SearchLinks(params).address(params, " ").removeprefix(" ").removeprefix("?")

    @cached_property
    def map_view(self) -> tuple[str, int]:
        """Where the map opens: "lat,lon" in WGS 84 degrees ("" for all France), and its zoom."""
        if self._other_places:
            return "", ZOOMS["country"]
        chosen = self.query.filters.get("region", frozenset())
        if not self.where.center and len(chosen) == 1:
            region = regions().get(next(iter(chosen)))
            if region and region.latitude is not None:
                return f"{region.latitude:.4f},{region.longitude:.4f}", ZOOMS["region"]
        return self.where.center, self.where.zoom

    @property
    def radius(self) -> str:
        return f"{self.query.radius_km:g}" if self.query.radius_km else ""

    @property
    def bbox(self) -> str:
        return self.params.get("bbox", "") if self.query.bbox else ""

    @property
    def list_url(self) -> str:
        return self.links.at("bdis_search:search")

    @property
    def map_url(self) -> str:
        return self.links.at("bdis_search:map")

    @property
    def feed_url(self) -> str:
        return self.links.at("bdis_search:feed")

    @property
    def json_feed_url(self) -> str:
        return self.links.at("bdis_search:json_feed")

    @property
    def follow_url(self) -> str:
        """Where to ask for the new listings of this search by e-mail."""
        return self.links.at("bdis_search:follow")

    def total_of(self, **changes: Any) -> int:
        """Return the total of a search that differs from this one by ``changes``."""
        query = replace(self.query, page=1, page_size=1, facets=(), **changes)
        return public_engine().search(query).total
