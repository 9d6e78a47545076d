"""The team of a region, and what each of its people may open of an initiative."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from bdis_cms.models import InitiativePage, RegionPage
from bdis_cms.permissions import own_region_pages
from bdis_evaluation.models import Evaluation, EvaluationKind

#: Kinds in which the accompanist reads the answers: the initiative asked for company.
ACCOMPANIED_KINDS = (EvaluationKind.ASSISTED,)


def region_page_of(page: InitiativePage) -> RegionPage | None:
    """Return the page of the region that a listing is under."""
    path = page.path[: -page.steplen]
    return RegionPage.objects.filter(path=path).select_related("region").first()


def works_in_region_of(user: Any, page: InitiativePage) -> bool:
    """Whether ``user`` works in the region of ``page``, or nationally."""
    if not (user.is_authenticated and user.is_active):
        return False
    return own_region_pages(user).filter(path=page.path[: -page.steplen]).exists()


def team_of(region: RegionPage) -> QuerySet[Any]:
    """Return the accounts that edit or moderate the listings of a region; not the national team."""
    users = get_user_model()._default_manager.filter(
        is_active=True, groups__page_permissions__page=region.pk
    )
    return users.distinct().order_by("last_name", "first_name", "pk")


def accompanies(user: Any, evaluation: Evaluation) -> bool:
    """Whether ``user`` is the accompanist of ``evaluation``, and still works in its region."""
    mine = bool(user.is_authenticated) and evaluation.accompanist_id == user.pk
    return mine and works_in_region_of(user, evaluation.initiative)


def reads_answers_of(user: Any, evaluation: Evaluation) -> bool:
    """Whether ``user``, who works in the region, reads the answers: the accompanist alone, where
    the initiative asked for company."""
    return evaluation.kind in ACCOMPANIED_KINDS and evaluation.accompanist_id == user.pk
