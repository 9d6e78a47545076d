"""Choosing what others see, which the listing then says or keeps to itself."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from bdis_evaluation.cycles.sharing import Choices, choices_of
from bdis_evaluation.evaluating.beginning import say_progress
from bdis_evaluation.models import Evaluation, Shown, ThemeSharing

LOG_SHARE = "bdis_evaluation.share"


@transaction.atomic
def share(evaluation: Evaluation, choices: Choices, *, user: Any) -> None:
    """Show of each theme what ``choices`` say, by its code; other themes stay as they are.

    Raises ``ValueError`` for a theme or a level that there is not.
    """
    before = choices_of(evaluation)
    if unknown := set(choices) - set(before) | set(choices.values()) - set(Shown.values):
        raise ValueError(f"{sorted(unknown)}: no such theme or level; see choices_of().")
    # All are written: what was shown by default stays so, whatever the others become.
    for code, shown in (before | dict(choices)).items():
        ThemeSharing.objects.update_or_create(
            initiative_id=evaluation.initiative_id,
            grid_id=evaluation.grid_id,
            theme=code,
            defaults={"shown": shown},
        )
    if changed := {code: str(shown) for code, shown in choices.items() if before[code] != shown}:
        log(instance=evaluation, action=LOG_SHARE, user=user, data={"shown": changed})
    say_progress(evaluation.initiative, user=user)
