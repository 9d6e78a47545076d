"""The listing of an initiative."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalManyToManyField
from wagtail.models import Page

from bdis_cms.edit_handlers import INITIATIVE_EDIT_HANDLER
from bdis_cms.models.directory_page import DirectoryPage
from bdis_cms.models.initiative_children import InitiativeContact, Visibility
from bdis_cms.models.initiative_facts import AbstractInitiative, InitiativeManager
from bdis_cms.models.nomenclature import Activity, Family


class InitiativePage(AbstractInitiative, DirectoryPage):
    """An initiative of the social and solidarity economy, under the page of its region."""

    families = ParentalManyToManyField(
        Family, verbose_name=_("ESS families"), related_name="initiatives", blank=True
    )
    activities = ParentalManyToManyField(
        Activity, verbose_name=_("other activities"), related_name="initiatives", blank=True
    )
    tags = ClusterTaggableManager(
        through="bdis_cms.InitiativeTag", verbose_name=_("tags"), blank=True
    )
    parent_structure = models.ForeignKey(
        "self",
        verbose_name=_("parent structure"),
        on_delete=models.SET_NULL,
        related_name="branches",
        null=True,
        blank=True,
    )

    objects = InitiativeManager()

    edit_handler = INITIATIVE_EDIT_HANDLER
    search_fields = [*Page.search_fields, *AbstractInitiative.fact_search_fields]
    parent_page_types = ["bdis_cms.RegionPage"]
    subpage_types: list[str] = []
    template = "bdis_cms/initiative_page.html"
    page_description = _("The listing of an initiative: who, what, where, how to reach it.")

    class Meta(AbstractInitiative.Meta):
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")

    @property
    def all_activities(self) -> list[Activity]:
        """Activities, the main one first, each once."""
        main = [self.main_activity] if self.main_activity else []
        return list(dict.fromkeys([*main, *self.activities.all()]))

    @property
    def public_contacts(self) -> list[InitiativeContact]:
        """Contacts that the person chose to show to everybody."""
        return [one for one in self.contacts.all() if one.visibility == Visibility.PUBLIC]

    def with_content_json(self, content: dict[str, Any]) -> InitiativePage:
        """Return the page as a revision says, but with the facts that are true now."""
        page = super().with_content_json(content)
        # Asked anew: ``self`` may have been read before somebody suspended the listing.
        row = type(self)._base_manager.filter(pk=self.pk).values(*self.CURRENT_FACTS).first()
        for field in self.CURRENT_FACTS:
            setattr(page, field, row[field] if row else getattr(self, field))
        return page

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Serve a public listing; its editors see a hidden one, and why it is hidden."""
        if not self.is_public and not self.permissions_for_user(request.user).can_edit():
            raise Http404
        response = super().serve(request, *args, **kwargs)
        if not self.is_public:
            response.headers["Cache-Control"] = "no-store, private"
        return response

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        """Return the addresses for the sitemap; none while the public does not see the page."""
        return super().get_sitemap_urls(request) if self.is_public else []
