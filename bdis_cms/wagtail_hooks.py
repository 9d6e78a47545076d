"""What the directory adds to the Wagtail admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from bdis_cms import services
from bdis_cms.admin import acts, lookup_views
from bdis_cms.admin.activity_tree import ActivityViewSet
from bdis_cms.admin.api import OwnDocumentsAPIViewSet, OwnImagesAPIViewSet
from bdis_cms.admin.choosers import initiative_chooser
from bdis_cms.admin.dashboard import InitiativesSummaryItem, TodoPanel
from bdis_cms.admin.listing import InitiativeListingViewSet
from bdis_cms.admin.page_views import InitiativePageViewSet
from bdis_cms.admin.terms import FamilyViewSet, LegalFamilyViewSet, LegalStatusViewSet
from bdis_cms.admin.territory_viewsets import (
    CommuneViewSet,
    DepartmentViewSet,
    EpciViewSet,
    RegionViewSet,
)
from bdis_cms.importing import wagtail_hooks_import  # noqa: F401 - registers its own hooks
from bdis_cms.models import InitiativePage
from bdis_cms.permissions import (
    choosable_pages,
    may_moderate,
    works_nationally,
)
from bdis_cms.space import wagtail_hooks_space  # noqa: F401 - registers its own hooks

#: As Wagtail names their items in the menu; see ``AdminGuardMiddleware``.
NATIONAL_REPORTS = frozenset(
    {"page-types-usage", "site-history", "workflows", "workflow-tasks", "locked-pages"}
)


class NomenclatureGroup(ModelViewSetGroup):
    """The menu "Nomenclatures"."""

    items = (ActivityViewSet, FamilyViewSet, LegalFamilyViewSet, LegalStatusViewSet)
    menu_label = gettext_lazy("Nomenclatures")
    menu_name = "bdis-nomenclatures"
    menu_icon = "list-ul"
    menu_order = 210


class TerritoryGroup(ModelViewSetGroup):
    """The menu "Territories"."""

    items = (RegionViewSet, DepartmentViewSet, EpciViewSet, CommuneViewSet)
    menu_label = gettext_lazy("Territories")
    menu_name = "bdis-territories"
    menu_icon = "globe"
    menu_order = 220


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[Any]:
    return [
        InitiativeListingViewSet(),
        InitiativePageViewSet(),
        initiative_chooser,
        NomenclatureGroup(),
        TerritoryGroup(),
    ]


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    views = [
        path("communes/", lookup_views.communes, name="communes"),
        path("territories/", lookup_views.territories, name="territories"),
        path("geocode/", lookup_views.geocode, name="geocode"),
        path("initiatives/<int:page_id>/suspend/", acts.SuspendView.as_view(), name="suspend"),
        path(
            "initiatives/<int:page_id>/reinstate/", acts.ReinstateView.as_view(), name="reinstate"
        ),
        path("initiatives/<int:page_id>/confirm/", acts.ConfirmView.as_view(), name="confirm"),
    ]
    return [path("bdis/", include((views, "bdis_admin"), namespace="bdis_admin"))]


@hooks.register("register_icons")
def register_icons(icons: list[str]) -> list[str]:
    return [*icons, "bdis_cms/admin/icons/bdis-initiatives.svg"]


@hooks.register("insert_global_admin_css")
def admin_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("bdis/admin/admin.css"))


@hooks.register("insert_editor_js")
def editor_js() -> SafeString:
    return format_html('<script src="{}"></script>', static("bdis/admin/todo.js"))


@hooks.register("register_page_header_buttons")
def page_header_buttons(
    page: Page, user: Any, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    """Acts of moderators, in the menu of a listing."""
    if not isinstance(page, InitiativePage) or not page.pk or not may_moderate(user, page):
        return
    acts_shown = [
        ("confirm", _("Confirm that it is right…"), "check"),
        (
            ("reinstate", _("Reinstate…"), "view")
            if page.suspended_at
            else ("suspend", _("Suspend…"), "no-view")
        ),
    ]
    for priority, (name, label, icon) in enumerate(acts_shown, start=80):
        yield Button(
            label,
            reverse(f"bdis_admin:{name}", args=[page.pk]),
            icon_name=icon,
            priority=priority,
        )


@hooks.register("construct_reports_menu")
def hide_national_reports(request: Any, items: list[Any]) -> None:
    """Leave out the reports that ``AdminGuardMiddleware`` keeps for the national team."""
    if not works_nationally(request.user):
        items[:] = [item for item in items if item.name not in NATIONAL_REPORTS]


@hooks.register("construct_page_chooser_queryset")
def hide_drafts_of_others(pages: Any, request: Any) -> Any:
    return choosable_pages(pages, request.user)


@hooks.register("construct_admin_api", order=100)
def keep_collections_apart(router: Any) -> None:
    """Replace the endpoints of images and documents, which list every collection."""
    router.register_endpoint("images", OwnImagesAPIViewSet)
    router.register_endpoint("documents", OwnDocumentsAPIViewSet)


@hooks.register("construct_homepage_panels")
def add_todo_panel(request: Any, panels: list[Any]) -> None:
    panels.append(TodoPanel(request))


@hooks.register("construct_homepage_summary_items")
def add_summary(request: Any, items: list[Any]) -> None:
    items.append(InitiativesSummaryItem(request))


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    actions.register_action(
        services.LOG_CHARTER,
        gettext_lazy("Adhesion to the charter"),
        gettext_lazy("Adhesion to the charter recorded"),
    )
    actions.register_action(
        services.LOG_SUSPEND, gettext_lazy("Suspend"), gettext_lazy("Listing suspended")
    )
    actions.register_action(
        services.LOG_REINSTATE, gettext_lazy("Reinstate"), gettext_lazy("Listing reinstated")
    )
    actions.register_action(
        services.LOG_CONFIRM, gettext_lazy("Confirm"), gettext_lazy("Listing confirmed")
    )
    actions.register_action(
        services.LOG_PROGRESS,
        gettext_lazy("Record progress approach"),
        gettext_lazy("Progress approach recorded"),
    )
