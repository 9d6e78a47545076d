"""What the space adds to Wagtail: its own panel, its acts in the history, the admin's screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from bdis_cms import membership
from bdis_cms.admin import team
from bdis_cms.models import InitiativePage
from bdis_cms.space.panels import HOOK, SpacePanel

#: After what the initiative has to do: people change seldom.
TEAM_ORDER = 900


@hooks.register(HOOK)
def team_panel(request: HttpRequest, page: InitiativePage) -> SpacePanel:
    """Name the people of the initiative."""
    members = page.members.select_related("user")[: membership.MOST_PEOPLE]
    return SpacePanel(
        TEAM_ORDER,
        _("Team"),
        "components/team_summary.html",
        {"members": members},
        url=reverse("bdis_space:team", args=[page.pk]),
        label=_("Team"),
    )


@hooks.register("register_admin_urls")
def team_urls() -> list[Any]:
    views = [
        path("", team.TeamView.as_view(), name="team"),
        path("retirer/<int:member_pk>/", team.RemoveView.as_view(), name="remove"),
        path("annuler/<int:invitation_pk>/", team.RevokeView.as_view(), name="revoke"),
    ]
    return [
        path(
            "bdis/initiatives/<int:page_id>/equipe/",
            include((views, "bdis_team_admin"), namespace="bdis_team_admin"),
        )
    ]


@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def team_button(
    page: Page, user: Any, view_name: str = "", next_url: str | None = None
) -> Iterator[Button]:
    """Lead the regional team to the people of a listing."""
    is_listing = bool(page.pk) and isinstance(page.specific_deferred, InitiativePage)
    if is_listing and page.permissions_for_user(user).can_edit():
        yield Button(
            _("Team of the initiative…"),
            reverse("bdis_team_admin:team", args=[page.pk]),
            icon_name="group",
            priority=84,
        )


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    said = {
        membership.LOG_INVITE: gettext_lazy("Invitation to the team sent"),
        membership.LOG_REVOKE: gettext_lazy("Invitation to the team revoked"),
        membership.LOG_JOIN: gettext_lazy("Team joined"),
        membership.LOG_ROLE: gettext_lazy("Role in the team changed"),
        membership.LOG_REMOVE: gettext_lazy("Person taken off the team"),
    }
    for action, message in said.items():
        actions.register_action(action, message, message)
