"""The listing of initiatives, in the menu of the admin."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn
from wagtail.admin.ui.tables.pages import PageTitleColumn as WagtailPageTitleColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet

from bdis_cms.admin.accent_blind import accent_blind
from bdis_cms.admin.filters import InitiativeFilterSet
from bdis_cms.admin.states import STATE_LABELS, state_of, with_state
from bdis_cms.completeness import RELATIONS, completeness
from bdis_cms.models import InitiativePage
from bdis_cms.permissions import editable_initiatives


class TitleColumn(WagtailPageTitleColumn):
    """Title leading to the editing form; no menu, whose entries would each ask the database."""

    cell_template_name = "bdis_cms/admin/tables/title_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context = BaseColumn.get_cell_context_data(self, instance, parent_context)
        return context


class StateColumn(BaseColumn):
    """State in words, and a colour that only doubles them."""

    cell_template_name = "bdis_cms/admin/tables/state_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        state = state_of(instance)
        context["state"] = state
        context["label"] = STATE_LABELS[state]
        return context


class CompletenessColumn(Column):
    """A percentage, with a bar."""

    cell_template_name = "bdis_cms/admin/tables/completeness_cell.html"

    def get_value(self, instance: Any) -> int:
        return completeness(instance)


class FamiliesColumn(Column):
    """Names of the families."""

    def get_value(self, instance: Any) -> str:
        return ", ".join(family.label for family in instance.family_list)


class InitiativeIndexView(IndexView):
    """Listings that the user may edit, in a constant number of queries."""

    page_title = _("Initiatives")
    add_item_label = _("Write a listing")
    is_searchable = True
    base_filterset_class = InitiativeFilterSet
    default_ordering = "-latest_revision_created_at"
    base_columns = [
        BulkActionsColumn("bulk_actions"),
        TitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
        Column("commune", label=_("Commune"), sort_key="commune__name", width="16%"),
        FamiliesColumn("families", label=_("Family"), width="16%", classname="bdis-wide"),
        StateColumn("state", label=_("State"), width="15%"),
        Column(
            "confirmed_on",
            label=_("Confirmed on"),
            sort_key="confirmed_on",
            width="12%",
            classname="bdis-wide",
        ),
        CompletenessColumn("completeness", label=_("Complete"), width="10%", classname="bdis-wide"),
    ]

    def get_base_queryset(self) -> QuerySet[InitiativePage]:
        return self.annotate_queryset(editable_initiatives(self.request.user))

    def annotate_queryset(self, pages: Any) -> Any:
        return (
            with_state(pages).select_related("commune", "content_type").prefetch_related(*RELATIONS)
        )

    def filter_queryset(self, queryset: Any) -> Any:
        return super().filter_queryset(queryset).distinct() if self.is_filtering else queryset

    def search_queryset(self, queryset: Any) -> Any:
        """Find words in names and places, whatever their accents; numbers as they are written.

        Drafts and bulk imports are found too: no index is asked.
        """
        for word in self.search_query.split():
            pattern = accent_blind(word)
            queryset = queryset.filter(
                Q(title__iregex=pattern)
                | Q(draft_title__iregex=pattern)
                | Q(acronym__iregex=pattern)
                | Q(commune__name__iregex=pattern)
                | Q(postcode=word)
                | Q(siret=word)
                | Q(external_id=word)
            )
        return queryset

    def order_queryset(self, queryset: Any) -> Any:
        ordered = super().order_queryset(queryset)
        return ordered.order_by(*(ordered.query.order_by or ("title",)), "pk")


class InitiativeListingViewSet(PageListingViewSet):
    """The menu entry "Initiatives"."""

    name = "bdis_initiatives"
    url_prefix = "initiatives"
    model = InitiativePage
    index_view_class = InitiativeIndexView
    filterset_class = InitiativeFilterSet
    icon = "bdis-initiatives"
    menu_label = _("Initiatives")
    menu_order = 90
    add_to_admin_menu = True
    list_per_page = 50
