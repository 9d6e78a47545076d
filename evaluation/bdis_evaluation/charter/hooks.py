"""What the charter hangs in Wagtail's admin and in the space of initiatives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from bdis_cms.models import InitiativePage
from bdis_cms.permissions import may_moderate
from bdis_evaluation.admin import charter, paper
from bdis_evaluation.admin.campaigns import CampaignsView
from bdis_evaluation.admin.ledger import LedgerView
from bdis_evaluation.charter import ledger, space
from bdis_evaluation.charter.notices import send_notices
from bdis_evaluation.charter.starting import ensure_charter

hooks.register("register_bdis_space_panel", space.space_panel)
hooks.register("register_bdis_reference", ensure_charter)
hooks.register("register_bdis_reminders", send_notices)


@hooks.register("register_admin_viewset")
def register_viewsets() -> charter.CharterGroup:
    return charter.CharterGroup()


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    views = [
        path("new/", charter.NewVersionView.as_view(), name="new_version"),
        path("<int:pk>/in-force/", charter.EnterIntoForceView.as_view(), name="enter_into_force"),
        path("campaigns/", CampaignsView.as_view(), name="campaigns"),
        path("ledger/", LedgerView.as_view(), name="ledger"),
        path("sign/<int:page_id>/", paper.PaperSigningView.as_view(), name="sign"),
        path("withdraw/<int:page_id>/", paper.PaperWithdrawalView.as_view(), name="withdraw"),
    ]
    return [path("bdis/charter/", include((views, "bdis_charter_admin"), "bdis_charter_admin"))]


@hooks.register("register_page_header_buttons")
def page_header_buttons(
    page: Page, user: Any, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    """Acts of moderators on the ledger, in the menu of a listing."""
    if not isinstance(page, InitiativePage) or not page.pk or not may_moderate(user, page):
        return
    shown = [("sign", _("Charter signed on paper…"), "tasks")]
    if page.charter_signed_on:
        shown.append(("withdraw", _("Withdrawal from the charter…"), "cross"))
    for priority, (name, label, icon) in enumerate(shown, start=78):
        url = reverse(f"bdis_charter_admin:{name}", args=[page.pk])
        yield Button(label, url, icon_name=icon, priority=priority)


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    actions.register_action(
        ledger.LOG_ERASE,
        gettext_lazy("Erase who signed"),
        gettext_lazy("Personal data of a signatory erased"),
    )
