"""Items of the admin's menu, shown to whom their screens are for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from wagtail.admin.menu import MenuItem

from bdis_cms.permissions import own_region_pages, works_nationally


def works_somewhere(user: Any) -> bool:
    """Whether ``user`` works in some region."""
    return bool(user.is_active) and own_region_pages(user).exists()


class RegionalMenuItem(MenuItem):
    """Shown to whoever works in some region, or nationally."""

    def is_shown(self, request: HttpRequest) -> bool:
        return works_somewhere(request.user) or works_nationally(request.user)


class NationalMenuItem(MenuItem):
    """Shown to the national team."""

    def is_shown(self, request: HttpRequest) -> bool:
        return works_nationally(request.user)
