"""Filters of the listing of initiatives."""

from __future__ import annotations

from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms import CheckboxSelectMultiple, RadioSelect, Select
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from bdis_cms.admin.keys import whole_key
from bdis_cms.admin.states import FRESHNESS, STATES, in_state, of_freshness
from bdis_cms.completeness import REQUIREMENTS, incomplete, lacking
from bdis_cms.models import Activity, Department, Family, InitiativePage, Region
from bdis_cms.models.initiative_facts import InitiativeQuerySet
from bdis_cms.permissions import own_region_pages

WITHOUT_ESSENTIALS = "essentials"


def _own_regions(request: Any) -> QuerySet[Region]:
    return Region.objects.filter(page__in=own_region_pages(request.user))


def _own_departments(request: Any) -> QuerySet[Department]:
    return Department.objects.filter(region__in=_own_regions(request))


class KeysField(django_filters.fields.ModelMultipleChoiceField):
    """Rows by key; a number that no database holds is no choice, rather than an error."""

    def _check_values(self, value: Any) -> Any:
        for key in value:
            if whole_key(key) is None:
                raise ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": key},
                )
        return super()._check_values(value)


class KeysFilter(django_filters.ModelMultipleChoiceFilter):
    """Any of some rows."""

    field_class = KeysField


class ActivityFilter(django_filters.ModelChoiceFilter):
    """An activity of the tree; a parent stands for all its descendants."""

    @property
    def field(self) -> Any:
        field = super().field
        field.label_from_instance = lambda activity: (
            "\u2003" * (activity.depth - 1) + activity.label
        )
        return field

    def filter(self, qs: InitiativeQuerySet, value: Activity | None) -> InitiativeQuerySet:
        if value is None:
            return qs
        branch = Activity.objects.filter(path__startswith=value.path).values("pk")
        others = InitiativePage.activities.through.objects.filter(
            initiativepage=OuterRef("pk"), activity__in=branch
        )
        return qs.filter(Q(main_activity__in=branch) | Exists(others))


class InitiativeFilterSet(WagtailFilterSet):
    """What editors look for: where, what kind, in which state, how fresh, what is missing."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=list(STATES.items()),
        method="filter_state",
        empty_label=_("Any"),
        widget=RadioSelect,
    )
    freshness = django_filters.ChoiceFilter(
        label=_("Freshness"),
        choices=list(FRESHNESS.items()),
        method="filter_freshness",
        empty_label=_("Any"),
        widget=RadioSelect,
    )
    missing = django_filters.ChoiceFilter(
        label=_("Missing"),
        choices=[
            (WITHOUT_ESSENTIALS, _("Something essential is missing")),
            *((requirement.key, requirement.todo) for requirement in REQUIREMENTS),
        ],
        method="filter_missing",
        empty_label=_("Any"),
        widget=RadioSelect,
    )
    region = KeysFilter(
        label=_("Region"),
        field_name="commune__department__region",
        queryset=_own_regions,
        widget=CheckboxSelectMultiple,
    )
    department = KeysFilter(
        label=_("Département"),
        field_name="commune__department",
        queryset=_own_departments,
        widget=CheckboxSelectMultiple,
    )
    family = KeysFilter(
        label=_("Family"),
        field_name="families",
        queryset=Family.objects.all(),
        widget=CheckboxSelectMultiple,
    )
    activity = ActivityFilter(
        label=_("Activity"), queryset=Activity.objects.all(), empty_label=_("Any"), widget=Select
    )

    class Meta:
        model = InitiativePage
        fields: list[str] = []

    def filter_state(self, listings: Any, name: str, value: str) -> Any:
        return in_state(listings, value)

    def filter_freshness(self, listings: Any, name: str, value: str) -> Any:
        return of_freshness(listings, value)

    def filter_missing(self, listings: Any, name: str, value: str) -> Any:
        return incomplete(listings) if value == WITHOUT_ESSENTIALS else lacking(listings, value)
