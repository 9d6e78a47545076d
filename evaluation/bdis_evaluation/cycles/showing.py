"""Cycles as pages show them: named by their dates, drawn, and in figures beside the picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from bdis_evaluation.cycles.evolution import ThemeEvolution, evolution
from bdis_evaluation.cycles.results import counted_answers, theme_result
from bdis_evaluation.models import Evaluation
from bdis_evaluation.pictures.bars import Bar, Line, bar, line


@dataclass(frozen=True)
class ShownCycle:
    """A cycle in the table beside a picture; ``share`` from 0 to 1, or ``None``."""

    name: str
    share: float | None


@dataclass(frozen=True)
class ShownEvolution:
    """A theme: where it stands on all that is asked today, and its way on what stayed the same.

    ``line`` is ``None`` with a single cycle, or when nothing in two of them can be compared.
    """

    code: str
    title: str
    share: float | None  # of the last cycle, on every question
    bar: Bar | None
    line: Line | None
    cycles: tuple[ShownCycle, ...]
    compared: int
    asked: int


def cycle_names(evaluations: Sequence[Evaluation]) -> list[str]:
    """Name cycles by their year, and by their month too where a year has several."""
    days = [timezone.localdate(one.closed_at or one.started_at) for one in evaluations]
    years = Counter(day.year for day in days)
    return [f"{day:%m/%Y}" if years[day.year] > 1 else f"{day.year}" for day in days]


def show_evolution(cycles: Sequence[Evaluation]) -> list[ShownEvolution]:
    """Return the themes of the last of ``cycles``, finished, of one grid, oldest first."""
    if not cycles:
        return []
    answers, names = counted_answers(cycles[-1]), cycle_names(cycles)
    return [_shown(one, theme_result(one.theme, answers).share, names) for one in evolution(cycles)]


def _shown(one: ThemeEvolution, share: float | None, names: Sequence[str]) -> ShownEvolution:
    shares = [point.share for point in one.points]
    pairs = list(zip(names, shares, strict=True)) if one.is_comparable else []
    drawn = len([share for share in shares if share is not None]) > 1
    return ShownEvolution(
        code=one.theme.code,
        title=one.theme.title,
        share=share,
        bar=None if share is None else bar(share),
        line=line(pairs) if drawn else None,
        cycles=tuple(ShownCycle(*pair) for pair in pairs),
        compared=one.compared,
        asked=one.asked,
    )
