"""Sitemap: editorial pages, then public listings, in files that stay within the limits."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from wagtail.contrib.sitemaps import Sitemap as PageSitemap

from bdis_cms.models import InitiativePage


class EditorialSitemap(PageSitemap):
    """Every public page that is not a listing."""

    def items(self) -> Any:
        return super().items().not_type(InitiativePage)


class ListingSitemap(Sitemap):
    """Every public listing; the rule is the queryset's, not one question per page."""

    limit = 5000

    def __init__(self, request: Any = None) -> None:
        self.request = request

    def items(self) -> QuerySet[InitiativePage]:
        return InitiativePage.objects.public().order_by("pk")

    def location(self, item: InitiativePage) -> str:
        return item.get_url(self.request) or ""

    def lastmod(self, item: InitiativePage) -> datetime.datetime | None:
        return item.last_published_at


SITEMAPS = {"pages": EditorialSitemap, "listings": ListingSitemap}
