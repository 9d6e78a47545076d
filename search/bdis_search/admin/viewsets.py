"""What the network edits of its search: synonyms and promoted results."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, PageChooserPanel
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.permissions import register_permission_policy

from bdis_search.admin.permissions import SearchPermissionPolicy, may_manage_search
from bdis_search.models import Promotion, SynonymGroup

for model in (Promotion, SynonymGroup):
    register_permission_policy(model, SearchPermissionPolicy(model))


class _SearchViewSet(ModelViewSet):
    copy_view_enabled = False
    inspect_view_enabled = False
    search_backend_name = None
    list_per_page = 50


class PromotionViewSet(_SearchViewSet):
    """Promoted results."""

    model = Promotion
    menu_label = _("Promoted results")
    menu_name = "bdis-promotions"
    icon = "pick"
    list_display = [
        "__str__",
        Column("starts_on", label=_("From"), sort_key="starts_on"),
        Column("ends_on", label=_("Until"), sort_key="ends_on"),
        Column("state", label=_("State")),
    ]
    list_filter = ["active"]
    search_fields = ["words", "note"]
    panels = [
        FieldPanel("words"),
        InlinePanel(
            "listings",
            heading=_("Listings that come first"),
            label=_("Listing"),
            min_num=1,
            max_num=10,
            help_text=_("In this order. Those that are not public do not show."),
            panels=[PageChooserPanel("page", "bdis_cms.InitiativePage")],
        ),
        FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
        FieldPanel("active"),
        FieldPanel("note"),
    ]


class SynonymViewSet(_SearchViewSet):
    """Synonyms."""

    model = SynonymGroup
    menu_label = _("Synonyms")
    menu_name = "bdis-synonyms"
    icon = "openquote"
    list_display = [
        "__str__",
        Column("get_kind_display", label=_("Effect")),
        BooleanColumn("active", label=_("Active")),
    ]
    list_filter = ["kind", "active"]
    search_fields = ["terms", "note"]
    panels = [
        FieldPanel("terms"),
        FieldPanel("kind"),
        FieldPanel("active"),
        FieldPanel("note"),
    ]


class SearchMenuItem(MenuItem):
    """Shown to whoever watches over the search."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_manage_search(request.user)


class SearchGroup(ModelViewSetGroup):
    """The menu « Recherche »."""

    items = (PromotionViewSet, SynonymViewSet)
    menu_label = _("Search of the site")
    menu_name = "bdis-search"
    menu_icon = "search"
    menu_order = 240

    def get_submenu_items(self) -> list[Any]:
        return [
            *super().get_submenu_items(),
            SearchMenuItem(
                _("Followed searches"),
                reverse("bdis_search_admin:followers"),
                icon_name="mail",
                order=70,
            ),
            SearchMenuItem(
                _("Try a search"), reverse("bdis_search_admin:try"), icon_name="view", order=80
            ),
            SearchMenuItem(
                _("State of the engine"),
                reverse("bdis_search_admin:status"),
                icon_name="cogs",
                order=90,
            ),
        ]
