"""Classifications."""

import factory
from factory.django import DjangoModelFactory
from wagtail_factories.factories import MP_NodeFactory

from bdis_cms.models import Activity, Family, LegalFamily, LegalStatus


class LegalFamilyFactory(DjangoModelFactory):
    class Meta:
        model = LegalFamily
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"famille-juridique-{n}")
    label_fr = factory.LazyAttribute(lambda term: term.code.replace("-", " ").capitalize())


class LegalStatusFactory(DjangoModelFactory):
    class Meta:
        model = LegalStatus
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"statut-{n}")
    label_fr = factory.LazyAttribute(lambda term: term.code.replace("-", " ").capitalize())
    legal_family = factory.SubFactory(LegalFamilyFactory)


class FamilyFactory(DjangoModelFactory):
    class Meta:
        model = Family
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"famille-{n}")
    label_fr = factory.LazyAttribute(lambda term: term.code.replace("-", " ").capitalize())


class ActivityFactory(MP_NodeFactory):
    """A node of the tree: ``ActivityFactory(code=…, parent=node)``; a root without parent."""

    class Meta:
        model = Activity

    code = factory.Sequence(lambda n: f"activite-{n}")
    label_fr = factory.LazyAttribute(
        lambda term: term.code.rsplit(".", 1)[-1].replace("-", " ").capitalize()
    )
    parent = None
