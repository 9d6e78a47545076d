"""The menu « Évaluations »: campaigns of evaluation and the rhythm of regions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import CreateView, DeleteView, EditView, IndexView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets import AdminDateInput
from wagtail.permissions import register_permission_policy

from bdis_cms.templatetags.bdis import long_date
from bdis_evaluation.admin.regional_permissions import (
    CampaignPermissionPolicy,
    RegionalPermissionPolicy,
    moderated_regions,
    moderates_nationally,
    readable_campaigns,
)
from bdis_evaluation.models import EvaluationCampaign, Grid, RegionRhythm, VersionStatus

_campaign_policy = CampaignPermissionPolicy(EvaluationCampaign)
_rhythm_policy = RegionalPermissionPolicy(RegionRhythm)
register_permission_policy(EvaluationCampaign, _campaign_policy)
register_permission_policy(RegionRhythm, _rhythm_policy)


class RegionalForm(WagtailAdminModelForm):
    """Something of a region: one's own only; of the whole country, for the national team."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        field.queryset = moderated_regions(self.for_user)
        national = moderates_nationally(self.for_user)
        field.required = not national or not self._meta.model._meta.get_field("region").null
        if field.required and len(field.queryset) == 1:
            field.initial = field.queryset[0]
        if field.required:
            field.empty_label, field.help_text = None, ""


class CampaignForm(RegionalForm):
    """A campaign, as moderators write it."""

    class Meta:
        model = EvaluationCampaign
        fields = ["title", "region", "grid", "opens_on", "due_on", "words"]
        widgets = {"opens_on": AdminDateInput, "due_on": AdminDateInput, "words": forms.Textarea}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grid"].queryset = Grid.objects.filter(
            versions__status=VersionStatus.IN_FORCE
        ).distinct()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        opens_on, due_on = cleaned.get("opens_on"), cleaned.get("due_on")
        if opens_on and opens_on < timezone.localdate():
            self.add_error("opens_on", _("Choose today, or a day to come."))
        if opens_on and due_on and due_on <= opens_on:
            self.add_error("due_on", _("Choose a day after the opening."))
        return cleaned


class RhythmForm(RegionalForm):
    """The rhythm of a region."""

    class Meta:
        model = RegionRhythm
        fields = ["region", "months"]


class _OfOwnRegion:
    """An object of another region does not exist; one that is closed is not changed."""

    permission_required: str
    model: Any
    permission_policy: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        own = self.permission_policy.instances_user_has_any_permission_for(
            request.user, {self.permission_required}
        )
        item = get_object_or_404(own, pk=unquote(str(kwargs["pk"])))
        if not self.permission_policy.user_has_permission_for_instance(
            request.user, self.permission_required, item
        ):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class OwnEditView(_OfOwnRegion, EditView):
    """Change what is of one's region."""


class OwnDeleteView(_OfOwnRegion, DeleteView):
    """Delete what is of one's region."""


class OwnIndexView(IndexView):
    """What is of one's region."""

    def get_base_queryset(self) -> Any:
        return self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, {"change"}
        ).select_related("region")


class CampaignColumn(TitleColumn):
    """Leads to how far the campaign is."""

    def get_link_url(self, instance: EvaluationCampaign, parent_context: Any) -> str:
        return reverse("bdis_evaluation_admin:campaign", args=[instance.pk])


class CampaignIndexView(IndexView):
    """The campaigns of one's regions and of the country, the last to open first."""

    def get_base_queryset(self) -> Any:
        return readable_campaigns(self.request.user)


class CampaignCreateView(CreateView):
    """Write a campaign; then see what it entails."""

    def save_instance(self) -> EvaluationCampaign:
        self.form.instance.created_by = self.request.user
        return super().save_instance()

    def get_success_url(self) -> str:
        return reverse("bdis_evaluation_admin:campaign", args=[quote(self.object.pk)])


class EvaluationCampaignViewSet(ModelViewSet):
    """Campaigns of evaluation."""

    model = EvaluationCampaign
    name = "bdis_evaluation_campaigns"
    url_prefix = "bdis/evaluations/campaigns"
    menu_label = _("Campaigns")
    menu_name = "bdis-evaluation-campaigns"
    icon = "date"
    permission_policy = _campaign_policy
    index_view_class = CampaignIndexView
    add_view_class = CampaignCreateView
    edit_view_class = OwnEditView
    delete_view_class = OwnDeleteView
    copy_view_enabled = False
    inspect_view_enabled = False
    search_backend_name = None
    list_display = [
        CampaignColumn("title", label=_("Title")),
        Column("region", label=_("Region"), accessor=lambda one: one.region or _("Whole country")),
        Column("grid", label=_("Grid")),
        Column("opens_on", label=_("Opens on"), accessor=lambda one: long_date(one.opens_on)),
        Column("due_on", label=_("Due on"), accessor=lambda one: long_date(one.due_on)),
    ]

    def get_form_class(self, for_update: bool = False) -> Any:
        return CampaignForm


class RegionRhythmViewSet(ModelViewSet):
    """How often the initiatives of a region evaluate themselves."""

    model = RegionRhythm
    name = "bdis_region_rhythms"
    url_prefix = "bdis/evaluations/rhythms"
    menu_label = _("Rhythm of the regions")
    menu_name = "bdis-region-rhythms"
    icon = "calendar-alt"
    permission_policy = _rhythm_policy
    index_view_class = OwnIndexView
    edit_view_class = OwnEditView
    delete_view_class = OwnDeleteView
    copy_view_enabled = False
    inspect_view_enabled = False
    search_backend_name = None
    list_display = [
        TitleColumn("region", label=_("Region"), url_name="bdis_region_rhythms:edit"),
        Column("months", label=_("Months between two cycles")),
    ]

    def get_form_class(self, for_update: bool = False) -> Any:
        return RhythmForm


class EvaluationGroup(ModelViewSetGroup):
    """The menu « Évaluations »."""

    items = (EvaluationCampaignViewSet, RegionRhythmViewSet)
    menu_label = _("Evaluations")
    menu_name = "bdis-evaluations"
    menu_icon = "clipboard-list"
    menu_order = 206
