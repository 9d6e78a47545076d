"""Atom feeds: any search, or a region, by date of last confirmation."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from bdis_cms.models import RegionPage
from bdis_search.engine import get_engine
from bdis_search.listings import Listing, load_listings
from bdis_search.presentation import SearchPage
from bdis_search.query import Query, Sort

FEED_LENGTH = 30


class SearchFeed(Feed):
    """The listings of a search, most recent first."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.request = request
        return SearchPage(request, "bdis_search:feed")

    def title(self, obj: SearchPage) -> str:
        return _("Directory: %(search)s") % {"search": obj.heading}

    def link(self, obj: SearchPage) -> str:
        return obj.list_url

    def feed_url(self, obj: SearchPage) -> str:
        return obj.feed_url

    def query(self, obj: SearchPage) -> Query:
        return obj.query

    def items(self, obj: Any) -> list[Listing]:
        query = replace(self.query(obj), sort=Sort.RECENT, page=1, page_size=FEED_LENGTH, facets=())
        hits = get_engine().search(query).hits
        return [listing for listing, _hit in load_listings(hits, self.request)]

    def item_title(self, item: Listing) -> str:  # type: ignore[override]
        return item.title

    def item_description(self, item: Listing) -> str:  # type: ignore[override]
        return item.summary

    def item_link(self, item: Listing) -> str:
        return item.url

    def item_updateddate(self, item: Listing) -> datetime.datetime:
        if item.confirmed_on:
            noon = datetime.datetime.combine(item.confirmed_on, datetime.time(12))
            return timezone.make_aware(noon)
        return item.last_published_at or timezone.now()

    def item_categories(self, item: Listing) -> list[str]:
        return [family.label for family in item.families]


class RegionFeed(SearchFeed):
    """The listings of a region, most recent first."""

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.request = request
        pages = RegionPage.objects.live().public().select_related("region")
        return get_object_or_404(pages, slug=kwargs["slug"])

    def title(self, obj: Any) -> str:
        return _("Latest initiatives: %(region)s") % {"region": obj.title}

    def link(self, obj: Any) -> str:
        return obj.get_url(self.request) or "/"

    def feed_url(self, obj: Any) -> str:
        return reverse("bdis_search:region_feed", args=[obj.slug])

    def query(self, obj: Any) -> Query:
        return Query(filters={"region": frozenset([obj.region.code])})
