"""Figures of the progress approach, by region and for the country: never below three initiatives.

Over public listings alone: how many are in an evaluation or have finished one (as their listing
says), and the mean way gone on each theme, over the last finished evaluation of each. A figure is
never a ranking: regions come in the order of their names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import CharField, Count, Sum, Value, Window
from django.db.models.functions import Length, RowNumber, Substr

from bdis_cms.models import InitiativePage, ProgressState, Region
from bdis_evaluation.cycles.campaigns import region_paths, with_region_path
from bdis_evaluation.cycles.suppression import suppress
from bdis_evaluation.models import Evaluation, GridVersion, ThemeResult, VersionStatus
from bdis_evaluation.models.evaluations import EvaluationQuerySet

ThemeKey = tuple[int, str]
_STATES = (ProgressState.ONGOING, ProgressState.DONE)


@dataclass(frozen=True)
class Figure:
    """A value over ``count`` initiatives; both ``None`` when hidden, ``count`` 0 without any."""

    count: int | None
    value: float | None

    @property
    def is_hidden(self) -> bool:
        """Whether it would tell something of too few."""
        return self.count is None


HIDDEN, NONE = Figure(None, None), Figure(0, None)


@dataclass(frozen=True)
class AggregateTheme:
    """A theme of a grid in force, or of an earlier version."""

    grid: str
    code: str
    title: str
    key: ThemeKey


@dataclass(frozen=True)
class RegionFigures:
    """Figures of a region, ``None`` for the country.

    ``states``: by ``ongoing`` and ``done``, the ``count`` of those that are. ``themes``: by (grid,
    theme), the mean share from 0 to 1 as ``value``.
    """

    region: Region | None
    states: Mapping[str, Figure]
    themes: Mapping[ThemeKey, Figure]


@dataclass(frozen=True)
class ProgressFigures:
    """The country, its regions by name, and the themes that the figures are of."""

    country: RegionFigures
    regions: tuple[RegionFigures, ...]
    themes: tuple[AggregateTheme, ...]


def progress_figures() -> ProgressFigures:
    """Return every figure, small ones hidden with what would reveal them; constant queries."""
    by_path = region_paths()
    states = _states()
    shares = _shares()
    all_states = {state: _figures(states.get(state, {})) for state in _STATES}
    all_shares = {key: _figures(cells) for key, cells in shares.items()}
    paths = sorted(by_path, key=lambda path: by_path[path].name)

    def line(path: str | None) -> RegionFigures:
        return RegionFigures(
            by_path[path] if path else None,
            {state: cells.get(path, NONE) for state, cells in all_states.items()},
            {key: cells.get(path, NONE) for key, cells in all_shares.items()},
        )

    return ProgressFigures(line(None), tuple(line(path) for path in paths), _themes(set(shares)))


Cells = dict[str, tuple[int, float]]  # of a region: how many initiatives, sum of their values


def _figures(cells: Cells) -> dict[str | None, Figure]:
    """Return the figures of one thing by region, ``None`` for the country."""
    numbers = {path: number for path, (number, _sum) in cells.items()}
    hidden = suppress(numbers)
    figures: dict[str | None, Figure] = {
        path: HIDDEN if path in hidden.parts else Figure(number, total / number)
        for path, (number, total) in cells.items()
        if number
    }
    together = sum(numbers.values())
    if together:
        mean = sum(total for _number, total in cells.values()) / together
        figures[None] = HIDDEN if hidden.whole else Figure(together, mean)
    return figures


def _states() -> dict[str, Cells]:
    pages = with_region_path(InitiativePage.objects.public().filter(progress_state__in=_STATES))
    rows = pages.order_by().values_list("region_path", "progress_state").annotate(Count("pk"))
    found: dict[str, Cells] = defaultdict(dict)
    for path, state, number in rows:
        found[state][path] = (number, number)
    return found


def _shares() -> dict[ThemeKey, Cells]:
    results = ThemeResult.objects.filter(
        share__isnull=False,
        evaluation__in=_last_finished().values("pk"),
        evaluation__initiative__in=InitiativePage.objects.public().values("pk"),
    )
    length = Length("evaluation__initiative__path") - Value(InitiativePage.steplen)
    rows = (
        results.annotate(
            path=Substr("evaluation__initiative__path", 1, length, output_field=CharField())
        )
        .order_by()
        .values_list("evaluation__grid", "theme", "path")
        .annotate(Count("pk"), Sum("share"))
    )
    found: dict[ThemeKey, Cells] = defaultdict(dict)
    for grid, theme, path, number, total in rows:
        found[grid, theme][path] = (number, total)
    return found


def _last_finished() -> EvaluationQuerySet:
    """Return the last finished evaluation of each initiative over each grid."""
    # In one pass: asked of each whether another is later, some planners read them all every time.
    rank = Window(RowNumber(), partition_by=["initiative", "grid"], order_by=["-closed_at", "-pk"])
    return Evaluation.objects.closed().order_by().annotate(rank=rank).filter(rank=1)


def _themes(keys: set[ThemeKey]) -> tuple[AggregateTheme, ...]:
    """Name the themes, in the order of their grids; by their last version that has them."""
    versions = GridVersion.objects.filter(grid__in={grid for grid, _theme in keys})
    versions = versions.exclude(status=VersionStatus.DRAFT).select_related("grid")
    named: dict[ThemeKey, AggregateTheme] = {}
    for version in versions.order_by("grid__position", "grid", "-number"):
        for theme in version.content:
            key = (version.grid_id, theme.code)
            if key in keys and key not in named:
                named[key] = AggregateTheme(version.grid.title, theme.code, theme.title, key)
    return tuple(named.values())
