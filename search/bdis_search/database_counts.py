"""Counts by the database, while no engine answers: the ones that an engine would give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter

from django.db.models import Count, Q

from bdis_cms.models import Activity, InitiativePage
from bdis_cms.models.initiative_facts import InitiativeQuerySet
from bdis_search.query import FACETS, Results

_PATHS = {
    "family": "families__code",
    "legal_family": "legal_family__code",
    "region": "commune__department__region__code",
    "department": "commune__department__code",
    "tag": "tagged_items__tag__slug",
}


def counted_by_the_database(filters: Mapping[str, str]) -> Results:
    """Return the total and the counts by facet of the public listings that ``filters`` keep.

    ``filters`` holds one code for each name of ``FACETS``. As an engine does: an activity includes
    its descendants and the main activity counts; each facet is counted under the other filters.
    """
    kept = _filtered(filters)
    counts = {}
    for name in FACETS:
        others = {other: code for other, code in filters.items() if other != name}
        pages = _filtered(others) if name in filters else kept
        counts[name] = _by_activity(pages) if name == "activity" else _by_path(pages, _PATHS[name])
    return Results(total=kept.count(), hits=(), counts=counts)


def _filtered(filters: Mapping[str, str]) -> InitiativeQuerySet:
    pages = InitiativePage.objects.public().order_by()
    for name, code in filters.items():
        held = _in_activity(code) if name == "activity" else Q(**{_PATHS[name]: code})
        # A subquery: a join of its own for each filter, and each listing once.
        pages = pages.filter(pk__in=InitiativePage.objects.filter(held).values("pk"))
    return pages


def _in_activity(code: str) -> Q:
    node = Activity.objects.filter(code=code).first()
    if node is None:
        return Q(pk__in=[])
    below = Activity.objects.filter(path__startswith=node.path)
    return Q(main_activity__in=below) | Q(activities__in=below)


def _by_path(pages: InitiativeQuerySet, path: str) -> dict[str, int]:
    bearing = pages.filter(**{f"{path}__isnull": False})
    return dict(bearing.values_list(path).annotate(Count("pk", distinct=True)))


def _by_activity(pages: InitiativeQuerySet) -> dict[str, int]:
    """Count each listing once under each of its activities and what these belong to."""
    by_path = dict(Activity.objects.values_list("path", "code"))
    chosen = pages.filter(activities__isnull=False).values_list("pk", "activities__path")
    main = pages.filter(main_activity__isnull=False).values_list("pk", "main_activity__path")
    rows = chosen.union(main).order_by("pk").iterator()
    numbers: Counter[str] = Counter()
    for _page, own in groupby(rows, key=itemgetter(0)):
        numbers.update({code for _, path in own for code in _with_ancestors(path, by_path)})
    return dict(numbers)


def _with_ancestors(path: str, by_path: Mapping[str, str]) -> list[str]:
    ends = range(Activity.steplen, len(path) + 1, Activity.steplen)
    return [by_path[path[:end]] for end in ends if path[:end] in by_path]
