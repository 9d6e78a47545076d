"""The terms of the classifications, by primary key: a few hundred that every answer names."""

from __future__ import annotations

from bdis_cms.models import Activity, Family
from bdis_cms.remembering import remembered


@remembered(Family)
def families() -> dict[int, Family]:
    """Return every ESS family, in the order in which a listing names its own."""
    return {family.pk: family for family in Family.objects.all()}


@remembered(Activity)
def activities() -> dict[int, Activity]:
    """Return every activity, in the order of the tree."""
    return {activity.pk: activity for activity in Activity.objects.order_by("path")}
