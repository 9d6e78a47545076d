"""Nomenclatures in the admin: families, legal families and statuses, for the national group."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import DeleteView
from wagtail.admin.viewsets.model import ModelViewSet

from bdis_cms.models import Family, InitiativePage, LegalFamily, LegalStatus

LABELS = [
    FieldPanel("label_fr"),
    FieldPanel("label_en"),
    FieldPanel("code"),
    FieldPanel("definition"),
    FieldPanel("synonyms"),
]


class TermDeleteView(DeleteView):
    """Delete a term that nothing uses; else say what uses it and what to do."""

    template_name = "bdis_cms/admin/term_delete.html"
    listings_of: Any = staticmethod(lambda term: InitiativePage.objects.none())
    index_filter = ""

    @property
    def advice(self) -> Any:
        return _("Give these listings another term first, then delete this one.")

    def count_uses(self) -> int:
        """Return how many listings use the term, drafts included."""
        return self.listings_of(self.object).distinct().count()

    def other_obstacle(self) -> str:
        """Say what else forbids the deletion; "" when nothing does."""
        return ""

    def form_valid(self, form: Any) -> HttpResponse:
        if self.count_uses() or self.other_obstacle():
            raise PermissionDenied
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["uses"] = self.count_uses()
        context["other_obstacle"] = self.other_obstacle()
        context["advice"] = self.advice
        if self.index_filter:
            context["listings_url"] = (
                f"{reverse('bdis_initiatives:index')}?{self.index_filter}={self.object.pk}"
            )
        return context


class TermViewSet(ModelViewSet):
    """What nomenclatures have in common."""

    icon = "tag"
    copy_view_enabled = False
    inspect_view_enabled = False
    search_fields = ["label_fr", "label_en", "code", "synonyms"]
    search_backend_name = None
    list_per_page = 100
    list_display = ["label_fr", "label_en", "code"]


class FamilyDeleteView(TermDeleteView):
    listings_of = staticmethod(lambda term: InitiativePage.objects.filter(families=term))
    index_filter = "family"


class FamilyViewSet(TermViewSet):
    model = Family
    name = "bdis_families"
    url_prefix = "nomenclature/families"
    delete_view_class = FamilyDeleteView
    list_display = ["label_fr", "code", Column("uses", label=_("Listings"), accessor="uses")]
    edit_handler = ObjectList(
        [
            *LABELS[:2],
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("plural_fr"), FieldPanel("plural_en")])],
                heading=_("Plural"),
            ),
            *LABELS[2:],
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("hue"), FieldPanel("icon")])], heading=_("Appearance")
            ),
        ]
    )

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_index_view_kwargs(
            queryset=Family.objects.annotate(uses=Count("initiatives", distinct=True)), **kwargs
        )


class LegalStatusDeleteView(TermDeleteView):
    listings_of = staticmethod(lambda term: InitiativePage.objects.filter(legal_status=term))


class LegalStatusViewSet(TermViewSet):
    model = LegalStatus
    name = "bdis_legal_statuses"
    url_prefix = "nomenclature/legal-statuses"
    delete_view_class = LegalStatusDeleteView
    list_display = ["label_fr", "legal_family", "code"]
    list_filter = ["legal_family"]
    edit_handler = ObjectList([*LABELS[:2], FieldPanel("legal_family"), *LABELS[2:]])


class LegalFamilyDeleteView(TermDeleteView):
    listings_of = staticmethod(
        lambda term: InitiativePage.objects.filter(
            Q(legal_family=term) | Q(legal_status__legal_family=term)
        )
    )

    def other_obstacle(self) -> str:
        statuses = ", ".join(str(status) for status in self.object.statuses.all())
        return str(_("These legal statuses belong to it: %s.") % statuses) if statuses else ""


class LegalFamilyViewSet(TermViewSet):
    model = LegalFamily
    name = "bdis_legal_families"
    url_prefix = "nomenclature/legal-families"
    delete_view_class = LegalFamilyDeleteView
    list_display = ["label_fr", "code", "in_insee_perimeter", "position"]
    edit_handler = ObjectList([*LABELS, FieldPanel("in_insee_perimeter"), FieldPanel("position")])
