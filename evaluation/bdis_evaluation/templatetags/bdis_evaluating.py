"""What the pages of evaluations say."""

from __future__ import annotations

from typing import Any

from django import template

from bdis_evaluation.evaluating.showing import clock as said_clock
from bdis_evaluation.grids.content import GridContent

register = template.Library()


@register.filter
def clock(moment: Any) -> str:
    """Write a time of the day as it is said: « 14 h 32 »."""
    return said_clock(moment)


@register.filter
def theme_title(content: GridContent, code: str) -> str:
    """Name the theme of that code; "" when the grid has none."""
    theme = content.theme(code)
    return theme.title if theme else ""
