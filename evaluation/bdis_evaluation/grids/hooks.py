"""What progress grids hang in Wagtail's admin and in the reference data."""

from __future__ import annotations

from typing import Any

from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from bdis_evaluation.admin import grid_import, grid_screens, grids
from bdis_evaluation.grids import publishing
from bdis_evaluation.grids.importing import ensure_grids

hooks.register("register_bdis_reference", ensure_grids)


@hooks.register("register_admin_viewset")
def register_viewsets() -> grids.GridGroup:
    return grids.GridGroup()


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    views = [
        path("import/", grid_import.ImportView.as_view(), name="import"),
        path("<int:pk>/new/", grid_screens.NewVersionView.as_view(), name="new_version"),
        path("<int:pk>/", grid_screens.ReadView.as_view(), name="read"),
        path("<int:pk>/preview/", grid_screens.PreviewView.as_view(), name="preview"),
        path("<int:pk>/export/", grid_screens.ExportView.as_view(), name="export"),
        path(
            "<int:pk>/correspondence/",
            grid_screens.CorrespondenceView.as_view(),
            name="correspondence",
        ),
        path("<int:pk>/in-force/", grid_screens.EnterIntoForceView.as_view(), name="in_force"),
    ]
    return [path("bdis/grids/", include((views, "bdis_grids_admin"), "bdis_grids_admin"))]


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    actions.register_action(
        publishing.LOG_IN_FORCE,
        _("Put in force"),
        _("Version of a grid put in force"),
    )
