"""System checks of the directory."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, resolve

GUARD = "bdis_cms.admin.guard.AdminGuardMiddleware"


@register(Tags.security)
def check_admin_guard(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn a host whose admin would show regions the draft titles of one another."""
    if GUARD in settings.MIDDLEWARE:
        return []
    return [
        Warning(
            "Editors of one region can read the titles of another region's drafts in a few "
            "screens of the admin.",
            hint=f"Add “{GUARD}” to MIDDLEWARE, after the authentication middleware.",
            id="bdis_cms.W001",
        )
    ]


@register(Tags.urls)
def check_sign_in_page(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn a host where the people of initiatives have no page to sign in."""
    if _leads_somewhere(settings.LOGIN_URL):
        return []
    return [
        Warning(
            f"LOGIN_URL is “{settings.LOGIN_URL}”, where there is no page: the people of "
            "initiatives cannot sign in to their space (/mon-espace/).",
            hint="Set LOGIN_URL to the sign-in page of this site, for instance one of "
            "django-allauth, or “wagtailadmin_login”.",
            id="bdis_cms.W002",
        )
    ]


def _leads_somewhere(url: str) -> bool:
    try:
        address = resolve_url(url)
        # Another site may sign people in; Wagtail's own pattern takes any address of this one.
        outside = not address.startswith("/")
        return outside or resolve(address.partition("?")[0]).url_name != "wagtail_serve"
    except (NoReverseMatch, Resolver404):
        return False
