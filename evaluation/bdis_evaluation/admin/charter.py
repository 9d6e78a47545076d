"""The menu « Charte »: versions, their entry into force, the ledger."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import DeleteView, EditView, IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets.button import Button
from wagtail.permissions import register_permission_policy

from bdis_cms.permissions import works_nationally
from bdis_evaluation.admin.menus import RegionalMenuItem
from bdis_evaluation.admin.permissions import CharterPermissionPolicy
from bdis_evaluation.charter.campaigns import put_in_force
from bdis_evaluation.charter.drafting import new_draft
from bdis_evaluation.models import (
    CharterAdhesion,
    CharterIncomplete,
    CharterStatus,
    CharterVersion,
    NotADraft,
)

register_permission_policy(CharterVersion, CharterPermissionPolicy(CharterVersion))


def _page_of(version: CharterVersion) -> str:
    return reverse("bdis_charter:version", args=[version.number])


class CharterScreen(WagtailAdminTemplateMixin, TemplateView):
    """A screen of the steering committee; others get a refusal."""

    header_icon = "form"
    index_url: Any = reverse_lazy("bdis_charter_versions:index")
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not works_nationally(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": self.index_url, "label": _("Versions of the charter")},
            {"url": "", "label": self.get_page_title()},
        ]


class NewVersionView(CharterScreen):
    """Begin a draft from the latest version, by a button."""

    template_name = "bdis_evaluation/admin/new_version.html"
    page_title = gettext_lazy("New version of the charter")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "latest": CharterVersion.objects.first(),
            "drafts": CharterVersion.objects.filter(status=CharterStatus.DRAFT),
            "index_url": self.index_url,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        version = new_draft()
        messages.success(request, _("The draft is ready: change its text, then say what changes."))
        return redirect("bdis_charter_versions:edit", quote(version.pk))


class EnterIntoForceView(CharterScreen):
    """Put a draft in force, told what it entails."""

    template_name = "bdis_evaluation/admin/enter_into_force.html"
    page_title = gettext_lazy("Put in force")

    @cached_property
    def version(self) -> CharterVersion:
        return get_object_or_404(CharterVersion, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        former = CharterVersion.objects.in_force().first()
        return super().get_context_data(**kwargs) | {
            "version": self.version,
            "missing": self.version.missing_information(),
            "former": former,
            "holders": CharterAdhesion.objects.standing().count(),
            "preview_url": _page_of(self.version),
            "edit_url": reverse("bdis_charter_versions:edit", args=[quote(self.version.pk)]),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            put_in_force(self.version, user=request.user)
        except (CharterIncomplete, NotADraft) as error:
            messages.error(request, str(error))
            return redirect(request.path)
        told = _("%(version)s is in force. Its text will not change any more.")
        messages.success(request, told % {"version": self.version})
        return redirect(str(self.index_url))


class _OfADraft:
    """Lead who would change a version in force to its page."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        version = get_object_or_404(CharterVersion, pk=unquote(str(kwargs["pk"])))
        if works_nationally(request.user) and not version.is_draft:
            messages.warning(request, _("A version in force is never changed: write a new one."))
            return redirect("bdis_charter_versions:index")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class VersionEditView(_OfADraft, EditView):
    """Edit a draft."""

    @property
    def header_more_buttons(self) -> list[Button]:
        enter = reverse("bdis_charter_admin:enter_into_force", args=[self.object.pk])
        return [
            *super().header_more_buttons,
            Button(_("Put in force…"), enter, icon_name="check", priority=1),
            Button(_("Read it as it will be"), _page_of(self.object), icon_name="view", priority=2),
        ]


class VersionDeleteView(_OfADraft, DeleteView):
    """Delete a draft."""


class VersionTitleColumn(TitleColumn):
    """Leads to the form of a draft, to the page of a version in force."""

    def get_link_url(self, instance: CharterVersion, parent_context: Any) -> str:
        if instance.is_draft:
            return reverse("bdis_charter_versions:edit", args=[quote(instance.pk)])
        return _page_of(instance)


class VersionIndexView(IndexView):
    """The versions; a draft is begun from the latest."""

    add_item_label = gettext_lazy("New version")

    @property
    def add_url(self) -> str:
        return reverse("bdis_charter_admin:new_version")

    def get_list_more_buttons(self, instance: CharterVersion) -> list[Any]:
        return super().get_list_more_buttons(instance) if instance.is_draft else []


class CharterVersionViewSet(ModelViewSet):
    """Versions of the charter."""

    model = CharterVersion
    name = "bdis_charter_versions"
    menu_label = gettext_lazy("Versions")
    menu_name = "bdis-charter-versions"
    icon = "form"
    index_view_class = VersionIndexView
    edit_view_class = VersionEditView
    delete_view_class = VersionDeleteView
    copy_view_enabled = False
    inspect_view_enabled = False
    search_backend_name = None
    list_display = [
        VersionTitleColumn("__str__", label=gettext_lazy("Version")),
        Column("get_status_display", label=gettext_lazy("Status")),
        DateColumn("in_force_at", label=gettext_lazy("In force since")),
        DateColumn("effective_on", label=gettext_lazy("Effective on")),
    ]
    panels = [
        FieldPanel("number"),
        FieldRowPanel([FieldPanel("effective_on"), FieldPanel("grace_days")]),
        InlinePanel(
            "texts",
            heading=gettext_lazy("Text"),
            label=gettext_lazy("Language"),
            min_num=1,
            panels=[
                FieldPanel("language"),
                FieldPanel("title"),
                FieldPanel("preamble"),
                FieldPanel("articles"),
                FieldPanel("changes"),
            ],
        ),
    ]


class CharterGroup(ModelViewSetGroup):
    """The menu « Charte »."""

    items = (CharterVersionViewSet,)
    menu_label = gettext_lazy("Charter")
    menu_name = "bdis-charter"
    menu_icon = "form"
    menu_order = 205

    def get_submenu_items(self) -> list[Any]:
        return [
            *super().get_submenu_items(),
            RegionalMenuItem(
                _("Campaigns"),
                reverse("bdis_charter_admin:campaigns"),
                icon_name="mail",
                order=40,
            ),
            RegionalMenuItem(
                _("Signatures"),
                reverse("bdis_charter_admin:ledger"),
                icon_name="list-ul",
                order=50,
            ),
        ]
