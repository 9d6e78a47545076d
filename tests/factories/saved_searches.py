"""Saved searches."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from bdis_search.models import SavedSearch
from bdis_search.saved.criteria import Criteria
from bdis_search.saved.known import pack


class SavedSearchFactory(DjangoModelFactory):
    """A confirmed search that is due today and knows no listing; trait: ``waiting``."""

    class Meta:
        model = SavedSearch

    class Params:
        waiting = factory.Trait(confirmed_at=None, next_on=None, known=None)

    email = factory.Sequence(lambda n: f"personne{n}@exemple.fr")
    search = ""
    words = "toutes les initiatives"
    fingerprint = factory.LazyAttribute(lambda saved: Criteria(saved.search, "").fingerprint)
    confirmed_at = factory.LazyFunction(timezone.now)
    next_on = factory.LazyFunction(timezone.localdate)
    known = pack([])
