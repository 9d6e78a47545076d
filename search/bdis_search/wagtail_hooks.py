"""What the search adds to the Wagtail admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from bdis_search.admin.views import SearchStatusView, may_manage_search


class SearchMenuItem(MenuItem):
    """Shown to whoever watches over the search."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_manage_search(request.user)


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    views = [path("", SearchStatusView.as_view(), name="status")]
    return [path("bdis/search/", include((views, "bdis_search_admin"), "bdis_search_admin"))]


@hooks.register("register_settings_menu_item")
def register_menu_item() -> MenuItem:
    return SearchMenuItem(
        _("Search engine"),
        reverse("bdis_search_admin:status"),
        name="bdis-search",
        icon_name="search",
        order=50,
    )


@hooks.register("register_permissions")
def register_permissions() -> Any:
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(
        content_type__app_label="bdis_search", codename="manage_search"
    )
