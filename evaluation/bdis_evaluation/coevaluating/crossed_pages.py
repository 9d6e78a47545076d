"""« Regards croisés »: the answers of the initiative beside those of others, to talk about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from bdis_cms.space.access import space_page
from bdis_evaluation.coevaluating.access import gathering_url, get_own_evaluation
from bdis_evaluation.coevaluating.meeting import meeting_of
from bdis_evaluation.coevaluating.side_by_side import FEWEST, Row, Spread, side_by_side
from bdis_evaluation.coevaluating.tallying import tally
from bdis_evaluation.evaluating.reading import said
from bdis_evaluation.evaluating.saving import Given
from bdis_evaluation.grids.content import Theme
from bdis_evaluation.grids.kinds import kind_of
from bdis_evaluation.models import Evaluation, InvitedGroup

_BAR = 100  # units of the drawing
#: Kinds whose possible answers are known: the one nearest to a mean can be named.
_IN_WORDS = ("level", "yes_no")


@dataclass(frozen=True)
class Bar:
    """How many said a thing, and how long its bar is."""

    words: str
    count: int
    width: int
    is_own: bool


@dataclass(frozen=True)
class Bars:
    """What a group said, as bars with words."""

    label: str
    count: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class CrossedQuestion:
    """A question with both points of view, in words."""

    row: Row
    theme: Theme
    own: str
    spreads: tuple[Bars, ...]
    others: str
    divergence: str


@require_safe
@space_page
def crossed(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Show both points of view, theme by theme, what diverges first; not before the end."""
    evaluation = get_own_evaluation(request, pk, evaluation_pk)
    if evaluation.gathered_at is None:
        return redirect(gathering_url(evaluation))
    themes = cross(evaluation)
    context = {
        "page": evaluation.initiative,
        "evaluation": evaluation,
        "themes": themes,
        "divergences": divergences(themes),
        "tally": tally(evaluation),
        "meeting": meeting_of(evaluation),
        "fewest": FEWEST,
    }
    return render(request, "bdis_evaluation/coevaluating/crossed.html", context)


def cross(evaluation: Evaluation) -> list[tuple[Theme, list[CrossedQuestion]]]:
    """Return every question in words; raises ``GatheringNotOver``."""
    return [
        (theme, [_in_words(theme, row) for row in rows]) for theme, rows in side_by_side(evaluation)
    ]


def divergences(themes: list[tuple[Theme, list[CrossedQuestion]]]) -> list[CrossedQuestion]:
    """Return the questions to talk about, the furthest apart first."""
    found = [one for _theme, asked in themes for one in asked if one.divergence]
    return sorted(found, key=lambda one: -abs(one.row.gap or 0))


def _in_words(theme: Theme, row: Row) -> CrossedQuestion:
    own = said(row.question, Given.of(row.own))
    spreads = [_bars(_("All stakeholders"), row.stakeholders, own)] if row.stakeholders else []
    spreads += [_bars(str(InvitedGroup(one.group).label), one, own) for one in row.groups]
    others = _others(row)
    divergence = ""
    if row.diverges:
        divergence = _("You and others do not see this alike.")
    if row.diverges and others:
        words = {"own": own, "others": others}
        divergence = _("You see yourselves at “%(own)s”; %(others)s") % words
    return CrossedQuestion(row, theme, own, tuple(spreads), others, divergence)


def _bars(label: str, spread: Spread, own: str) -> Bars:
    return Bars(
        label,
        spread.count,
        tuple(
            Bar(words, count, round(_BAR * count / spread.count), words == own)
            for words, count in spread.values
        ),
    )


def _others(row: Row) -> str:
    """Say where the others rather are, ``""`` when nothing can be said of it in words."""
    if row.question.kind not in _IN_WORDS:
        return ""
    parts = []
    if row.stakeholders and row.stakeholders.mean is not None:
        nearest = _nearest(row, row.stakeholders.mean)
        parts.append(_("your stakeholders rather at “%(level)s”") % {"level": nearest})
    shares = [one.share for one in row.peers if one.share is not None]
    if shares:
        nearest = _nearest(row, sum(shares) / len(shares))
        words = ngettext(
            "your peer rather at “%(level)s”", "your peers rather at “%(level)s”", len(shares)
        )
        parts.append(words % {"level": nearest})
    return ", ".join(parts) + "." if parts else ""


def _nearest(row: Row, share: float) -> str:
    """Return, in words, the possible answer whose share is nearest to ``share``."""
    question, kind = row.question, kind_of(row.question)
    levels = question.options.get("levels")
    values: list[Any] = list(range(len(levels))) if levels else [False, True]
    nearest = min(values, key=lambda value: abs((kind.share(question, value) or 0) - share))
    return kind.display(question, nearest)
