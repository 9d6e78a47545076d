"""Terms and regions: the few hundred that every answer names, remembered."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from taggit.models import Tag

from bdis_cms.models import Activity, Family, InitiativePage, Region
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


def public_tags() -> QuerySet[Tag]:
    """Return the tags that a public listing bears: the words of drafts are not told."""
    # From the listing to its tags: the other way round, the database lists every public page.
    bearing = InitiativePage.objects.public().filter(tagged_items__tag=OuterRef("pk")).order_by()
    return Tag.objects.filter(Exists(bearing))
