"""Pages around the listings."""

import factory
from django.utils.text import slugify
from wagtail.models import Locale, Page
from wagtail_factories import PageFactory

from bdis_cms.models import HomePage, RegionIndexPage, RegionPage
from tests.factories.territories import RegionFactory


class HomePageFactory(PageFactory):
    """The home of the directory, under the root of Wagtail's tree; one per test."""

    class Meta:
        model = HomePage

    title = "Accueil"
    slug = "accueil"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        if not kwargs.get("parent"):
            existing = HomePage.objects.first()
            if existing:
                return existing
            # Tests with real transactions flush what Wagtail's migrations put there.
            Locale.objects.get_or_create(language_code="fr")
            kwargs["parent"] = Page.objects.filter(depth=1).first() or Page.add_root(
                instance=Page(title="Root", slug="root")
            )
        return super()._create(model_class, *args, **kwargs)


class RegionIndexPageFactory(PageFactory):
    """The list of regions; one per test."""

    class Meta:
        model = RegionIndexPage

    title = "Régions"
    slug = "regions"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        if not kwargs.get("parent"):
            existing = RegionIndexPage.objects.first()
            if existing:
                return existing
            kwargs["parent"] = HomePageFactory()
        return super()._create(model_class, *args, **kwargs)


class RegionPageFactory(PageFactory):
    """The page of a region: the one there is, else a new one under the list of regions."""

    class Meta:
        model = RegionPage

    region = factory.SubFactory(RegionFactory)
    title = factory.LazyAttribute(lambda page: page.region.name)
    slug = factory.LazyAttribute(lambda page: slugify(page.region.name))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        existing = RegionPage.objects.filter(region=kwargs["region"]).first()
        if existing:
            return existing
        kwargs["parent"] = kwargs.get("parent") or RegionIndexPageFactory()
        return super()._create(model_class, *args, **kwargs)
