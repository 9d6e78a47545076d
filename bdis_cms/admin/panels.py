"""Panels of the editing forms.

The models' editing forms import this module: it imports no model.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from wagtail.admin.compare import FieldComparison, TextFieldComparison
from wagtail.admin.panels import FieldPanel
from wagtailgeowidget.panels import LeafletPanel

from bdis_cms.admin.widgets import SeatMapField


class SeatMapPanel(LeafletPanel):
    """The Leaflet panel of wagtail-geo-widget over our two columns, without any third party."""

    def widget_overrides(self) -> dict[str, Any]:
        return {self.field_name: SeatMapField(zoom=self.zoom, srid=4326, id_prefix="id_")}

    class BoundPanel(LeafletPanel.BoundPanel):
        def get_comparison(self) -> list[Any]:
            fields = self.panel.model._meta
            return [
                partial(FieldComparison, fields.get_field(name))
                for name in ("latitude", "longitude")
            ]


class TerritoriesComparison(TextFieldComparison):
    """Territories served, before and after, by name."""

    def __init__(self, label: str, before: Any, after: Any) -> None:
        self.label = label
        self.val_a, self.val_b = (
            ", ".join(str(area) for area in page.served_areas.all()) for page in (before, after)
        )

    def field_label(self) -> str:
        return self.label


class TerritoriesPanel(FieldPanel):
    """The field of the territories served; revisions are compared through the relation."""

    class BoundPanel(FieldPanel.BoundPanel):
        def get_comparison(self) -> list[Any]:
            return [partial(TerritoriesComparison, self.heading)]
