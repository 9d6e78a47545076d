"""What surrounds every page of a site: its menu, and the articles that the interface leads to."""

from __future__ import annotations

from django.http import HttpRequest
from wagtail.models import Page, PageViewRestriction, Site, get_page_models

from bdis_cms.models import ArticlePage, InitiativePage
from bdis_cms.remembering import remembered


def site_of(request: HttpRequest | None) -> Site | None:
    """Return the site being visited: ``Site.find_for_request`` without a query each time."""
    return _site_at(request.get_host(), request.get_port()) if request else None


@remembered(Page, Site)
def _site_at(host: str, port: str) -> Site | None:
    visit = HttpRequest()
    visit.META = {"HTTP_HOST": host, "SERVER_PORT": port}
    return Site.find_for_request(visit)


@remembered(Page, Site, PageViewRestriction)
def menu_of(site: Site) -> list[tuple[str, str]]:
    """Return the title and the address of each page of the menu."""
    # Named types, for which the database has an index: else it reads every listing below the root.
    types = [model for model in get_page_models() if model is not InitiativePage]
    pages = site.root_page.get_children().exact_type(*types).live().public().in_menu()
    return [(page.title, page.relative_url(site) or "") for page in pages]


@remembered(Page, Site, PageViewRestriction)
def article_address(site: Site, slugs: tuple[str, ...]) -> str:
    """Return the address of the article that bears one of ``slugs``; "" when there is none."""
    page = ArticlePage.objects.live().public().filter(slug__in=slugs).first()
    return (page.relative_url(site) or "") if page else ""
