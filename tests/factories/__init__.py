"""Factories of the tests; one module per area."""

from tests.factories.initiatives import InitiativePageFactory
from tests.factories.members import InitiativeMemberFactory, UserFactory
from tests.factories.nomenclature import (
    ActivityFactory,
    FamilyFactory,
    LegalFamilyFactory,
    LegalStatusFactory,
)
from tests.factories.saved_searches import SavedSearchFactory
from tests.factories.site_tree import HomePageFactory, RegionIndexPageFactory, RegionPageFactory
from tests.factories.territories import (
    CommuneFactory,
    DepartmentFactory,
    EpciFactory,
    FormerRegionFactory,
    RegionFactory,
)

__all__ = [
    "ActivityFactory",
    "CommuneFactory",
    "DepartmentFactory",
    "EpciFactory",
    "FamilyFactory",
    "FormerRegionFactory",
    "HomePageFactory",
    "InitiativeMemberFactory",
    "InitiativePageFactory",
    "LegalFamilyFactory",
    "LegalStatusFactory",
    "RegionFactory",
    "RegionIndexPageFactory",
    "RegionPageFactory",
    "SavedSearchFactory",
    "UserFactory",
]
