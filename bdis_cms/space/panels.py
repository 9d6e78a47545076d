"""What other parts of the directory hang in the space of an initiative."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from bdis_cms.models import InitiativePage

HOOK = "register_bdis_space_panel"
_KEPT = "_bdis_space_panels"


@dataclass(frozen=True, slots=True)
class SpacePanel:
    """A section of an initiative's space, returned by a function hooked on ``HOOK``.

    ``template`` is included with ``context`` (plus ``page`` and ``request``) and nothing else.
    ``todo`` says what is to be done first, in one sentence; "" when there is nothing to do. ``url``
    with ``label`` adds a link to the navigation of the space; lowest ``order`` comes first.
    """

    order: int
    title: str
    template: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    todo: str = ""
    url: str = ""
    label: str = ""


def space_panels(request: HttpRequest, page: InitiativePage) -> list[SpacePanel]:
    """Return the panels of the space of ``page``, in order; asked once per request."""
    kept: dict[int, list[SpacePanel]] = request.__dict__.setdefault(_KEPT, {})
    if page.pk not in kept:
        given = (function(request, page) for function in hooks.get_hooks(HOOK))
        kept[page.pk] = sorted((panel for panel in given if panel), key=lambda panel: panel.order)
    return kept[page.pk]
