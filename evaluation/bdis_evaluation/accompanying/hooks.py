"""What the desk of the regions adds to Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from bdis_evaluation.accompanying import helping
from bdis_evaluation.admin import desk, desk_initiative
from bdis_evaluation.admin.desk_panel import DeskPanel
from bdis_evaluation.admin.menus import RegionalMenuItem, works_somewhere


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    views = [
        path("", desk.DeskView.as_view(), name="index"),
        path("<int:page_id>/", desk_initiative.InitiativeView.as_view(), name="initiative"),
        path("<int:page_id>/assign/", desk_initiative.AssignView.as_view(), name="assign"),
        path("<int:page_id>/note/", desk_initiative.NoteView.as_view(), name="note"),
        path("<int:page_id>/write/", desk_initiative.WriteView.as_view(), name="write"),
        path(
            "<int:page_id>/answers/<int:evaluation_pk>/",
            desk_initiative.AnswersView.as_view(),
            name="answers",
        ),
    ]
    return [path("bdis/progress/", include((views, "bdis_desk"), "bdis_desk"))]


@hooks.register("register_admin_menu_item")
def register_menu_item() -> MenuItem:
    return RegionalMenuItem(
        _("Progress approach"), reverse("bdis_desk:index"), icon_name="tasks", order=204
    )


@hooks.register("construct_homepage_panels")
def add_panel(request: Any, panels: list[Any]) -> None:
    if works_somewhere(request.user):
        panels.append(DeskPanel(request))


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    actions.register_action(
        helping.LOG_ASSIGN, gettext_lazy("Assign"), gettext_lazy("Accompanist changed")
    )
    actions.register_action(
        helping.LOG_WRITE, gettext_lazy("Write"), gettext_lazy("The region wrote to the owners")
    )
