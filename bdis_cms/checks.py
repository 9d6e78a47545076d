"""System checks of the directory."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

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
