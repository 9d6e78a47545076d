"""Where public initiatives are with their progress approach, as the region follows it."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bdis_cms.models import InitiativePage
from bdis_cms.permissions import own_region_pages, works_nationally
from bdis_evaluation.models import Evaluation, EvaluationState


class DeskState(TextChoices):
    """Where an initiative is."""

    NONE = "none", _("Not begun")
    ONGOING = "ongoing", _("In progress")
    GATHERING = "gathering", _("Opinions being gathered")
    DONE = "done", _("Finished")


def followed_by(user: Any) -> QuerySet[InitiativePage]:
    """Return the public initiatives of the regions of ``user``; all for the national team."""
    pages = InitiativePage.objects.public()
    if works_nationally(user):
        return pages
    within = Q(pk__in=[])
    for path in own_region_pages(user).values_list("path", flat=True):
        within |= Q(path__startswith=path)
    return pages.filter(within)


def _open() -> QuerySet[Evaluation]:
    return Evaluation.objects.open().filter(initiative=OuterRef("pk"))


def _closed() -> QuerySet[Evaluation]:
    return Evaluation.objects.closed().filter(initiative=OuterRef("pk"))


def _gathering() -> QuerySet[Evaluation]:
    return _open().filter(state=EvaluationState.SHARED, gathered_at__isnull=True)


def in_state(state: str) -> Q:
    """Return the condition of a state."""
    return {
        DeskState.NONE: Q(~Exists(_open()), ~Exists(_closed())),
        DeskState.ONGOING: Q(Exists(_open()), ~Exists(_gathering())),
        DeskState.GATHERING: Q(Exists(_gathering())),
        DeskState.DONE: Q(~Exists(_open()), Exists(_closed())),
    }[DeskState(state)]


def is_overdue(on: datetime.date | None = None) -> Q:
    """Return the condition of an evaluation that was due, none being under way."""
    return Q(~Exists(_open()), progress_plan__next_due_on__lt=on or timezone.localdate())


def accompanied_by(user_pk: int | None) -> Q:
    """Return the condition of being accompanied by ``user_pk``; by nobody with ``None``."""
    followed = Evaluation.objects.exclude(state=EvaluationState.ABANDONED)
    followed = followed.filter(initiative=OuterRef("pk"))
    if user_pk is None:
        return Q(~Exists(followed.filter(accompanist__isnull=False)))
    return Q(Exists(followed.filter(accompanist=user_pk)))


def with_desk(pages: QuerySet[InitiativePage]) -> QuerySet[InitiativePage]:
    """Give each page ``open_pk``, ``closed_pk``, ``finished_at`` and ``due_on``."""
    last = _closed().order_by("-closed_at", "-pk")
    return pages.annotate(
        open_pk=Subquery(_open().order_by("-touched_at", "-pk").values("pk")[:1]),
        closed_pk=Subquery(last.values("pk")[:1]),
        finished_at=Subquery(last.values("closed_at")[:1]),
        due_on=F("progress_plan__next_due_on"),
    ).select_related("commune")


def figures_of(user: Any) -> dict[str, int]:
    """Return how many have not begun, are under way, and are late; one query beside the rights."""
    counts = followed_by(user).aggregate(
        none=Count("pk", filter=in_state(DeskState.NONE)),
        under_way=Count("pk", filter=Q(Exists(_open()))),
        overdue=Count("pk", filter=is_overdue()),
    )
    return {name: int(number) for name, number in counts.items()}
