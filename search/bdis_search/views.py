"""Public pages of search and nomenclature."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.middleware import HtmxDetails

from bdis_cms.models import Activity, Family
from bdis_search import overview
from bdis_search.backends.base import EngineUnavailable
from bdis_search.facet_rows import MOST_MATCHES, FacetRows
from bdis_search.facets import facet_values as labelled
from bdis_search.facets import registered_facets
from bdis_search.nomenclature_views import activity_tree, families_by_hue
from bdis_search.presentation import SearchPage


@require_safe
@vary_on_headers("HX-Request")
def search(request: HttpRequest) -> HttpResponse:
    """Answer a search with its list."""
    return _answer(request, SearchPage(request), "bdis_search/search.html")


@require_safe
@vary_on_headers("HX-Request")
def search_map(request: HttpRequest) -> HttpResponse:
    """Answer a search with its map, the list beneath."""
    return _answer(request, SearchPage(request, "bdis_search:map"), "bdis_search/map.html")


def _answer(request: HttpRequest, page: SearchPage, template: str) -> HttpResponse:
    """Render the whole page, or what htmx swaps of it; say so when the engine is away."""
    htmx = HtmxDetails(request)  # a host need not have django-htmx's middleware
    swaps = htmx and not htmx.history_restore_request
    if swaps:
        template = "bdis_search/search_swap.html"
    try:
        if page.last_page_url:
            return redirect(page.last_page_url)
        response = render(request, template, {"search": page, "total": page.total})
    except EngineUnavailable:
        context = {"regions": overview.region_links(request), "search": page}
        response = render(request, "bdis_search/engine_away.html", context, status=503)
        response["Retry-After"] = "60"
        if swaps:  # the page that says so is a whole one: let the browser go there
            response["HX-Redirect"] = request.get_full_path()
    if page.is_explained:
        add_never_cache_headers(response)
    return response


@require_safe
def facet_values(request: HttpRequest, name: str) -> HttpResponse:
    """Answer the rows of a facet whose label holds ``cherche``, counted under the same search."""
    if name not in registered_facets():
        raise Http404
    page = SearchPage(
        request, shape=lambda query: replace(query, facets=(name,), page=1, page_size=1)
    )
    try:
        results = page.results  # asked before the links are made: it tells how the words are read
    except EngineUnavailable:
        return HttpResponse(status=503, headers={"Retry-After": "60"})
    values = labelled(results, page.query).get(name, ())
    rows, number = FacetRows(name, frozenset(page.params.getlist(name)), page.links).matching(
        values, request.GET.get("cherche", "")[:100]
    )
    context = {"rows": rows, "more": max(0, number - MOST_MATCHES)}
    response = render(request, "bdis_search/facet_matches.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def nomenclature(request: HttpRequest) -> HttpResponse:
    """Show both classifications with their counts."""
    results = overview.counts()
    context = {"tree": activity_tree(results), "groups": families_by_hue(results)}
    return render(request, "bdis_search/nomenclature.html", context)


@require_safe
def activity(request: HttpRequest, code: str) -> HttpResponse:
    """Show an activity: where it stands in the tree, what it covers, its listings."""
    node = get_object_or_404(Activity, code=code)
    results = overview.counts(activity=node.code)
    children = [
        {"node": child, "count": results.counts.get("activity", {}).get(child.code, 0)}
        for child in node.get_children()
    ]
    context = {
        "term": node,
        "parameter": "activity",
        "ancestors": node.get_ancestors(),
        "children": children,
        "results": results,
    }
    return render(request, "bdis_search/activity.html", context)


@require_safe
def family(request: HttpRequest, code: str) -> HttpResponse:
    """Show an ESS family: what it is, how many, where."""
    term = get_object_or_404(Family, code=code)
    results = overview.counts(family=term.code)
    context = {"term": term, "parameter": "family", "results": results}
    return render(request, "bdis_search/family.html", context)


@require_safe
@cache_control(max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    """Tell crawlers where the sitemap is, and to leave the combinations of filters alone."""
    sitemap = request.build_absolute_uri(reverse("bdis_search:sitemap"))
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /recherche/?", "Disallow: /carte/?"]
    lines.append("Disallow: /recherche/abonnement/")
    return HttpResponse("\n".join([*lines, f"Sitemap: {sitemap}", ""]), content_type="text/plain")
