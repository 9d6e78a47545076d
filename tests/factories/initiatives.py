"""Listings."""

import datetime

import factory
from django.utils import timezone
from django.utils.text import slugify
from wagtail_factories import PageFactory

from bdis_cms.models import InitiativePage, ServedArea
from tests.factories.site_tree import RegionPageFactory
from tests.factories.territories import CommuneFactory


class InitiativePageFactory(PageFactory):
    """A public listing under the page of its commune's region.

    Traits: ``draft``, ``lapsed``, ``suspended``, ``never_adhered``. ``families``, ``activities``
    take model instances, ``tags`` names, ``served`` strings such as ``"department:26"`` or
    ``"country:"``. The point is the commune's unless given.
    """

    class Meta:
        model = InitiativePage

    class Params:
        draft = factory.Trait(live=False)
        lapsed = factory.Trait(
            charter_valid_until=factory.LazyFunction(
                lambda: timezone.localdate() - datetime.timedelta(days=1)
            )
        )
        suspended = factory.Trait(suspended_at=factory.LazyFunction(timezone.now))
        never_adhered = factory.Trait(charter_valid_until=None)

    title = factory.Sequence(lambda n: f"Initiative {n}")
    slug = factory.Sequence(lambda n: f"initiative-{n}")
    summary = "Une initiative solidaire."
    commune = factory.SubFactory(CommuneFactory)
    latitude = factory.LazyAttribute(lambda page: page.commune and page.commune.latitude)
    longitude = factory.LazyAttribute(lambda page: page.commune and page.commune.longitude)
    charter_valid_until = factory.LazyFunction(
        lambda: timezone.localdate() + datetime.timedelta(days=365)
    )
    confirmed_on = factory.LazyFunction(timezone.localdate)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        commune = kwargs.get("commune")
        if not kwargs.get("parent"):
            kwargs["parent"] = (
                RegionPageFactory(region=commune.department.region)
                if commune
                else RegionPageFactory()
            )
        return super()._create(model_class, *args, **kwargs)

    @classmethod
    def _create_instance(cls, model_class, parent, kwargs):
        return super()._create_instance(_Relations(model_class), parent, kwargs)

    @classmethod
    def _build(cls, model_class, *args, **kwargs):
        kwargs.pop("parent", None)
        return _Relations(model_class)(**kwargs)


class _Relations:
    """Build a page with its relations in memory, so that one save writes everything."""

    def __init__(self, model_class):
        self.model_class = model_class

    def __call__(self, *, families=(), activities=(), tags=(), served=(), **fields):
        page = self.model_class(**fields)
        page.slug = page.slug or slugify(page.title)
        page.families = list(families)
        page.activities = list(activities)
        page.tags.add(*tags)
        page.served_areas = [
            ServedArea(level=area.partition(":")[0], code=area.partition(":")[2]) for area in served
        ]
        return page
