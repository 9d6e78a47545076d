"""System checks of evaluations."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from bdis_evaluation.cycles.rhythm import DEFAULT_MONTHS, may_be_a_rhythm
from bdis_evaluation.models.cycles import LONGEST_MONTHS, SHORTEST_MONTHS


@register
def check_months(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a rhythm that no initiative could choose."""
    months = getattr(settings, "BDIS_EVALUATION_MONTHS", DEFAULT_MONTHS)
    if may_be_a_rhythm(months):
        return []
    return [
        Error(
            f"BDIS_EVALUATION_MONTHS is {months!r}: evaluations are {SHORTEST_MONTHS} to "
            f"{LONGEST_MONTHS} months apart.",
            hint=f"Set it to a whole number of months, such as {DEFAULT_MONTHS}.",
            id="bdis_evaluation.E001",
        )
    ]
