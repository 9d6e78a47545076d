"""Acts of the steering committee on grids: begin, compare, put in force; and what all may read."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from bdis_cms.permissions import works_nationally
from bdis_evaluation.admin.grid_permissions import readable_versions
from bdis_evaluation.evaluating.reading import field_name
from bdis_evaluation.grids.correspondence import correspondences, decide, version_before
from bdis_evaluation.grids.importing import export_version
from bdis_evaluation.grids.kinds import question_kinds
from bdis_evaluation.grids.publishing import (
    DraftExists,
    GridIncomplete,
    NotADraftVersion,
    enter_into_force,
    missing_information,
    new_draft,
)
from bdis_evaluation.grids.writing import to_json, to_yaml
from bdis_evaluation.models import Grid, GridVersion, QuestionChange
from bdis_evaluation.models.evaluations import OPEN_STATES

FORMATS = {"yaml": ("application/yaml", to_yaml), "json": ("application/json", to_json)}
DECISION, REASON = "change-", "reason-"


class GridScreen(WagtailAdminTemplateMixin, TemplateView):
    """A screen of the national team; others get a refusal."""

    header_icon = "tasks"
    index_url: Any = reverse_lazy("bdis_grid_versions:index")
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not works_nationally(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": self.index_url, "label": _("Versions of the grids")},
            {"url": "", "label": self.get_page_title()},
        ]

    @cached_property
    def version(self) -> GridVersion:
        return get_object_or_404(GridVersion.objects.select_related("grid"), pk=self.kwargs["pk"])

    @property
    def edit_url(self) -> str:
        return reverse("bdis_grid_versions:edit", args=[quote(self.version.pk)])


class NewVersionView(GridScreen):
    """Begin the next version of a grid, by a button."""

    template_name = "bdis_evaluation/admin/grid_new_version.html"
    page_title = gettext_lazy("New version")

    @cached_property
    def grid(self) -> Grid:
        return get_object_or_404(Grid, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "grid": self.grid,
            "former": self.grid.version_in_force,
            "draft": self.grid.versions.filter(status="draft").first(),
            "index_url": self.index_url,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            draft = new_draft(self.grid, user=request.user)
        except DraftExists as error:
            messages.error(request, str(error))
            draft = error.draft
        return redirect("bdis_grid_versions:edit", quote(draft.pk))


class CorrespondenceView(GridScreen):
    """What becomes of each question: the two wordings side by side, and what people say of it."""

    template_name = "bdis_evaluation/admin/grid_correspondence.html"
    page_title = gettext_lazy("What changes since the version before")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = correspondences(self.version)
        quiet = (QuestionChange.SAME, QuestionChange.NEW)
        unchanged = [one for one in found if len(one.choices) == 1 and one.change in quiet]
        shown = [one for one in found if one not in unchanged]
        return super().get_context_data(**kwargs) | {
            "version": self.version,
            "former": version_before(self.version),
            "shown": shown,
            "same": [one for one in unchanged if one.change == QuestionChange.SAME],
            "new": [one for one in unchanged if one.change == QuestionChange.NEW],
            "left": sum(not one.is_settled for one in shown),
            "edit_url": self.edit_url,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.version.is_draft:
            raise PermissionDenied
        decisions = {
            name.removeprefix(DECISION): (
                str(value),
                str(request.POST.get(REASON + name.removeprefix(DECISION), "")),
            )
            for name, value in request.POST.items()
            if name.startswith(DECISION)
        }
        decide(self.version, decisions)
        left = sum(not one.is_settled for one in correspondences(self.version))
        if left:
            told = ngettext("Saved; %d question is left.", "Saved; %d questions are left.", left)
            messages.warning(request, told % left)
            return redirect(request.path)
        messages.success(request, _("Saved: every question is settled."))
        return redirect("bdis_grids_admin:in_force", self.version.pk)


class EnterIntoForceView(GridScreen):
    """Put a draft in force, told what it entails."""

    template_name = "bdis_evaluation/admin/grid_in_force.html"
    page_title = gettext_lazy("Put in force")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        former = version_before(self.version)
        going_on = Q(state__in=OPEN_STATES)
        return super().get_context_data(**kwargs) | {
            "version": self.version,
            "former": former,
            "missing": missing_information(self.version),
            "going_on": former.evaluations.filter(going_on).count() if former else 0,
            "edit_url": self.edit_url,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            enter_into_force(self.version, user=request.user)
        except GridIncomplete:
            return redirect(request.path)
        except NotADraftVersion as error:
            messages.error(request, str(error))
            return redirect("bdis_grids_admin:read", self.version.pk)
        told = _("%s is in force. Its questions will not change any more.")
        messages.success(request, told % self.version)
        return redirect("bdis_grids_admin:read", self.version.pk)


class _Readable(GridScreen):
    """What regional teams may read too, of the versions in force."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.request = request
        # Not there for who may not read it: the address of a draft says nothing of it.
        self.__dict__["version"] = get_object_or_404(
            readable_versions(request.user), pk=kwargs["pk"]
        )
        return super(GridScreen, self).dispatch(request, *args, **kwargs)


class ReadView(_Readable):
    """A version: its questions, and what it changed."""

    template_name = "bdis_evaluation/admin/grid_read.html"

    def get_page_title(self) -> str:
        return str(self.version)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.version.correspondences.exclude(change=QuestionChange.SAME)
        texts = dict(self.version.content.questions)
        former = version_before(self.version)
        if former is not None:
            texts = former.content.questions | texts
        return super().get_context_data(**kwargs) | {
            "version": self.version,
            "kinds": question_kinds(),
            "rows": [(row, texts.get(row.key)) for row in rows],
            "national": works_nationally(self.request.user),
            "edit_url": self.edit_url,
        }


class PreviewView(_Readable):
    """A version as an initiative answers it; nothing can be sent."""

    template_name = "bdis_evaluation/grids/preview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = question_kinds()

        def shown(question: Any) -> dict[str, Any]:
            kind = kinds.get(question.kind)
            name = field_name(question.key)
            return {"question": question, "name": name, "template": kind and kind.template}

        themes = [
            (theme, [(part, [shown(one) for one in part.questions]) for part in theme.subthemes])
            for theme in self.version.content
        ]
        return {"version": self.version, "themes": themes, "view": self}


class ExportView(_Readable):
    """A version as a file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        name = request.GET.get("format", "yaml")
        if name not in FORMATS:
            name = "yaml"
        content_type, write = FORMATS[name]
        text = write(export_version(self.version))
        response = HttpResponse(text, content_type=f"{content_type}; charset=utf-8")
        file_name = f"{self.version.grid.code}-v{self.version.number}.{name}"
        response["Content-Disposition"] = f'attachment; filename="{file_name}"'
        return response
