"""What the templates of the space need: its navigation, and whether the visitor is signed in."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from bdis_cms.models import InitiativePage
from bdis_cms.space.panels import SpacePanel, space_panels

register = template.Library()


@register.simple_tag
def space_links(request: HttpRequest, page: InitiativePage) -> list[SpacePanel]:
    """Return the panels that have a page of their own, in order."""
    return [panel for panel in space_panels(request, page) if panel.url and panel.label]


@register.simple_tag
def is_signed_in(request: HttpRequest | None) -> bool:
    """Whether the visitor is signed in.

    Who has no session is not asked for one: public pages stay the same for all of them, and caches
    may keep them.
    """
    if not request or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated)


@register.simple_tag(takes_context=True)
def space_panel(context: template.Context, panel: SpacePanel) -> SafeString:
    """Draw a panel with its own context, the page and the request."""
    given = {**panel.context, "page": context["page"]}
    return SafeString(render_to_string(panel.template, given, request=context["request"]))
