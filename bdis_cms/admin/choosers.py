"""Choosers: an initiative by name, town and family."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import (
    ChooseResultsView,
    ChooseView,
    ChosenMultipleView,
    ChosenView,
    CreateView,
)
from wagtail.admin.viewsets.chooser import ChooserViewSet

from bdis_cms.admin.accent_blind import accent_blind
from bdis_cms.admin.keys import whole_key
from bdis_cms.models import InitiativePage
from bdis_cms.permissions import choosable_pages


class InitiativeSearchForm(BaseFilterForm):
    """Words of the name, the acronym or the town."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Name, acronym or commune")}),
    )

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        objects = super().filter(objects)
        query = self.cleaned_data.get("q") or ""
        for word in query.split():
            pattern = accent_blind(word)
            objects = objects.filter(
                Q(title__iregex=pattern)
                | Q(acronym__iregex=pattern)
                | Q(commune__name__iregex=pattern)
            )
        self.is_searching = bool(query)
        self.search_query = query
        return objects


class _Choosing:
    """What every choosing view shares: the listings that the user may link to."""

    filter_form_class = InitiativeSearchForm
    ordering = ("title", "pk")

    def can_create(self) -> bool:
        return False  # A listing is born in its region, with its form; never in a dialogue.

    def get_object_list(self) -> QuerySet[InitiativePage]:
        return choosable_pages(
            InitiativePage.objects.select_related("commune").prefetch_related("families"),
            self.request.user,  # type: ignore[attr-defined]
        )

    @property
    def columns(self) -> list[Any]:
        return [
            *super().columns,  # type: ignore[misc]
            Column("commune", label=_("Commune")),
            Column(
                "families",
                label=_("Family"),
                accessor=lambda page: ", ".join(map(str, page.family_list)),
            ),
        ]


class InitiativeChooseView(_Choosing, ChooseView):
    pass


class InitiativeChooseResultsView(_Choosing, ChooseResultsView):
    pass


class InitiativeCreateView(CreateView):
    """Refuse: see ``_Choosing.can_create``."""

    def can_create(self) -> bool:
        return False


class InitiativeChosenView(ChosenView):
    def get_object(self, pk: Any) -> InitiativePage:
        own = choosable_pages(InitiativePage.objects.all(), self.request.user)
        return own.get(pk=whole_key(pk))


class InitiativeChosenMultipleView(ChosenMultipleView):
    def get_objects(self, pks: Any) -> QuerySet[InitiativePage]:
        keys = [key for pk in pks if (key := whole_key(pk))]
        return choosable_pages(InitiativePage.objects.filter(pk__in=keys), self.request.user)


class InitiativeChooser(ChooserViewSet):
    """Choose an initiative from a list with a search, rather than by walking the tree."""

    model = InitiativePage
    icon = "bdis-initiatives"
    choose_one_text = _("Choose an initiative")
    choose_another_text = _("Choose another initiative")
    edit_item_text = _("Edit this initiative")
    choose_view_class = InitiativeChooseView
    choose_results_view_class = InitiativeChooseResultsView
    chosen_view_class = InitiativeChosenView
    chosen_multiple_view_class = InitiativeChosenMultipleView
    create_view_class = InitiativeCreateView


initiative_chooser = InitiativeChooser("bdis_initiative_chooser")
