"""Widgets of the editing forms: pickers of terms, autocompletes of territories, the map.

The models' editing forms import this module: it imports models inside functions only.
"""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.admin.telepath import register
from wagtail.admin.telepath.widgets import WidgetAdapter
from wagtailgeowidget.helpers import geosgeometry_str_to_struct
from wagtailgeowidget.widgets import LeafletField

from bdis_cms.admin.keys import whole_key
from bdis_cms.text import fold


class SiteTemplateMixin:
    """Render with the site's template loaders: Django's form renderer only knows apps'."""

    def _render(
        self, template_name: str, context: dict[str, Any], renderer: Any = None
    ) -> SafeString:
        return render_to_string(template_name, context)


class TermPicker(SiteTemplateMixin, forms.SelectMultiple):
    """Terms of a nomenclature as a list to tick, filtered by typing; a tree keeps its indents.

    ``single=True`` makes it a list of which one, or none, is chosen.
    """

    template_name = "bdis_cms/admin/widgets/term_picker.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, single: bool = False) -> None:
        super().__init__(attrs)
        self.single = single
        self.allow_multiple_selected = not single

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if self.single:
            return data.get(name)
        return super().value_from_datadict(data, files, name)

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}-filter" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = forms.Widget.get_context(self, name, value, attrs)
        if value in (None, ""):
            chosen = set()
        else:
            chosen = {
                str(item) for item in (value if isinstance(value, (list, tuple)) else [value])
            }
        context["widget"]["single"] = self.single
        choices: Any = self.choices  # the iterator of a model field: its keys hold their terms
        context["widget"]["is_tree"] = hasattr(choices.queryset.model, "depth")
        context["widget"]["terms"] = [
            {
                "value": str(key),
                "label": label,
                "indent": range(getattr(key.instance, "depth", 1) - 1),
                "search": fold(f"{label} {key.instance.synonyms}"),
                "selected": str(key) in chosen,
            }
            for key, label in choices
            if str(key)
        ]
        return context

    class Media:
        css = {"all": ["bdis/admin/widgets.css"]}
        js = ["bdis/admin/term-picker.js"]


class CommuneAutocomplete(SiteTemplateMixin, forms.TextInput):
    """One commune among 35,000, found by name or postcode; the value is its key."""

    input_type = "hidden"
    template_name = "bdis_cms/admin/widgets/autocomplete.html"

    @property
    def is_hidden(self) -> bool:
        return False

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}-search" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        key = whole_key(context["widget"]["value"])
        commune = None
        if key:
            commune = apps.get_model("bdis_cms", "Commune").objects.filter(pk=key).first()
        context["widget"].update(
            chosen=str(commune or ""),
            url=reverse("bdis_admin:communes"),
            multiple=False,
            placeholder=_("Name or postcode"),
            described_by=context["widget"]["attrs"].get("aria-describedby"),
        )
        return context

    class Media:
        css = {"all": ["bdis/admin/widgets.css"]}
        js = ["bdis/admin/autocomplete.js"]


class TerritoriesAutocomplete(SiteTemplateMixin, forms.TextInput):
    """Territories of any level, added one by one; the value is a JSON list of "level:code"."""

    input_type = "hidden"
    template_name = "bdis_cms/admin/widgets/autocomplete.html"

    @property
    def is_hidden(self) -> bool:
        return False

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}-search" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        from bdis_cms.admin.territory_search import labels_of

        context = super().get_context(name, value, attrs)
        try:
            keys = [str(key) for key in json.loads(context["widget"]["value"] or "[]")]
        except (TypeError, ValueError):
            keys = []
        context["widget"].update(
            items=labels_of(keys),
            url=reverse("bdis_admin:territories"),
            multiple=True,
            placeholder=_("Region, département, intermunicipality, commune, “France”…"),
            described_by=context["widget"]["attrs"].get("aria-describedby"),
        )
        return context

    class Media:
        css = {"all": ["bdis/admin/widgets.css"]}
        js = ["bdis/admin/autocomplete.js"]


class SeatMapField(SiteTemplateMixin, LeafletField):
    """The map of wagtail-geo-widget, served by this site alone.

    Leaflet is the vendored one; addresses are found by our own view; without ``BDIS_TILE_URL``
    the bundled outline of the country is drawn. The value is "SRID=4326;POINT(lon lat)".
    """

    template_name = "bdis_cms/admin/widgets/seat_map.html"

    @property
    def is_hidden(self) -> bool:
        return False

    def build_attrs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return forms.HiddenInput.build_attrs(self, *args, **kwargs)

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        return self._render(self.template_name, self.get_context(name, value, attrs))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        point = geosgeometry_str_to_struct(value) if isinstance(value, str) and value else None
        context["widget"].update(
            latitude=point["y"] if point else "",
            longitude=point["x"] if point else "",
            options=json.dumps(
                {
                    "geocodeUrl": reverse("bdis_admin:geocode"),
                    "iconPath": static("bdis/vendor/leaflet/images/marker-icon.png"),
                    "iconRetinaPath": static("bdis/vendor/leaflet/images/marker-icon-2x.png"),
                    "shadowPath": static("bdis/vendor/leaflet/images/marker-shadow.png"),
                    "outlineUrl": static("bdis/geo/france.json"),
                    "tileUrl": getattr(settings, "BDIS_TILE_URL", ""),
                    "tileAttribution": getattr(settings, "BDIS_TILE_ATTRIBUTION", ""),
                    "zoom": self.zoom,
                    "messages": {
                        "found": _("Point placed on: %s. Drag it if it is not quite right."),
                        "notFound": _(
                            "Nothing found at this address. Drag the point, or check the commune."
                        ),
                        "failed": _("The search for addresses does not answer. Drag the point."),
                        "moved": _("Point placed by hand."),
                        "outside": _(
                            "A latitude goes from -90 to 90, a longitude from -180 to 180."
                        ),
                        "marker": _("Seat of the initiative: drag to move"),
                    },
                }
            ),
        )
        return context

    @property
    def media(self) -> forms.Media:  # type: ignore[override]
        return forms.Media(
            css={"all": ["bdis/vendor/leaflet/leaflet.css", "bdis/admin/widgets.css"]},
            js=["bdis/vendor/leaflet/leaflet.js", "bdis/admin/seat-map.js"],
        )


class RenderedOnceAdapter(WidgetAdapter):
    """Tell the editor's scripts of a widget that only the server renders.

    Wagtail would otherwise send each widget a second time, with its hundreds of terms.
    """

    def js_args(self, widget: forms.Widget) -> list[Any]:
        return ['<input type="hidden" name="__NAME__" id="__ID__">']


class TermPickerAdapter(RenderedOnceAdapter):
    """The terms are radio buttons or boxes to tick."""

    js_constructor = "wagtail.widgets.RadioSelect"


register(TermPickerAdapter(), TermPicker)
for widget_class in (CommuneAutocomplete, TerritoriesAutocomplete, SeatMapField):
    register(RenderedOnceAdapter(), widget_class)
