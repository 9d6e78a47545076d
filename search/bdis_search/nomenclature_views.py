"""The classifications as the public pages show them."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bdis_cms.models import Activity, Family
from bdis_search.query import Results

HUES = {
    1: _("Food and farming"),
    2: _("Reuse and repair"),
    3: _("Places and local life"),
    4: _("Exchange and finance"),
    5: _("Work and integration"),
    6: _("Housing, energy, mobility, nature"),
    7: _("Care, childhood, culture"),
    8: _("Co-operation and support"),
}


@dataclass
class Node:
    """An activity with its count, its address and its children."""

    label: str
    url: str
    count: int
    children: list[Node] = field(default_factory=list)


def activity_tree(results: Results) -> list[Node]:
    """Return the tree of activities, counted with their descendants."""
    numbers = results.counts.get("activity", {})
    roots: list[Node] = []
    by_path: dict[str, Node] = {}
    for item in Activity.objects.order_by("path"):
        url = reverse("bdis_search:activity", args=[item.code])
        node = Node(item.label, url, numbers.get(item.code, 0))
        by_path[item.path] = node
        parent = by_path.get(item.path[: -Activity.steplen])
        (parent.children if parent else roots).append(node)
    return roots


def families_by_hue(results: Results) -> list[dict[str, object]]:
    """Return the families in their eight groups: [{"hue", "title", "families"}]."""
    numbers = results.counts.get("family", {})
    groups: dict[int, list[dict[str, object]]] = {}
    for family in Family.objects.order_by("label_fr"):
        groups.setdefault(family.hue, []).append(
            {
                "label": family.label,
                "icon": family.icon,
                "hue": family.hue,
                "url": reverse("bdis_search:family", args=[family.code]),
                "count": numbers.get(family.code, 0),
            }
        )
    return [
        {"hue": hue, "title": HUES.get(hue, ""), "families": groups[hue]} for hue in sorted(groups)
    ]
