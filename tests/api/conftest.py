"""A small directory behind the API."""

import pytest
from django.utils import timezone

from bdis_search.outbox import rebuild_index
from tests.factories import (
    ActivityFactory,
    FamilyFactory,
    InitiativePageFactory,
    LegalFamilyFactory,
)


@pytest.fixture
def freeze_day(monkeypatch):
    """Make today another day."""

    def freeze(day):
        monkeypatch.setattr(timezone, "localdate", lambda *args, **kwargs: day)

    return freeze


@pytest.fixture
def directory(site_tree, territories, engine):
    """Three public listings and one of each hidden kind."""
    amap = FamilyFactory(code="amap", label_fr="AMAP")
    repair = FamilyFactory(code="repair-cafe", label_fr="Repair café")
    food = ActivityFactory(code="alimentation", label_fr="Alimentation")
    vegetables = ActivityFactory(code="alimentation.legumes", label_fr="Légumes", parent=food)
    association = LegalFamilyFactory(code="association", label_fr="Associations")
    pages = {
        "die": InitiativePageFactory(
            title="AMAP du Diois",
            commune=territories.die,
            families=[amap],
            activities=[vegetables],
            legal_family=association,
            tags=["légumes", "bio"],
            summary="Des paniers de légumes chaque jeudi.",
        ),
        "valence": InitiativePageFactory(
            title="Repair café de Valence",
            commune=territories.valence,
            families=[repair],
            tags=["réparation"],
        ),
        "avignon": InitiativePageFactory(
            title="AMAP des remparts",
            commune=territories.avignon,
            families=[amap],
            served=["department:84"],
        ),
    }
    for trait in ("draft", "lapsed", "suspended", "never_adhered"):
        pages[trait] = InitiativePageFactory(
            title=f"AMAP cachée {trait}", commune=territories.die, families=[amap], **{trait: True}
        )
    rebuild_index()
    return pages
