"""The values of facets as rows of HTML.

A page has hundreds of them: they are written here at once, without a template for each. Every
label and code is escaped where it enters a row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bdis_cms.templatetags.bdis import NARROW_SPACE, icon
from bdis_cms.text import fold
from bdis_search.facets import is_translated
from bdis_search.links import SearchLinks
from bdis_search.query import FacetValue

# Levels of a tree whose values are sent closed; deeper ones come once something above is chosen.
SENT_LEVELS = 2
# Values shown of those that match what is typed.
MOST_MATCHES = 100


@dataclass
class FacetRows:
    """Writes the rows of the facet ``name``.

    ``typed`` are the values that the address holds: one that is selected without being there comes
    from « Où ? », and is locked. ``ticked`` collects (value, label) of those that are not locked.
    """

    name: str
    typed: frozenset[str]
    links: SearchLinks
    ticked: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        language = (get_language() or "fr")[:2]
        self._thousands = "," if language == "en" else NARROW_SPACE
        self._lang = ' lang="fr"' if language != settings.LANGUAGE_CODE[:2] else ""
        self._branch = escape(_("In detail: %(label)s"))
        self._name = escape(self.name)

    def rows(self, values: tuple[FacetValue, ...], visible: int) -> SafeString:
        """Return the rows of ``values``; those after the ``visible`` first ones are folded.

        The stylesheet unfolds them on request, and never folds what is ticked.
        """
        return mark_safe(  # noqa: S308 - labels and codes are escaped in each row
            "".join(
                self._node(value, parent="", level=1, folded=rank >= visible)
                for rank, value in enumerate(values)
            )
        )

    def matching(self, values: tuple[FacetValue, ...], text: str) -> tuple[SafeString, int]:
        """Return the rows of all values, at any level, a word of which begins so; their number.

        What is ticked and does not match is there too, hidden: the form must not forget it.
        """
        wanted = fold(text)
        found: list[str] = []
        kept: list[str] = []
        number = 0
        for value, parent, above in _flat(values):
            if f" {wanted}" in f" {fold(value.label)}":
                number += 1
                if number <= MOST_MATCHES:
                    found.append(self._row(value, parent=parent, above=above))
            elif value.selected and value.value in self.typed:
                kept.append(self._row(value, parent=parent, attributes=" hidden"))
        return mark_safe("".join(found + kept)), number  # noqa: S308 - as above

    def _node(self, value: FacetValue, *, parent: str, level: int, folded: bool = False) -> str:
        if value.selected and value.value in self.typed:
            self.ticked.append((value.value, value.label))
        css_class = " folded" if folded else ""
        if not value.children:
            return self._row(value, parent=parent, css_class=css_class)
        own = value.value if value.selected and value.value in self.typed else parent
        is_open = holds_chosen(value)
        if level >= SENT_LEVELS and not is_open:
            return self._row(value, parent=parent, css_class=css_class)
        children = "".join(
            self._node(child, parent=own, level=level + 1)
            for child in value.children
            if child.count or holds_chosen(child)
        )
        if not children:
            return self._row(value, parent=parent, css_class=css_class)
        label = escape(value.label)
        return (
            f'<div class="facet-node{css_class}">{self._row(value, parent=parent)}'
            f'<details class="facet-branch" id="b-{self._name}-{escape(value.value)}"'
            f'{" open" if is_open else ""}><summary><span class="visually-hidden">'
            f"{self._branch % {'label': label}}</span>{icon('chevron-down')}</summary>"
            f'<div class="facet-children">{children}</div></details></div>'
        )

    def _row(
        self,
        value: FacetValue,
        *,
        parent: str,
        css_class: str = "",
        above: str = "",
        attributes: str = "",
    ) -> str:
        """Return a value to tick; under a ``parent`` that is ticked, a link that replaces it."""
        lang = self._lang if self._lang and not is_translated(self.name, value.value) else ""
        more = f"<small>{escape(above)}</small>" if above else ""
        label = f"<span{lang}>{escape(value.label)}{more}</span>"
        count = f'<span class="count">{f"{value.count:,}".replace(",", self._thousands)}</span>'
        if parent and not value.selected:
            url = escape(self.links.narrowing(self.name, parent, value.value))
            return (
                f'<a class="facet-value{css_class}" href="{url}">'
                f"{icon('chevron-right')}{label}{count}</a>"
            )
        state = " checked" if value.selected else ""
        if value.selected and (parent or value.value not in self.typed):
            state += " disabled"
        css_class += "" if value.count else " no-result"
        code = escape(value.value)
        return (
            f'<label class="facet-value{css_class}"{attributes}><input type="checkbox"'
            f' id="f-{self._name}-{code}" name="{self._name}" value="{code}"{state}>'
            f"{label}{count}</label>"
        )


def holds_chosen(value: FacetValue) -> bool:
    """Whether the value is chosen, or something below it."""
    return value.selected or any(map(holds_chosen, value.children))


def _flat(
    values: tuple[FacetValue, ...], parent: str = "", above: str = ""
) -> list[tuple[FacetValue, str, str]]:
    """Return (value, ticked ancestor or "", label of what is above) of values at every level."""
    found = []
    for value in values:
        found.append((value, parent, above))
        found += _flat(value.children, value.value if value.selected else parent, value.label)
    return found
