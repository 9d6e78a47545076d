"""What the public templates need: icons, numbers, places on the map of France, the menu."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from bdis_cms.frame import article_address, menu_of, site_of
from bdis_cms.importing.errors import InvalidMapping, UnknownSource
from bdis_cms.importing.mapping import find_mapping
from bdis_cms.templatetags.france import france_picture, region_shape
from bdis_cms.text import fold, typeset

register = template.Library()

NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
# Articles the interface leads to when the network has written them.
PROPOSAL_SLUGS = ("proposer-une-initiative", "inscrire-son-initiative")


@register.simple_tag
@lru_cache(maxsize=512)  # a page draws a hundred, of a few dozen kinds
def icon(name: str, css_class: str = "") -> SafeString:
    """Draw a glyph of the sprite; it is decoration, the words beside it say the same."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        css_class,
        static("bdis/img/sprite.svg"),
        name,
    )


@register.filter
def count(value: int | None) -> str:
    """Write a number as its reader would: 12 480 in French, 12,480 in English."""
    if value is None:
        return "–"
    english = (get_language() or "fr").startswith("en")
    return f"{value:,}".replace(",", "," if english else NARROW_SPACE)


@register.filter
def distance(km: float | None) -> str:
    """Write a distance in kilometres: « à 450 m », « à 4,2 km », « à 35 km »."""
    if km is None:
        return ""
    if km < 0.95:
        return _("%(n)s m away") % {"n": max(50, round(km * 20) * 50)}
    text = f"{km:.1f}" if km < 10 else str(round(km))
    if not (get_language() or "fr").startswith("en"):
        text = text.replace(".", ",")
    return _("%(n)s km away") % {"n": text.removesuffix(",0").removesuffix(".0")}


@register.filter
def long_date(value: Any) -> str:
    """Write a day in full: « 3 mars 2026 », « 1er mars 2026 »; moments in local time."""
    if not value:
        return ""
    day = localtime(value) if hasattr(value, "tzinfo") else value
    if (get_language() or "fr").startswith("en"):
        return date_format(day, "j F Y")
    return ("1er " if day.day == 1 else f"{day.day} ") + date_format(day, "F Y").lower()


@register.filter
def siret(number: str) -> str:
    """Write a SIRET as it is read aloud: « 418 889 549 00071 »."""
    parts = (number[:3], number[3:6], number[6:9], number[9:])
    return NO_BREAK_SPACE.join(part for part in parts if part)


@register.filter
def source_name(key: str) -> str:
    """Name whom the listings of a source come from; the key of an unknown source."""
    try:
        mapping = find_mapping(key)
    except (UnknownSource, InvalidMapping):
        return key
    return mapping.attribution or mapping.label


@register.filter
def opens(summary: str, description: str) -> bool:
    """Whether ``summary`` is but the first words of ``description``, as in many imports."""
    start = fold(summary.rstrip("…. "))
    return bool(start) and fold(strip_tags(description.replace("<", " <"))).startswith(start)


@register.filter
def domain(url: str) -> str:
    """Keep what a reader recognises of an address: its host, without « www. »."""
    return url.split("://")[-1].split("/")[0].removeprefix("www.")


@register.simple_tag
def content_lang() -> SafeString:
    """Say the language of what editors wrote, where the page speaks another one."""
    written = settings.LANGUAGE_CODE[:2]
    same = (get_language() or written)[:2] == written
    return SafeString("") if same else format_html('lang="{}"', written)


@register.simple_tag
def network_name() -> str:
    """Name of the network in the header and in titles."""
    return str(getattr(settings, "BDIS_NETWORK_NAME", "") or "BDIS")


@register.simple_tag(takes_context=True)
def menu_pages(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Pages of the menu: {"title", "url", "current"}; ``[]`` without a site."""
    site = site_of(context.get("request"))
    if site is None:
        return []
    here = context["request"].path
    return [
        {"title": title, "url": url, "current": bool(url) and here.startswith(url)}
        for title, url in menu_of(site)
    ]


@register.simple_tag(takes_context=True)
def proposal_url(context: dict[str, Any]) -> str:
    """Address of the article that says how to propose an initiative; "" when there is none."""
    site = site_of(context.get("request"))
    return article_address(site, PROPOSAL_SLUGS) if site else ""


@register.simple_tag
def charter_url() -> str:
    """Address of the charter in force."""
    return reverse("bdis_charter:current")


@register.simple_tag
def can_edit(page: Page, request: HttpRequest) -> bool:
    """Whether the visitor may edit ``page``."""
    user = getattr(request, "user", None)
    return bool(
        page.pk
        and user is not None
        and user.is_authenticated
        and page.permissions_for_user(user).can_edit()
    )


@register.simple_tag
def map_settings() -> dict[str, str]:
    """Addresses the map script reads; without tiles it draws the bundled outline."""
    return {
        "tiles": getattr(settings, "BDIS_TILE_URL", "") or "",
        "attribution": getattr(settings, "BDIS_TILE_ATTRIBUTION", "") or "",
        "outline": static("bdis/geo/france.json"),
        "script": static("bdis/vendor/leaflet/leaflet.js"),
        "style": static("bdis/vendor/leaflet/leaflet.css"),
    }


register.filter(typeset)
register.simple_tag(france_picture)
register.simple_tag(region_shape)
