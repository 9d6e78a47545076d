"""The menu « Grilles »: grids, their versions, their drafts."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import CreateView, DeleteView, EditView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets.button import Button
from wagtail.permissions import register_permission_policy

from bdis_cms.permissions import works_nationally
from bdis_evaluation.admin.grid_form import FormNotWhole, GridVersionForm
from bdis_evaluation.admin.grid_permissions import GridPermissionPolicy, readable_versions
from bdis_evaluation.admin.menus import NationalMenuItem
from bdis_evaluation.append_only import LedgerClosed
from bdis_evaluation.grids.publishing import new_draft
from bdis_evaluation.models import Grid, GridVersion

for _model in (Grid, GridVersion):
    register_permission_policy(_model, GridPermissionPolicy(_model))


class VersionTitleColumn(TitleColumn):
    """Leads to the form of a draft, which only those who edit it see, else to its text."""

    def get_link_url(self, instance: GridVersion, parent_context: Any) -> str:
        if instance.is_draft:
            return reverse("bdis_grid_versions:edit", args=[quote(instance.pk)])
        return reverse("bdis_grids_admin:read", args=[instance.pk])


class VersionIndexView(IndexView):
    """The versions of every grid, the latest first."""

    page_title = gettext_lazy("Versions of the grids")

    def get_base_queryset(self) -> Any:
        return readable_versions(self.request.user).order_by("grid__position", "grid", "-number")

    def order_queryset(self, queryset: Any) -> Any:
        return queryset

    @property
    def add_url(self) -> None:
        return None  # a version is begun from its grid

    @property
    def header_buttons(self) -> list[Button]:
        return []

    def get_list_more_buttons(self, instance: GridVersion) -> list[Any]:
        read = reverse("bdis_grids_admin:read", args=[instance.pk])
        buttons = [Button(_("Read it"), read, icon_name="view", priority=5)]
        if instance.is_draft:
            buttons += super().get_list_more_buttons(instance)
        elif self._may_begin:
            new = reverse("bdis_grids_admin:new_version", args=[instance.grid_id])
            buttons.append(Button(_("New version…"), new, icon_name="plus", priority=10))
        return buttons

    @cached_property
    def _may_begin(self) -> bool:
        return works_nationally(self.request.user)


class _OfADraft:
    """Lead who would change a version in force to its text."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        version = get_object_or_404(GridVersion, pk=unquote(str(kwargs["pk"])))
        if works_nationally(request.user) and not version.is_draft:
            return self._closed(request, version.pk)
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except LedgerClosed:  # somebody put it in force meanwhile
            return self._closed(request, version.pk)

    @staticmethod
    def _closed(request: HttpRequest, pk: int) -> HttpResponse:
        messages.warning(request, _("A version in force is never changed: begin a new one."))
        return redirect("bdis_grids_admin:read", pk)


class VersionCreateView(CreateView):
    """There is none: lead to the grids, where versions are begun."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not works_nationally(request.user):
            raise PermissionDenied
        told = _("A version is begun from its grid: choose “New version…” beside it.")
        messages.warning(request, told)
        return redirect("bdis_grids:index")


class VersionDeleteView(_OfADraft, DeleteView):
    """Delete a draft."""


class VersionEditView(_OfADraft, EditView):
    """Edit a draft."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except FormNotWhole as error:
            messages.error(request, str(error))
            return redirect(request.path)

    @property
    def header_more_buttons(self) -> list[Button]:
        acts = [
            ("in_force", _("Put in force…"), "check"),
            ("correspondence", _("What changes since the version before"), "resubmit"),
            ("preview", _("Read it as it will be"), "view"),
            ("export", _("Download"), "download"),
        ]
        return [
            *super().header_more_buttons,
            *(
                Button(
                    label,
                    reverse(f"bdis_grids_admin:{name}", args=[self.object.pk]),
                    icon_name=icon,
                    priority=priority,
                )
                for priority, (name, label, icon) in enumerate(acts, start=1)
            ),
        ]


class GridVersionViewSet(ModelViewSet):
    """Versions."""

    model = GridVersion
    name = "bdis_grid_versions"
    url_prefix = "bdis/grids/versions"
    menu_label = gettext_lazy("Versions")
    menu_name = "bdis-grid-versions"
    icon = "tasks"
    index_view_class = VersionIndexView
    add_view_class = VersionCreateView
    edit_view_class = VersionEditView
    delete_view_class = VersionDeleteView
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    search_backend_name = None
    list_display = [
        VersionTitleColumn("__str__", label=gettext_lazy("Version")),
        Column("get_status_display", label=gettext_lazy("Status")),
        Column("question_count", label=gettext_lazy("Questions")),
        DateColumn("in_force_at", label=gettext_lazy("In force since")),
    ]
    edit_handler = ObjectList(
        [
            HelpPanel(template="bdis_evaluation/admin/grid_next.html"),
            FieldPanel("changes"),
            FieldPanel("themes"),
        ],
        base_form_class=GridVersionForm,
    )


class GridIndexView(IndexView):
    """Grids, each leading to its next version."""

    default_ordering = "position"

    def get_list_more_buttons(self, instance: Grid) -> list[Any]:
        buttons = super().get_list_more_buttons(instance)
        if self.user_has_permission("change"):
            url = reverse("bdis_grids_admin:new_version", args=[instance.pk])
            buttons.append(Button(_("New version…"), url, icon_name="plus", priority=5))
        return sorted(buttons)


class GridCreateView(CreateView):
    """Create a grid, then write its first version."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        draft = new_draft(form.instance, user=self.request.user)
        if getattr(self, "expects_json_response", False):
            return response
        return redirect("bdis_grid_versions:edit", quote(draft.pk))


class GridDeleteView(DeleteView):
    """Delete a grid that has no version yet."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if works_nationally(request.user) and self.object.versions.exists():
            told = _("This grid has versions, which are kept: it is not deleted.")
            messages.warning(request, told)
            return redirect("bdis_grids:index")
        return super().dispatch(request, *args, **kwargs)


class GridViewSet(ModelViewSet):
    """Grids: their names, for whom they are."""

    model = Grid
    name = "bdis_grids"
    url_prefix = "bdis/grids/grids"
    menu_label = gettext_lazy("Grids")
    menu_name = "bdis-grids-facts"
    icon = "list-ul"
    index_view_class = GridIndexView
    add_view_class = GridCreateView
    delete_view_class = GridDeleteView
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    search_backend_name = None
    list_display = ["title", "code", "minutes"]
    panels = [
        FieldPanel("title"),
        FieldPanel("code"),
        FieldPanel("purpose"),
        FieldRowPanel([FieldPanel("minutes"), FieldPanel("position")]),
    ]


class GridGroup(ModelViewSetGroup):
    """The menu « Grilles »."""

    items = (GridVersionViewSet, GridViewSet)
    menu_label = gettext_lazy("Grids")
    menu_name = "bdis-grids"
    menu_icon = "tasks"
    menu_order = 206

    def get_submenu_items(self) -> list[Any]:
        return [
            *super().get_submenu_items(),
            NationalMenuItem(
                _("Bring a grid"),
                reverse("bdis_grids_admin:import"),
                icon_name="upload",
                order=50,
            ),
        ]
