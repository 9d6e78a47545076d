"""Territories; codes are unlike real ones unless a test gives them."""

import factory
from django.utils.text import slugify
from factory.django import DjangoModelFactory

from bdis_cms.models import Commune, Department, Epci, FormerRegion, Region


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"R{n}")
    name = factory.LazyAttribute(lambda region: f"Région {region.code}")
    slug = factory.LazyAttribute(lambda region: slugify(region.name))


class FormerRegionFactory(DjangoModelFactory):
    class Meta:
        model = FormerRegion
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"A{n}")
    name = factory.LazyAttribute(lambda region: f"Ancienne région {region.code}")
    successor = factory.SubFactory(RegionFactory)


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = Department
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"D{n}")
    name = factory.LazyAttribute(lambda department: f"Département {department.code}")
    region = factory.SubFactory(RegionFactory)


class EpciFactory(DjangoModelFactory):
    class Meta:
        model = Epci
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"{200000000 + n}")
    name = factory.LazyAttribute(lambda epci: f"CC {epci.code}")
    kind = "CC"


class CommuneFactory(DjangoModelFactory):
    class Meta:
        model = Commune
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"{90000 + n}")
    name = factory.LazyAttribute(lambda commune: f"Commune {commune.code}")
    department = factory.SubFactory(DepartmentFactory)
    latitude = 45.0
    longitude = 4.0
    population = 1000
