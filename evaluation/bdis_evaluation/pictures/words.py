"""The way gone on a theme, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def way_words(share: float | None) -> str:
    """Say a share from 0 to 1 in words: a way gone, not a mark."""
    if share is None:
        return _("Told in words, not drawn")
    steps = (
        (0.125, pgettext("way", "At the start")),
        (0.375, pgettext("way", "First steps")),
        (0.625, pgettext("way", "Half-way")),
        (0.875, pgettext("way", "Well in place")),
    )
    return next((words for most, words in steps if share < most), pgettext("way", "Shared beyond"))
