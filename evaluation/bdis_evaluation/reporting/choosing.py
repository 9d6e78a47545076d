"""What the initiative puts in its report; it travels in the address, nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from bdis_evaluation.grids.content import GridContent

#: Parts that may be left out or put in: (name, label, whether it is there by default).
PARTS = (
    ("evolution", _("Evolution over the cycles"), True),
    ("others", _("What others said, and what was agreed"), True),
    ("commitments", _("Commitments, and what became of the earlier ones"), True),
    ("answers", _("Every answer in full"), False),
    ("comments", _("Our comments on our answers"), False),
)
_SENT = "choisi"


@dataclass(frozen=True)
class Choice:
    """Codes of the themes, in the order of the grid, and names of the parts."""

    themes: tuple[str, ...]
    parts: frozenset[str]

    @property
    def query(self) -> str:
        """The choice as a query string: the same report again."""
        pairs = [(_SENT, "1"), *(("theme", code) for code in self.themes)]
        pairs += [("part", name) for name, _label, _default in PARTS if name in self.parts]
        return urlencode(pairs)


def read_choice(data: Mapping[str, Any], content: GridContent) -> Choice:
    """Return what a form or a link asks for; the default when it asks for nothing.

    Without any theme, every theme: a report says something. Comments go with answers only.
    """
    codes = [theme.code for theme in content]
    if not data.get(_SENT):
        return Choice(tuple(codes), frozenset(name for name, _label, there in PARTS if there))
    asked = set(data.getlist("theme"))  # type: ignore[attr-defined]
    parts = set(data.getlist("part")) & {name for name, *_rest in PARTS}  # type: ignore[attr-defined]
    if "answers" not in parts:
        parts.discard("comments")
    kept = tuple(code for code in codes if code in asked) or tuple(codes)
    return Choice(kept, frozenset(parts))
