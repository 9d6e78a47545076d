"""Campaigns: a new version enters into force, and those who signed another are asked to sign."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from bdis_cms.models import InitiativePage
from bdis_cms.services import bound_charter_validity
from bdis_evaluation.models import (
    CampaignListing,
    CharterAdhesion,
    CharterCampaign,
    CharterVersion,
)

_CHUNK = 1000


@transaction.atomic
def put_in_force(version: CharterVersion, *, user: Any) -> CharterCampaign | None:
    """Put a version in force and open its campaign; ``None`` when nobody signed another one.

    Raises ``NotADraft`` and ``CharterIncomplete``.
    """
    version.enter_into_force(user=user)
    holders = CharterAdhesion.objects.standing().exclude(version=version)
    present = InitiativePage.objects.filter(pk=OuterRef("initiative"))
    rows = list(holders.filter(Exists(present)).values_list("initiative", "region_code"))
    if not rows:
        return None
    campaign = CharterCampaign.objects.create(
        version=version,
        opened_on=timezone.localdate(),
        ends_on=max(version.grace_ends_on, timezone.localdate()),
    )
    CampaignListing.objects.bulk_create(
        [
            CampaignListing(campaign=campaign, initiative_id=page, region_code=region)
            for page, region in rows
        ],
        batch_size=_CHUNK,
    )
    pages = [page for page, _region in rows]
    for start in range(0, len(pages), _CHUNK):
        bound_charter_validity(pages[start : start + _CHUNK], until=campaign.ends_on, user=user)
    return campaign


def waiting(campaign: CharterCampaign) -> QuerySet[InitiativePage]:
    """Return the listings of a campaign that have not signed, and did not withdraw."""
    asked = CampaignListing.objects.filter(campaign=campaign).values("initiative")
    return (
        InitiativePage.objects.filter(pk__in=asked, charter_valid_until__lte=campaign.ends_on)
        .exclude(charter_signed_on__isnull=True)
        .order_by("pk")
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the listings of a region are in a campaign."""

    region_code: str
    asked: int
    signed: int
    waiting: int
    lapsed: int
    withdrawn: int

    @property
    def share(self) -> int:
        """Signed, in per cent."""
        return round(100 * self.signed / self.asked) if self.asked else 0


def states(today: datetime.date) -> dict[str, Q]:
    """Return the condition of each state of a listing asked to sign; they exclude each other."""
    page = "initiative__charter_"
    withdrawn = Q(**{f"{page}signed_on__isnull": True})
    signed = ~withdrawn & Q(signed=True)
    lapsed = ~withdrawn & Q(signed=False, **{f"{page}valid_until__lt": today})
    still = ~withdrawn & Q(signed=False, **{f"{page}valid_until__gte": today})
    return {"signed": signed, "waiting": still, "lapsed": lapsed, "withdrawn": withdrawn}


def asked_to_sign(campaign: CharterCampaign) -> QuerySet[CampaignListing]:
    """Return the listings of a campaign, each telling whether it ``signed`` its version."""
    line = CharterAdhesion.objects.signatures().filter(
        initiative=OuterRef("initiative"), version=campaign.version_id
    )
    return CampaignListing.objects.filter(campaign=campaign).annotate(signed=Exists(line))


def progress_by_region(campaign: CharterCampaign, rows: QuerySet | None = None) -> list[Progress]:
    """Return the progress of each region, in one query."""
    rows = asked_to_sign(campaign) if rows is None else rows
    counts = {
        name: Count("pk", filter=condition)
        for name, condition in states(timezone.localdate()).items()
    }
    found = rows.order_by("region_code").values("region_code").annotate(asked=Count("pk"))
    named = {f"n_{name}": count for name, count in counts.items()}
    return [
        Progress(*row)
        for row in found.annotate(**named).values_list("region_code", "asked", *named)
    ]
