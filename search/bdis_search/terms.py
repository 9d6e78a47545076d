"""Terms, regions and départements: the few hundred that every answer names, remembered."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from taggit.models import Tag

from bdis_cms.models import (
    Activity,
    Department,
    Family,
    InitiativePage,
    LegalFamily,
    Region,
)
from bdis_cms.remembering import remembered


@remembered(Family)
def families() -> dict[int, Family]:
    """Return every ESS family, by primary key."""
    return {family.pk: family for family in Family.objects.all()}


@remembered(Activity)
def activities() -> dict[int, Activity]:
    """Return every activity, by primary key."""
    return {activity.pk: activity for activity in Activity.objects.all()}


@remembered(Region)
def regions() -> dict[str, Region]:
    """Return every region, by code."""
    return {region.code: region for region in Region.objects.all()}


@remembered(Department, Region)
def departments() -> dict[int, Department]:
    """Return every département with its region, by primary key."""
    return {one.pk: one for one in Department.objects.select_related("region")}


@remembered(LegalFamily)
def legal_families() -> dict[int, LegalFamily]:
    """Return every legal family, by primary key."""
    return {family.pk: family for family in LegalFamily.objects.all()}


def public_tags() -> QuerySet[Tag]:
    """Return the tags that a public listing bears: the words of drafts are not told."""
    # From the listing to its tags: the other way round, the database lists every public page.
    bearing = InitiativePage.objects.public().filter(tagged_items__tag=OuterRef("pk")).order_by()
    return Tag.objects.filter(Exists(bearing))
