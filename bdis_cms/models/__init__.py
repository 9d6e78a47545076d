"""Models of the directory."""

from bdis_cms.models.importing import ImportedListing, ImportRun
from bdis_cms.models.initiative import InitiativePage
from bdis_cms.models.initiative_children import (
    AgreementKind,
    InitiativeAgreement,
    InitiativeContact,
    InitiativeImage,
    InitiativeLink,
    InitiativeTag,
    LinkKind,
    ServedArea,
    Visibility,
)
from bdis_cms.models.initiative_facts import OPEN_ENDED, ProgressState
from bdis_cms.models.members import InitiativeInvitation, InitiativeMember, MemberRole
from bdis_cms.models.nomenclature import Activity, Family, LegalFamily, LegalStatus
from bdis_cms.models.pages import (
    ArticleIndexPage,
    ArticlePage,
    HomePage,
    RegionIndexPage,
    RegionPage,
    ResourcePage,
)
from bdis_cms.models.territories import (
    Commune,
    CommuneAlias,
    Department,
    Epci,
    FormerRegion,
    PointPrecision,
    Region,
    TerritoryLevel,
)

__all__ = [
    "OPEN_ENDED",
    "Activity",
    "AgreementKind",
    "ArticleIndexPage",
    "ArticlePage",
    "Commune",
    "CommuneAlias",
    "Department",
    "Epci",
    "Family",
    "FormerRegion",
    "HomePage",
    "ImportRun",
    "ImportedListing",
    "InitiativeAgreement",
    "InitiativeContact",
    "InitiativeImage",
    "InitiativeInvitation",
    "InitiativeLink",
    "InitiativeMember",
    "InitiativePage",
    "InitiativeTag",
    "LegalFamily",
    "LegalStatus",
    "LinkKind",
    "MemberRole",
    "PointPrecision",
    "ProgressState",
    "Region",
    "RegionIndexPage",
    "RegionPage",
    "ResourcePage",
    "ServedArea",
    "TerritoryLevel",
    "Visibility",
]
