"""The screens of imports in the admin: give a file, read the rehearsal, confirm."""

from __future__ import annotations

import datetime
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from bdis_cms.models import ImportRun, RegionPage
from bdis_cms.permissions import may_moderate, own_region_pages, works_nationally

from .errors import InvalidMapping, UnknownSource, UnreadableFile
from .mapping import available_mappings, find_mapping
from .report import KEPT, REJECTIONS, REPAIRS, Report
from .runner import ImportOptions, run_import

MAX_UPLOAD_MB = 20
#: Rehearsals that nobody confirmed are forgotten after a day, with the file they hold.
REHEARSAL_LASTS = datetime.timedelta(days=1)
SHOWN = 100


def importable_regions(user: Any) -> frozenset[str] | None:
    """Return the codes of the regions where ``user`` publishes; ``None`` for the whole country."""
    if works_nationally(user) and all(may_moderate(user, p) for p in RegionPage.objects.all()[:1]):
        return None
    pages = own_region_pages(user).select_related("region")
    return frozenset(page.region.code for page in pages if may_moderate(user, page))


def may_import(user: Any) -> bool:
    """Whether ``user`` may import into one region at least."""
    regions = importable_regions(user)
    return regions is None or bool(regions)


class UploadForm(forms.Form):
    """Which file, from which source."""

    source = forms.ChoiceField(
        label=_("Source"), help_text=_("It says what each column of the file means.")
    )
    file = forms.FileField(
        label=_("File"), help_text=_("CSV, Excel (.xlsx), JSON or GeoJSON, 20 MB at most.")
    )
    publish = forms.BooleanField(
        label=_("Publish"),
        required=False,
        help_text=_(
            "New listings show to the public at once, for the period in which they are asked to "
            "adhere to the charter. Otherwise they are drafts."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, mapping.label) for key, mapping in available_mappings().items()]
        self.fields["source"].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_UPLOAD_MB * 1024 * 1024:
            raise forms.ValidationError(
                _("This file is larger than 20 MB: import it with the command import_listings.")
            )
        return upload


