"""When an initiative evaluates itself next: its own rhythm, else its region's, else the setting."""

from __future__ import annotations

import calendar
import datetime
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from bdis_cms.models import InitiativePage, Region, RegionPage
from bdis_evaluation.models import Evaluation, ProgressPlan, RegionRhythm
from bdis_evaluation.models.cycles import LONGEST_MONTHS, SHORTEST_MONTHS

DEFAULT_MONTHS = 24


class RhythmOf(StrEnum):
    """Who chose a rhythm."""

    INITIATIVE = "initiative"
    REGION = "region"
    NETWORK = "network"


@dataclass(frozen=True)
class Rhythm:
    """How many months pass between two cycles, and who chose so."""

    months: int
    chosen_by: RhythmOf


def network_months() -> int:
    """Return the months between two cycles where nobody chose: ``BDIS_EVALUATION_MONTHS`` (24)."""
    return int(getattr(settings, "BDIS_EVALUATION_MONTHS", DEFAULT_MONTHS))


def may_be_a_rhythm(months: object) -> bool:
    """Whether ``months`` is a whole number from 12 to 36."""
    whole = isinstance(months, int) and not isinstance(months, bool)
    return whole and SHORTEST_MONTHS <= months <= LONGEST_MONTHS  # type: ignore[operator]


def region_of(initiative: InitiativePage) -> Region | None:
    """Return the region whose page the listing is under, ``None`` elsewhere in the tree."""
    path = initiative.path[: -initiative.steplen]
    page = RegionPage.objects.filter(path=path).select_related("region").first()
    return page.region if page else None


def usual_rhythm(initiative: InitiativePage) -> Rhythm:
    """Return the rhythm of ``initiative`` without a choice of its own."""
    region = region_of(initiative)
    months = RegionRhythm.objects.filter(region=region).values_list("months", flat=True).first()
    if region and months:
        return Rhythm(months, RhythmOf.REGION)
    return Rhythm(network_months(), RhythmOf.NETWORK)


def rhythm_of(initiative: InitiativePage) -> Rhythm:
    """Return the rhythm that holds for ``initiative``."""
    plans = ProgressPlan.objects.filter(initiative=initiative.pk)
    own = plans.values_list("months", flat=True).first()
    return Rhythm(own, RhythmOf.INITIATIVE) if own else usual_rhythm(initiative)


@transaction.atomic
def plan_next(initiative: InitiativePage, *, after: datetime.date | None = None) -> ProgressPlan:
    """Plan the evaluation that follows one finished on ``after`` (today)."""
    plan, _created = ProgressPlan.objects.get_or_create(initiative=initiative)
    day = after or timezone.localdate()
    plan.next_due_on = months_later(day, rhythm_of(initiative).months)
    plan.save(update_fields=["next_due_on"])
    return plan


@transaction.atomic
def choose_rhythm(initiative: InitiativePage, months: int | None) -> ProgressPlan:
    """Give ``initiative`` a rhythm of its own; ``None`` takes it back.

    The day planned from the former rhythm moves with it; the day asked for by a campaign stays.
    Raises ``ValueError`` unless ``months`` is from 12 to 36.
    """
    if months is not None and not may_be_a_rhythm(months):
        raise ValueError(
            f"{months} months: a rhythm is from {SHORTEST_MONTHS} to {LONGEST_MONTHS}."
        )
    plan, _created = ProgressPlan.objects.select_for_update().get_or_create(initiative=initiative)
    last = last_finished_on(initiative)
    was_planned = last and months_later(last, rhythm_of(initiative).months)
    plan.months = months
    plan.save(update_fields=["months"])
    if last and plan.next_due_on in (None, was_planned):
        plan = plan_next(initiative, after=last)
    return plan


def last_finished_on(initiative: InitiativePage) -> datetime.date | None:
    """Return the day on which the last evaluation was finished."""
    closed = Evaluation.objects.closed().filter(initiative=initiative.pk).order_by("-closed_at")
    moment = closed.values_list("closed_at", flat=True).first()
    return timezone.localdate(moment) if moment else None


def overdue_plans(on: datetime.date | None = None) -> QuerySet[ProgressPlan]:
    """Return the plans whose day is past on ``on`` (today), no evaluation being under way."""
    past = ProgressPlan.objects.filter(next_due_on__lt=on or timezone.localdate())
    return past.exclude(initiative__in=Evaluation.objects.open().order_by().values("initiative"))


def is_overdue(initiative: InitiativePage, on: datetime.date | None = None) -> bool:
    """Whether an evaluation was due, and none is under way."""
    return overdue_plans(on).filter(initiative=initiative.pk).exists()


def months_later(day: datetime.date, months: int) -> datetime.date:
    """Return the same day ``months`` later, or the last of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))
