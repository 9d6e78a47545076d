"""Two cycles side by side, theme by theme, and the way over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bdis_cms.space.access import get_own_initiative, space_page
from bdis_evaluation.cycles.comparing import Compared, compare, reasons
from bdis_evaluation.cycles.sharing import closed_cycles
from bdis_evaluation.cycles.showing import cycle_names, show_evolution
from bdis_evaluation.cycles.space.forms import CyclesForm
from bdis_evaluation.models import Evaluation
from bdis_evaluation.pictures.bars import Bar, bar

#: Evaluations that one may choose from.
_MOST = 30


@dataclass(frozen=True)
class ShownRow:
    """A question in two cycles, with its picture and, when it changed, the reason."""

    compared: Compared
    bar: Bar | None
    reason: str

    @property
    def direction(self) -> str:
        """How it moved, "" when the two cannot be compared."""
        moved = self.compared.moved
        if moved is None:
            return ""
        return "same" if abs(moved) < 0.005 else "further" if moved > 0 else "less"


@dataclass(frozen=True)
class ShownTheme:
    """The questions of a theme."""

    title: str
    rows: tuple[ShownRow, ...]

    @property
    def comparable(self) -> int:
        """How many questions both cycles asked in the same way."""
        return sum(row.compared.is_comparable for row in self.rows)


@require_safe
@space_page
def comparison(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare two finished evaluations of one grid, by default the last two."""
    page = get_own_initiative(request, pk)
    closed = Evaluation.objects.closed().filter(initiative=page).select_related("grid")
    cycles = list(closed.order_by("-closed_at", "-pk")[:_MOST])
    asked = {name: request.GET[name] for name in ("de", "a") if name in request.GET}
    form = CyclesForm(asked or _last_two(cycles), cycles=closed)
    context: dict[str, Any] = {"page": page, "form": form, "cycles": cycles}
    if len(cycles) > 1 and form.is_valid():
        context |= _compared(form.cleaned_data["de"], form.cleaned_data["a"])
    elif not asked:
        form.errors.clear()
    status = 422 if form.errors else 200
    return render(request, "bdis_evaluation/cycles/compare.html", context, status=status)


def _last_two(cycles: Sequence[Evaluation]) -> dict[str, Any]:
    """Return the last cycle that has one of the same grid before it, and that one."""
    for number, later in enumerate(cycles):
        earlier = (one for one in cycles[number + 1 :] if one.grid_id == later.grid_id)
        if found := next(earlier, None):
            return {"de": found.pk, "a": later.pk}
    return {}


def _compared(earlier: Evaluation, later: Evaluation) -> dict[str, Any]:
    all_cycles = closed_cycles(later)
    by_pk = {one.pk: one for one in all_cycles}
    earlier, later = by_pk[earlier.pk], by_pk[later.pk]
    why = reasons(earlier.version, later.version)
    themes: dict[str, list[ShownRow]] = {}
    for row in compare(earlier, later):
        themes.setdefault(row.theme, []).append(_row(row, why))
    names = dict(zip(by_pk, cycle_names(all_cycles), strict=True))
    return {
        "earlier": earlier,
        "later": later,
        "earlier_name": names[earlier.pk],
        "later_name": names[later.pk],
        "themes": [ShownTheme(title, tuple(rows)) for title, rows in themes.items()],
        "evolution": [one for one in show_evolution(all_cycles) if one.asked],
    }


def _row(row: Compared, why: dict[str, str]) -> ShownRow:
    drawn = None
    if row.moved is not None and row.later_share is not None:
        drawn = bar(row.later_share, row.earlier_share)
    return ShownRow(row, drawn, "" if row.is_comparable else why.get(row.question.key, ""))
