"""Bring a grid from a file, or from a plug-in, as a draft."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.utils import quote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from bdis_evaluation.admin.grid_screens import GridScreen
from bdis_evaluation.grids.documents import GridDocument, read_document
from bdis_evaluation.grids.importing import import_document, offered_grids
from bdis_evaluation.grids.publishing import DraftExists
from bdis_evaluation.grids.yaml_reading import LARGEST, FileError, GridRefused
from bdis_evaluation.models import Grid


class GridFileForm(forms.Form):
    """A file, and whether it takes the place of the draft that is being written."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("YAML or JSON, 512 kB at most."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.json"}),
    )
    replace_draft = forms.BooleanField(
        label=gettext_lazy("Take the place of the draft of this grid, if there is one"),
        required=False,
    )


class ImportView(GridScreen):
    """A file is checked whole; without error it is a draft."""

    template_name = "bdis_evaluation/admin/grid_import.html"
    page_title = gettext_lazy("Bring a grid")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = set(Grid.objects.values_list("code", flat=True))
        offered = [
            {"grid": one, "known": one.document is not None and one.document.code in known}
            for one in offered_grids()
        ]
        context = {"form": GridFileForm(), "errors": [], "offered": offered}
        return super().get_context_data(**context | kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "install" in request.POST:
            return self._install(request.POST["install"])
        form = GridFileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        file = form.cleaned_data["file"]
        try:
            # One byte more than what is read: a larger file is told so, never held in memory.
            document = read_document(file.read(LARGEST + 1))
        except GridRefused as refused:
            context = self.get_context_data(form=form, errors=refused.errors, file_name=file.name)
            return self.render_to_response(context)
        return self._import(document, form.cleaned_data["replace_draft"], form)

    def _install(self, name: str) -> HttpResponse:
        for one in offered_grids():
            if one.document is not None and one.document.code == name:
                return self._import(one.document, False, GridFileForm())
        return redirect(self.request.path)

    def _import(self, document: GridDocument, replace_draft: bool, form: Any) -> HttpResponse:
        try:
            draft = import_document(document, user=self.request.user, replace_draft=replace_draft)
        except DraftExists as error:
            errors = [FileError(0, "", str(error))]
            return self.render_to_response(self.get_context_data(form=form, errors=errors))
        messages.success(self.request, _("%s is written, as a draft.") % draft)
        return redirect("bdis_grid_versions:edit", quote(draft.pk))
