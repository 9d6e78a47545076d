"""What others see of the progress approach of an initiative, theme by theme, as it chose.

It bears on the last evaluation that was finished; before the first, on the one under way, of which
nothing but its themes can be seen. Each level holds the ones before it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from bdis_cms.models import InitiativePage
from bdis_evaluation.cycles.showing import ShownEvolution, show_evolution
from bdis_evaluation.models import (
    Commitment,
    Evaluation,
    EvaluationState,
    Shown,
    ThemeSharing,
)

DEFAULT = Shown.COMMITMENTS
#: The commitments that belong to no theme are chosen together, under this code.
NO_THEME = ""
_CHOICE = ("grid", "theme", "shown")
#: Cycles that a picture on a listing shows.
_MOST_CYCLES = 6

Choices = Mapping[str, str]


@dataclass(frozen=True)
class SharedCommitment:
    """A commitment as others see it: no measure, no owner, no history."""

    aim: str
    theme: str
    state: str
    due_on: datetime.date


@dataclass(frozen=True)
class PublicProgress:
    """What others see; empty parts are those that the initiative keeps to itself."""

    since: datetime.date | None
    is_under_way: bool
    last_finished_on: datetime.date | None
    themes: tuple[str, ...]
    commitments: tuple[SharedCommitment, ...]
    results: tuple[ShownEvolution, ...]


def shown_evaluation(initiative: InitiativePage) -> Evaluation | None:
    """Return the evaluation that others see something of."""
    evaluations = Evaluation.objects.filter(initiative=initiative.pk)
    evaluations = evaluations.select_related("version", "grid")
    closed = evaluations.closed().order_by("-closed_at", "-pk").first()
    return closed or evaluations.open().first()


def choices_of(evaluation: Evaluation) -> dict[str, str]:
    """Return what is shown of each theme, in order; last, of commitments without a theme, if any.

    Where nothing was chosen it is ``DEFAULT``, unless the initiative chose to show nothing wherever
    it chose: another grid, or a new theme, does not show it against its will.
    """
    rows = ThemeSharing.objects.filter(initiative=evaluation.initiative_id)
    chosen = {(grid, theme): shown for grid, theme, shown in rows.values_list(*_CHOICE)}
    default = Shown.NOTHING if chosen and _are_nothing(chosen.values()) else DEFAULT
    codes = [theme.code for theme in evaluation.version.content]
    if evaluation.commitments.filter(theme=NO_THEME).exists():
        codes.append(NO_THEME)
    return {code: chosen.get((evaluation.grid_id, code), default) for code in codes}


def shows_nothing(initiative: InitiativePage) -> bool:
    """Whether the initiative keeps to itself that it is engaged at all: nothing, of any theme."""
    if not ThemeSharing.objects.filter(initiative=initiative.pk, shown=Shown.NOTHING).exists():
        return False
    evaluation = shown_evaluation(initiative)
    return evaluation is not None and hides_all(choices_of(evaluation))


def hides_all(choices: Choices) -> bool:
    """Whether nothing is shown of any theme."""
    return _are_nothing(choices.values())


def _are_nothing(levels: Iterable[str]) -> bool:
    return all(shown == Shown.NOTHING for shown in levels)


def public_progress(initiative: InitiativePage) -> PublicProgress | None:
    """Return what the public sees of the listing, ``None`` when it is nothing."""
    if not initiative.progress_state or not initiative.is_public:
        return None
    evaluation = shown_evaluation(initiative)
    if evaluation is None:
        return None
    return progress_shown(initiative, evaluation, choices_of(evaluation))


def progress_shown(
    initiative: InitiativePage, evaluation: Evaluation, choices: Choices
) -> PublicProgress | None:
    """Return what others would see with these choices."""
    if hides_all(choices):
        return None
    content = evaluation.version.content
    evaluations = Evaluation.objects.filter(initiative=initiative.pk)
    first = evaluations.exclude(state=EvaluationState.ABANDONED).order_by("started_at").first()
    is_closed = evaluation.state == EvaluationState.CLOSED
    return PublicProgress(
        since=timezone.localdate(first.started_at) if first else None,
        is_under_way=evaluations.open().exists(),
        last_finished_on=timezone.localdate(evaluation.closed_at) if is_closed else None,
        themes=tuple(t.title for t in content if choices[t.code] != Shown.NOTHING),
        commitments=_commitments(evaluation, choices) if is_closed else (),
        results=_results(evaluation, choices) if is_closed else (),
    )


def _commitments(evaluation: Evaluation, choices: Choices) -> tuple[SharedCommitment, ...]:
    wide = (Shown.COMMITMENTS, Shown.RESULTS)
    content = evaluation.version.content

    def shared(one: Commitment) -> SharedCommitment:
        theme = content.theme(one.theme)
        return SharedCommitment(one.aim, theme.title if theme else "", one.state, one.due_on)

    made = evaluation.commitments.all()
    return tuple(shared(one) for one in made if choices.get(one.theme) in wide)


def _results(evaluation: Evaluation, choices: Choices) -> tuple[ShownEvolution, ...]:
    codes = {code for code, shown in choices.items() if shown == Shown.RESULTS}
    if not codes:
        return ()
    cycles = closed_cycles(evaluation)[-_MOST_CYCLES:]
    return tuple(one for one in show_evolution(cycles) if one.code in codes)


def closed_cycles(evaluation: Evaluation) -> Sequence[Evaluation]:
    """Return the finished evaluations of the same initiative and grid, oldest first."""
    closed = Evaluation.objects.closed().filter(
        initiative=evaluation.initiative_id, grid=evaluation.grid_id
    )
    return list(
        closed.select_related("version", "grid", "meeting")
        .prefetch_related("answers", "meeting__agreed")
        .order_by("closed_at", "pk")
    )
