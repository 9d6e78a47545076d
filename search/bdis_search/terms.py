"""Terms and regions: the few hundred that every answer names, remembered."""

from __future__ import annotations

from bdis_cms.models import Activity, Family, Region
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
