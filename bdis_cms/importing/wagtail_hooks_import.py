"""The menu and the addresses of imports in the admin; imported by ``bdis_cms.wagtail_hooks``."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from .views import ImportIndexView, ImportReportView, ImportRunView, may_import


class ImportMenuItem(MenuItem):
    """Shown to whoever publishes in a region."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_import(request.user)


@hooks.register("register_admin_urls")
def register_import_urls() -> list[Any]:
    views = [
        path("", ImportIndexView.as_view(), name="index"),
        path("<int:run_id>/", ImportRunView.as_view(), name="run"),
        path("<int:run_id>/report.json", ImportReportView.as_view(), name="report"),
    ]
    return [path("bdis/import/", include((views, "bdis_import"), namespace="bdis_import"))]


@hooks.register("register_admin_menu_item")
def register_import_menu_item() -> MenuItem:
    return ImportMenuItem(
        _("Import"),
        reverse("bdis_import:index"),
        name="bdis-import",
        icon_name="upload",
        order=230,
    )
