"""Feeds of any search and of any region, as Atom and as JSON: latest confirmed first."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.models import Page

from bdis_cms.models import RegionPage
from bdis_cms.templatetags.bdis import network_name
from bdis_search.asking import public_engine
from bdis_search.backends.base import EngineUnavailable
from bdis_search.feed_formats import Entry, FeedPage, as_atom, as_json_feed
from bdis_search.links import SearchLinks
from bdis_search.listings import Listing, search_listings
from bdis_search.params import MAX_RESULT, whole_number
from bdis_search.presentation import SearchPage
from bdis_search.query import Query, Sort
from bdis_search.wording import in_words

FEED_LENGTH = 50
LAST_PAGE = MAX_RESULT // FEED_LENGTH
_MAX_AGE_S = 300
#: Of a listing that was never published nor confirmed: it only has to stay the same.
_LONG_AGO = datetime.datetime(2009, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class _Followed:
    """What a feed is about: its title, its page on the site, its addresses, its listings."""

    title: str
    home: str
    addresses: dict[str, str]
    total: int
    listings: list[Listing]


@require_safe
def search_feed(request: HttpRequest, form: str) -> HttpResponseBase:
    """Answer a search with a feed; 404 when a part of it is not understood.

    Leaving that part out, as a page can say it does, would bring readers what they did not ask.
    """

    def follow(number: int) -> _Followed | str:
        page = SearchPage(request, shape=lambda query: _latest(query, number))
        if page.problems:
            told = [f"{one.name}={one.value}: {one.detail}" for one in page.problems]
            return "\n".join(told)
        if page.where.unknown:
            return _("We know no place called “%(place)s”.") % {"place": page.where.text}
        found = page.found  # asked before the links are made: it tells how the words are read
        links = SearchLinks(page.params)
        views = {"atom": "bdis_search:feed", "json": "bdis_search:json_feed"}
        return _Followed(
            title=f"{network_name()} · {in_words(page)}",
            home=links.at("bdis_search:search"),
            addresses={name: links.at(view) for name, view in views.items()},
            total=page.total,
            listings=[listing for listing, _hit in found],
        )

    return _answer(request, form, follow)


@require_safe
def region_feed(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """Answer with the feed of the listings of a region."""
    pages = RegionPage.objects.live().public().select_related("region")
    region = get_object_or_404(pages, slug=slug)

    def follow(number: int) -> _Followed:
        query = _latest(Query(filters={"region": frozenset([region.region.code])}), number)
        results, found = search_listings(lambda: public_engine().search(query), request)
        views = {"atom": "bdis_search:region_feed", "json": "bdis_search:region_json_feed"}
        return _Followed(
            title=_("Latest initiatives: %(region)s") % {"region": region.title},
            home=region.get_url(request) or "/",
            addresses={name: reverse(view, args=[slug]) for name, view in views.items()},
            total=results.total,
            listings=[listing for listing, _hit in found],
        )

    return _answer(request, form, follow)


def _latest(query: Query, number: int) -> Query:
    return replace(
        query, sort=Sort.RECENT, page=number, page_size=FEED_LENGTH, facets=(), promoted=()
    )


def _answer(request: HttpRequest, form: str, follow: Any) -> HttpResponseBase:
    # Readers share caches and have no cookie: a feed speaks the language of the site.
    with translation.override(settings.LANGUAGE_CODE):
        number = whole_number(request.GET.get("page", "1"), 1, LAST_PAGE)
        if number is None:
            return _refused(_("There is no such page of this feed."))
        try:
            followed = follow(number)
        except EngineUnavailable:
            return _refused(_("Search is resting for a moment"), status=503)
        if isinstance(followed, str):
            return _refused(followed)
        last = min(LAST_PAGE, max(1, -(-followed.total // FEED_LENGTH)))
        if number > last:
            return _refused(_("There is no such page of this feed."))
        page = _page(request, form, followed, number, last)
        content = as_atom(page) if form == "atom" else as_json_feed(page)
    return _conditional(request, page, content, form)


def _page(request: HttpRequest, form: str, followed: _Followed, number: int, last: int) -> FeedPage:
    def address(form: str, number: int) -> str:
        path = followed.addresses[form]
        if number > 1:
            path += f"{'&' if '?' in path else '?'}page={number}"
        return request.build_absolute_uri(path)

    listings = followed.listings
    identities = {
        pk: (key, published)
        for pk, key, published in Page.objects.filter(pk__in=[one.id for one in listings])
        .order_by()
        .values_list("pk", "translation_key", "first_published_at")
    }
    return FeedPage(
        title=followed.title,
        author=network_name(),
        language=settings.LANGUAGE_CODE,
        home=request.build_absolute_uri(followed.home),
        address=address(form, number),
        other=address("json" if form == "atom" else "atom", number),
        first=address(form, 1),
        last=address(form, last),
        previous=address(form, number - 1) if number > 1 else "",
        next=address(form, number + 1) if number < last else "",
        entries=tuple(
            _entry(request, listing, *identities[listing.id])
            for listing in listings
            if listing.id in identities
        ),
    )


def _entry(
    request: HttpRequest, listing: Listing, key: Any, published: datetime.datetime | None
) -> Entry:
    confirmed = None
    if listing.confirmed_on:
        confirmed = timezone.make_aware(
            datetime.datetime.combine(listing.confirmed_on, datetime.time.min)
        )
    known = [moment for moment in (listing.last_published_at, confirmed) if moment]
    return Entry(
        # Neither the title nor the address: both may change, and readers would show it again.
        id=f"urn:uuid:{key}",
        title=listing.title,
        url=request.build_absolute_uri(listing.url),
        summary=listing.summary,
        published=published,
        updated=max(known, default=published or _LONG_AGO),
        categories=tuple(term.label for term in (*listing.families, *listing.activities)),
    )


def _refused(told: str, status: int = 404) -> HttpResponse:
    response = HttpResponse(told, status=status, content_type="text/plain; charset=utf-8")
    if status == 503:
        response["Retry-After"] = "60"
    return response


def _conditional(
    request: HttpRequest, page: FeedPage, content: bytes, form: str
) -> HttpResponseBase:
    kinds = {"atom": "application/atom+xml; charset=utf-8", "json": "application/feed+json"}
    response = HttpResponse(content, content_type=kinds[form])
    etag = quote_etag(hashlib.sha256(content).hexdigest()[:32])
    response["ETag"] = etag
    response["Content-Language"] = page.language
    response["Cache-Control"] = f"public, max-age={_MAX_AGE_S}"
    changed = max((entry.updated for entry in page.entries), default=None)
    moment = int(changed.timestamp()) if changed else None
    if moment is not None:
        response["Last-Modified"] = http_date(moment)
    return get_conditional_response(request, etag, moment, response) or response
