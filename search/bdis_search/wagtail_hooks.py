"""What the search adds to the Wagtail admin."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import include, path
from wagtail import hooks

from bdis_search.admin.followers import FollowersView
from bdis_search.admin.trying import TrySearchView
from bdis_search.admin.views import SearchStatusView
from bdis_search.admin.viewsets import SearchGroup


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    views = [
        path("", SearchStatusView.as_view(), name="status"),
        path("followers/", FollowersView.as_view(), name="followers"),
        path("try/", TrySearchView.as_view(), name="try"),
    ]
    return [path("bdis/search/", include((views, "bdis_search_admin"), "bdis_search_admin"))]


@hooks.register("register_admin_viewset")
def register_viewsets() -> SearchGroup:
    return SearchGroup()


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(
        content_type__app_label="bdis_search", codename="manage_search"
    )