class ImporterMixin(WagtailAdminTemplateMixin):
    """Screens for whoever publishes in a region; each sees their own imports."""

    request: HttpRequest
    header_icon = "upload"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_import(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def runs(self) -> QuerySet[ImportRun]:
        """Return the imports that the person may read: a report shows drafts of all regions."""
        runs = ImportRun.objects.defer("upload").select_related("user")
        return (
            runs
            if works_nationally(self.request.user)
            else runs.filter(user__username=self.request.user.get_username())
        )

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = [
            *self.breadcrumbs_items,
            {"url": reverse("bdis_import:index"), "label": _("Import")},
        ]
        return items + self.deeper_breadcrumbs()

    def deeper_breadcrumbs(self) -> list[dict[str, Any]]:
        return []


class ImportIndexView(ImporterMixin, FormView):
    """Give a file to rehearse; the imports of before."""

    template_name = "bdis_cms/admin/importing/index.html"
    page_title = _("Import listings")
    form_class = UploadForm

    def form_valid(self, form: UploadForm) -> HttpResponse:
        ImportRun.objects.filter(
            state=ImportRun.State.REHEARSED, created_at__lt=timezone.now() - REHEARSAL_LASTS
        ).delete()
        upload = form.cleaned_data["file"]
        run = ImportRun(
            source=form.cleaned_data["source"],
            file_name=Path(upload.name).name[:255],
            upload=upload.read(),
            publish=form.cleaned_data["publish"],
            user_id=self.request.user.pk,
            state=ImportRun.State.REHEARSED,
        )
        try:
            report = perform(run, dry_run=True)
        except (InvalidMapping, UnknownSource, UnreadableFile) as error:
            form.add_error("file", str(error))
            return self.form_invalid(form)
        run.report = report.as_json()
        run.save()
        return redirect("bdis_import:run", run.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"runs": self.runs().defer("upload")[:20], "media": context["form"].media}


class ImportRunView(ImporterMixin, TemplateView):
    """The report of an import, and the button that makes a rehearsal real."""

    template_name = "bdis_cms/admin/importing/run.html"
    page_title = _("Report of the import")

    @cached_property
    def run(self) -> ImportRun:
        return get_object_or_404(self.runs(), pk=self.kwargs["run_id"])

    def get_page_subtitle(self) -> str:
        return self.run.file_name

    def deeper_breadcrumbs(self) -> list[dict[str, Any]]:
        return [{"url": "", "label": self.run.file_name}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = self.run.report
        return super().get_context_data(**kwargs) | {
            "run": self.run,
            "waiting": self.run.state == ImportRun.State.REHEARSED,
            "counts": self.run.counts,
            "warnings": report.get("warnings", []),
            "rejections": grouped(report.get("rejections", []), REJECTIONS),
            "kept": grouped(report.get("kept_here", []), KEPT),
            "repairs": grouped(report.get("repairs", []), REPAIRS),
            "missing": report.get("missing", [])[:SHOWN],
            "shown": SHOWN,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "cancel" in request.POST:
            self.runs().filter(pk=self.run.pk, state=ImportRun.State.REHEARSED).delete()
            messages.success(request, _("The file is forgotten; nothing was imported."))
            return redirect("bdis_import:index")
        try:
            report = confirm(self.run, request.user)
        except (InvalidMapping, UnknownSource, UnreadableFile) as error:
            ImportRun.objects.filter(pk=self.run.pk).update(state=ImportRun.State.FAILED)
            messages.error(request, str(error))
            return redirect("bdis_import:run", self.run.pk)
        if report is None:
            messages.warning(request, _("This import was already made: nothing was done twice."))
        else:
            messages.success(
                request,
                _("%(created)d listings created, %(updated)d updated.")
                % {"created": report.created, "updated": report.updated},
            )
        return redirect("bdis_import:run", self.run.pk)


class ImportReportView(ImporterMixin, View):
    """The whole report, as a file."""

    def get(self, request: HttpRequest, run_id: int) -> HttpResponse:
        run = get_object_or_404(self.runs(), pk=run_id)
        text = json.dumps(run.report, ensure_ascii=False, indent=2)
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="import-{run.pk}.json"'
        return response


def perform(run: ImportRun, *, dry_run: bool) -> Report:
    """Run the import that ``run`` describes, on the file it holds."""
    mapping = find_mapping(run.source)
    with tempfile.TemporaryDirectory(prefix="bdis-import-") as folder:
        # Its name comes from a stranger: the file gets one of ours.
        path = Path(folder) / "upload"
        path.write_bytes(bytes(run.upload or b""))
        options = ImportOptions(
            publish=run.publish,
            dry_run=dry_run,
            regions=importable_regions(run.user),
            user=run.user,
        )
        try:
            return run_import(path, mapping, options, file_name=run.file_name)
        except UnreadableFile as error:
            raise UnreadableFile(Path(run.file_name), error.reason) from error


def confirm(run: ImportRun, user: Any) -> Report | None:
    """Make a rehearsal real, once; ``None`` when it was already, or forgotten."""
    with transaction.atomic():
        locked = (
            ImportRun.objects.select_for_update()
            .filter(pk=run.pk, state=ImportRun.State.REHEARSED)
            .first()
        )
        if locked is None:
            return None
        # Whoever confirms answers for it, with their own rights.
        locked.user = user
        report = perform(locked, dry_run=False)
        locked.report = report.as_json()
        locked.state = ImportRun.State.DONE
        locked.finished_at = timezone.now()
        locked.upload = None
        locked.save()
        return report


def grouped(notes: list[dict[str, Any]], sentences: dict[str, Any]) -> list[dict[str, Any]]:
    """Return notes by reason, most frequent first, with the first of each."""
    counts = Counter(note["reason"] for note in notes)
    return [
        {
            "sentence": sentences.get(reason, reason),
            "count": count,
            "notes": [note for note in notes if note["reason"] == reason][:SHOWN],
        }
        for reason, count in counts.most_common()
    ]
