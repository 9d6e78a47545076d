"""Rows of the desk of a region: for many initiatives at once, in constant queries."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from bdis_cms.models import InitiativePage
from bdis_evaluation.accompanying.contents import contents_of
from bdis_evaluation.accompanying.states import DeskState
from bdis_evaluation.cycles.campaigns import region_paths
from bdis_evaluation.evaluating.missing import progress_of
from bdis_evaluation.models import (
    Answer,
    AnswerRevision,
    Evaluation,
    EvaluationState,
    EvidenceFile,
)

#: From how many days before an evaluation is said to be due.
SOON = datetime.timedelta(days=60)


@dataclass(frozen=True)
class DeskRow:
    """An initiative as the region follows it.

    ``percent`` and ``stuck`` (the first theme with something to do, "" when nothing is left) are
    of the evaluation under way.
    """

    page: InitiativePage
    region: str
    state: DeskState
    evaluation: Evaluation | None
    percent: int | None
    stuck: str
    finished_on: datetime.date | None
    due_on: datetime.date | None
    is_overdue: bool

    @property
    def touched_on(self) -> datetime.date | None:
        """The day somebody last worked on the evaluation under way."""
        if self.percent is None or self.evaluation is None:
            return None
        return timezone.localdate(self.evaluation.touched_at)

    @property
    def is_due_soon(self) -> bool:
        """Whether the next one is for the coming weeks, none being under way."""
        today = timezone.localdate()
        waiting = self.percent is None and self.due_on is not None
        return waiting and today <= self.due_on <= today + SOON  # type: ignore[operator]


def desk_rows(pages: Sequence[Any]) -> list[DeskRow]:
    """Return the rows of pages that ``with_desk`` read, in at most eight queries."""
    regions = {path: region.name for path, region in region_paths().items()}
    keys = [page.open_pk or page.closed_pk for page in pages]
    evaluations = Evaluation.objects.select_related("accompanist").in_bulk([k for k in keys if k])
    progress = _progress([evaluations[page.open_pk] for page in pages if page.open_pk])
    return [
        _row(page, regions, evaluations.get(key), progress)
        for page, key in zip(pages, keys, strict=True)
    ]


def _row(
    page: Any,
    regions: dict[str, str],
    evaluation: Evaluation | None,
    progress: dict[int, tuple[int, str]],
) -> DeskRow:
    percent, stuck = progress.get(page.open_pk, (None, ""))
    is_late = page.due_on is not None and page.due_on < timezone.localdate()
    return DeskRow(
        page=page,
        region=regions.get(page.path[: -page.steplen], ""),
        state=_state(page, evaluation),
        evaluation=evaluation,
        percent=percent,
        stuck=stuck,
        finished_on=timezone.localdate(page.finished_at) if page.finished_at else None,
        due_on=page.due_on,
        is_overdue=is_late and page.open_pk is None,
    )


def _state(page: Any, evaluation: Evaluation | None) -> DeskState:
    if page.open_pk is None or evaluation is None:
        return DeskState.DONE if page.closed_pk else DeskState.NONE
    is_shared = evaluation.state == EvaluationState.SHARED
    gathering = is_shared and evaluation.gathered_at is None
    return DeskState.GATHERING if gathering else DeskState.ONGOING


def _progress(evaluations: Sequence[Evaluation]) -> dict[int, tuple[int, str]]:
    """Return the percentage answered and the theme where each is stuck, from stored answers."""
    keys = [evaluation.pk for evaluation in evaluations]
    contents = contents_of({evaluation.version_id for evaluation in evaluations})
    answers: dict[int, dict[str, Answer]] = defaultdict(dict)
    fields = ("evaluation_id", "key", "value", "not_applicable", "reason", "comment")
    for answer in Answer.objects.filter(evaluation__in=keys).only(*fields):
        answers[answer.evaluation_id][answer.key] = answer
    supported = _keys_of(EvidenceFile.objects.filter(evaluation__in=keys))
    waiting = AnswerRevision.objects.filter(conflicting=True, settled_at__isnull=True)
    conflicts = _keys_of(waiting.filter(evaluation__in=keys))
    found = {}
    for one in evaluations:
        themes = progress_of(
            contents[one.version_id], answers[one.pk], supported[one.pk], conflicts[one.pk]
        )
        awaited = sum(theme.awaited for theme in themes)
        answered = sum(theme.answered for theme in themes)
        stuck = next((theme.theme.title for theme in themes if theme.to_do), "")
        found[one.pk] = (100 * answered // awaited if awaited else 100, stuck)
    return found


def _keys_of(rows: Any) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for evaluation, key in rows.order_by().values_list("evaluation_id", "key"):
        found[evaluation].add(key)
    return found
