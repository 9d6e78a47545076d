"""Pages around the listings, so that a directory is a real site."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.blocks import BlockQuoteBlock, CharBlock, RichTextBlock, StructBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page, PagePermissionTester
from wagtail.search import index

from bdis_cms.models.directory_page import DirectoryPage
from bdis_cms.models.territories import Region

BODY_BLOCKS = [
    ("heading", CharBlock(form_classname="title", label=_("Heading"), max_length=120)),
    (
        "paragraph",
        RichTextBlock(
            label=_("Paragraph"),
            features=["h3", "bold", "italic", "ul", "ol", "link", "document-link"],
        ),
    ),
    ("image", ImageBlock(label=_("Image"))),
    ("quote", BlockQuoteBlock(label=_("Quotation"))),
    (
        "key_figure",
        StructBlock(
            [
                ("figure", CharBlock(label=_("Figure"), max_length=20)),
                ("meaning", CharBlock(label=_("What it means"), max_length=160)),
            ],
            label=_("Key figure"),
            icon="form",
        ),
    ),
    ("document", DocumentChooserBlock(label=_("Document"))),
]


class HomePage(DirectoryPage):
    """The home of the network."""

    headline = models.CharField(
        _("headline"), max_length=140, blank=True, help_text=_("One sentence: what this site is.")
    )
    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])
    charter_line = models.CharField(_("the charter in one line"), max_length=240, blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("introduction"),
        FieldPanel("charter_line"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]
    subpage_types = [
        "bdis_cms.RegionIndexPage",
        "bdis_cms.ArticleIndexPage",
        "bdis_cms.ArticlePage",
        "bdis_cms.ResourcePage",
    ]
    template = "bdis_cms/home_page.html"

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")


class RegionIndexPage(DirectoryPage):
    """The list of regions; it gives listings their stable address /regions/<region>/<listing>/."""

    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    max_count = 1
    parent_page_types = ["bdis_cms.HomePage"]
    subpage_types = ["bdis_cms.RegionPage"]
    template = "bdis_cms/region_index_page.html"

    class Meta:
        verbose_name = _("list of regions")
        verbose_name_plural = _("lists of regions")


class RegionPage(DirectoryPage):
    """The page of a region: its project holder, its figures, its initiatives."""

    region = models.OneToOneField(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="page"
    )
    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])
    body = StreamField(BODY_BLOCKS, verbose_name=_("body"), blank=True)
    holder_name = models.CharField(
        _("project holder"),
        max_length=160,
        blank=True,
        help_text=_("The organisation that runs the directory in the region."),
    )
    holder_url = models.URLField(_("website of the project holder"), blank=True)
    holder_email = models.EmailField(
        _("address of the project holder"), blank=True, help_text=_("Shown on the region's page.")
    )
    image = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("image"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("region", read_only=True),
        FieldPanel("introduction"),
        FieldPanel("image"),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("holder_name"), FieldPanel("holder_url"), FieldPanel("holder_email")],
            heading=_("Project holder"),
        ),
    ]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]
    parent_page_types = ["bdis_cms.RegionIndexPage"]
    subpage_types = [
        "bdis_cms.InitiativePage",
        "bdis_cms.ArticlePage",
        "bdis_cms.ResourcePage",
    ]
    template = "bdis_cms/region_page.html"

    class Meta:
        verbose_name = _("region page")
        verbose_name_plural = _("region pages")

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        """Return the rights of ``user``: regional teams edit the page, but do not remove it."""
        from bdis_cms.permissions import FrameworkPagePermissionTester

        return FrameworkPagePermissionTester(user, self)


class ArticleIndexPage(DirectoryPage):
    """A section of articles and resources."""

    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["bdis_cms.HomePage"]
    subpage_types = ["bdis_cms.ArticlePage", "bdis_cms.ResourcePage"]
    template = "bdis_cms/article_index_page.html"

    class Meta:
        verbose_name = _("section of articles")
        verbose_name_plural = _("sections of articles")


class ArticlePage(DirectoryPage):
    """An article: news, a portrait, a page of the site."""

    introduction = models.CharField(_("introduction"), max_length=400, blank=True)
    image = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("image"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )
    body = StreamField(BODY_BLOCKS, verbose_name=_("body"), blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction"),
        FieldPanel("image"),
        FieldPanel("body"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("introduction"),
        index.SearchField("body"),
    ]
    parent_page_types = ["bdis_cms.HomePage", "bdis_cms.ArticleIndexPage", "bdis_cms.RegionPage"]
    subpage_types: list[str] = []
    template = "bdis_cms/article_page.html"

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")


class ResourcePage(DirectoryPage):
    """A resource to take away: a guide, a model, a study, a video."""

    introduction = models.CharField(_("introduction"), max_length=400, blank=True)
    author = models.CharField(_("author"), max_length=160, blank=True)
    published_year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    document = models.ForeignKey(
        "wagtaildocs.Document",
        verbose_name=_("document"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )
    link = models.URLField(_("link"), blank=True)
    body = StreamField(BODY_BLOCKS, verbose_name=_("body"), blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction"),
        MultiFieldPanel([FieldPanel("author"), FieldPanel("published_year")], _("Reference")),
        FieldPanel("document"),
        FieldPanel("link"),
        FieldPanel("body"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("introduction"),
        index.SearchField("body"),
    ]
    parent_page_types = ["bdis_cms.HomePage", "bdis_cms.ArticleIndexPage", "bdis_cms.RegionPage"]
    subpage_types: list[str] = []
    template = "bdis_cms/resource_page.html"

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
