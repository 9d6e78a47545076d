"""What every page type of the directory has in common."""

from django.db import models
from wagtail.models import Page

from bdis_cms.admin.editorial_form import EditorialPageForm


class DirectoryPage(Page):
    """A page of the directory beside a host's own pages, whatever their names.

    A host often has a ``HomePage`` or an ``ArticlePage``: the name a page type gives itself on
    ``Page`` is ours alone.
    """

    page_ptr = models.OneToOneField(
        Page,
        on_delete=models.CASCADE,
        parent_link=True,
        primary_key=True,
        related_name="%(app_label)s_%(class)s",
    )

    base_form_class = EditorialPageForm

    class Meta:
        abstract = True
