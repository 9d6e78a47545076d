"""Campaigns: a region, or the network, asks its initiatives to evaluate themselves.

Who is asked is read at each run, not written once: a listing that becomes public during a campaign
is asked too, one that has just finished is left in peace, and running twice changes nothing.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, CharField, Count, QuerySet, Value, When
from django.db.models.functions import Length, Substr
from django.utils import timezone

from bdis_cms.models import InitiativePage, Region, RegionPage
from bdis_cms.models.initiative_facts import InitiativeQuerySet
from bdis_evaluation.cycles.rhythm import months_later
from bdis_evaluation.models import Evaluation, EvaluationCampaign, ProgressPlan

#: Who finished an evaluation of the same grid so long before the opening is not asked again.
RECENT_MONTHS = 12
_AT_ONCE = 1_000

NOT_BEGUN, BEGUN, FINISHED = "not_begun", "begun", "finished"
STEPS = (NOT_BEGUN, BEGUN, FINISHED)


def running(on: datetime.date) -> QuerySet[EvaluationCampaign]:
    """Return the campaigns that are open on ``on``, the last to end first."""
    open_ones = EvaluationCampaign.objects.filter(opens_on__lte=on, due_on__gte=on)
    return open_ones.select_related("region", "grid").order_by("-due_on", "-pk")


def region_paths(regions: QuerySet[Region] | None = None) -> dict[str, Region]:
    """Return the regions, all or ``regions``, by the path of the page their listings are under."""
    pages = RegionPage.objects.select_related("region")
    if regions is not None:
        pages = pages.filter(region__in=regions)
    return {page.path: page.region for page in pages}


def with_region_path(pages: InitiativeQuerySet) -> InitiativeQuerySet:
    """Give each listing the path of the page of its region, as ``region_path``."""
    length = Length("path") - Value(InitiativePage.steplen)
    return pages.annotate(region_path=Substr("path", 1, length, output_field=CharField()))


def asked_by(campaign: EvaluationCampaign) -> InitiativeQuerySet:
    """Return whom ``campaign`` asks: public listings of its region that are not up to date.

    Each has ``step``: not begun, begun or finished since the opening.
    """
    pages = InitiativePage.objects.public()
    if campaign.region_id:
        region_page = RegionPage.objects.filter(region=campaign.region_id).first()
        pages = pages.child_of(region_page) if region_page else pages.none()
    # Sets read once each: asked of each page, some planners read them all every time.
    of_grid = Evaluation.objects.filter(grid=campaign.grid_id).order_by()
    opening = _midnight(campaign.opens_on)
    recently = of_grid.closed().filter(
        closed_at__gte=_midnight(months_later(campaign.opens_on, -RECENT_MONTHS)),
        closed_at__lt=opening,
    )
    finished = of_grid.closed().filter(closed_at__gte=opening)
    step = Case(
        When(pk__in=finished.values("initiative"), then=Value(FINISHED)),
        When(pk__in=of_grid.open().values("initiative"), then=Value(BEGUN)),
        default=Value(NOT_BEGUN),
        output_field=CharField(),
    )
    return pages.exclude(pk__in=recently.values("initiative")).annotate(step=step)


@transaction.atomic
def plan_running(on: datetime.date) -> int:
    """Give everybody whom a campaign asks on ``on`` its day; return how many days changed.

    Where several campaigns ask the same initiative, the first to end holds.
    """
    wanted: dict[int, datetime.date] = {}
    for campaign in running(on):
        left = asked_by(campaign).exclude(step=FINISHED).values_list("pk", flat=True)
        wanted |= dict.fromkeys(left, campaign.due_on)
    if not wanted:
        return 0
    planned = dict(ProgressPlan.objects.values_list("initiative", "next_due_on"))
    changed = [
        ProgressPlan(initiative_id=pk, next_due_on=day)
        for pk, day in wanted.items()
        if planned.get(pk) != day
    ]
    ProgressPlan.objects.bulk_create(
        changed,
        batch_size=_AT_ONCE,
        update_conflicts=True,
        unique_fields=["initiative"],
        update_fields=["next_due_on"],
    )
    return len(changed)


@dataclass(frozen=True)
class Progress:
    """How many initiatives of a region (``None``: all shown together) are at each step."""

    region: Region | None
    not_begun: int = 0
    begun: int = 0
    finished: int = 0

    @property
    def asked(self) -> int:
        """Everybody who is asked."""
        return self.not_begun + self.begun + self.finished


def progress_by_region(
    campaign: EvaluationCampaign, regions: QuerySet[Region]
) -> tuple[Progress, list[Progress]]:
    """Return how far a campaign is in all ``regions``, then in each; two queries, three at most."""
    by_path = region_paths(regions)
    rows = with_region_path(asked_by(campaign)).order_by()
    counted = rows.values_list("region_path", "step").annotate(Count("pk"))
    counts: dict[str, dict[str, int]] = {path: {} for path in by_path}
    for path, step, number in counted:
        if path in counts:
            counts[path][step] = number
    lines = [Progress(by_path[path], **steps) for path, steps in counts.items()]
    lines = sorted((line for line in lines if line.asked), key=lambda line: str(line.region))
    total = {step: sum(getattr(line, step) for line in lines) for step in STEPS}
    return Progress(None, **total), lines


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
