"""What pages say of the progress approach of an initiative."""

from __future__ import annotations

from django import template

from bdis_cms.models import InitiativePage
from bdis_evaluation.cycles.sharing import PublicProgress
from bdis_evaluation.cycles.sharing import public_progress as seen_by_all
from bdis_evaluation.pictures.words import way_words

register = template.Library()


@register.simple_tag
def public_progress(page: InitiativePage) -> PublicProgress | None:
    """Return what everybody sees of the approach of ``page``; ``None`` when it is nothing."""
    return seen_by_all(page)


register.filter("way", way_words)


@register.filter
def percent(share: float | None) -> str:
    """Write a share from 0 to 1: « 62 % »; "" for none."""
    return "" if share is None else f"{round(share * 100)}\u202f%"
