"""People who act for initiatives."""

import factory
from django.contrib.auth import get_user_model
from factory.django import DjangoModelFactory

from bdis_cms.models import InitiativeMember, MemberRole
from tests.factories.initiatives import InitiativePageFactory


class UserFactory(DjangoModelFactory):
    """An account without any right; its password is "motdepasse"."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"personne{n}")
    first_name = "Camille"
    last_name = factory.Sequence(lambda n: f"Personne {n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@exemple.fr")
    password = factory.django.Password("motdepasse")


class InitiativeMemberFactory(DjangoModelFactory):
    """An account that acts for an initiative: a contributor; trait: ``owner``."""

    class Meta:
        model = InitiativeMember

    class Params:
        owner = factory.Trait(role=MemberRole.OWNER)

    initiative = factory.SubFactory(InitiativePageFactory)
    user = factory.SubFactory(UserFactory)
    role = MemberRole.CONTRIBUTOR
