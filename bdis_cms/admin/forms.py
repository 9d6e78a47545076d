"""The form behind the editing views of listings.

The models' editing forms import this module: it imports models inside functions only.
"""

from __future__ import annotations

import json
import re
from math import asin, cos, radians, sin, sqrt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.fr import siret as siret_number

from bdis_cms.admin.editorial_form import EditorialPageForm
from bdis_cms.admin.widgets import SeatMapField, TerritoriesAutocomplete

#: Farther than this from its commune, a point is a mistake (the widest commune is 140 km across).
FARTHEST_FROM_COMMUNE_KM = 60.0
_POINT = re.compile(r"^(?:SRID=4326;)?POINT\s?\((-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?)\)$")


class PointField(forms.Field):
    """A point as "SRID=4326;POINT(lon lat)"; cleans to ``(latitude, longitude)`` or ``None``."""

    widget = SeatMapField

    def to_python(self, value: Any) -> tuple[float, float] | None:
        text = str(value or "").strip()
        if not text:
            return None
        match = _POINT.match(text)
        if match is None:
            raise ValidationError(_("This is not a point: give a latitude and a longitude."))
        longitude, latitude = map(float, match.groups())
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ValidationError(
                _("A latitude goes from -90 to 90, a longitude from -180 to 180.")
            )
        return latitude, longitude

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class TerritoriesField(forms.Field):
    """Territories as a JSON list of "level:code"; cleans to a list of ``(level, code)``."""

    widget = TerritoriesAutocomplete

    def to_python(self, value: Any) -> list[tuple[str, str]]:
        from bdis_cms.admin.territory_search import labels_of

        if not value:
            return []
        try:
            keys = [str(key) for key in json.loads(value)]
        except (TypeError, ValueError) as error:
            raise ValidationError(_("The list of territories cannot be read.")) from error
        known = {item["key"] for item in labels_of(keys)}
        for key in keys:
            if key not in known:
                raise ValidationError(
                    _("“%(key)s” is not a territory: choose one of the list."),
                    params={"key": key},
                )
        pairs = (key.partition(":") for key in dict.fromkeys(keys))
        return [(level, code) for level, _colon, code in pairs]

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return json.loads(initial or "[]") != json.loads(data or "[]")
        except ValueError:
            return True


class SiretField(forms.CharField):
    """A SIRET as people paste it, with its spaces; cleans to 14 digits (the model checks them)."""

    def to_python(self, value: Any) -> str:
        return str(siret_number.compact(super().to_python(value) or ""))


class InitiativePageForm(EditorialPageForm):
    """Editing form of a listing: the point and the territories served have fields of their own."""

    siret = SiretField(label="SIRET", required=False, max_length=20)

    location = PointField(label=_("Point on the map"), required=False)
    served_territories = TerritoriesField(
        label=_("Territories served"),
        required=False,
        help_text=_(
            "Where the initiative works, at any level: add as many territories as it takes."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].initial = self.instance.wkt_point
        self.fields["served_territories"].initial = json.dumps(
            [f"{area.level}:{area.code}" for area in self.instance.served_areas.all()]
        )

    def clean_slug(self) -> str:
        """Let homonyms be: a listing never published takes the next free address of its region.

        The form keeps the address first asked for, each time it saves itself: the one given then
        stays.
        """
        slug: str = self.cleaned_data["slug"]
        page = self.instance
        if page.pk and page.live:
            return slug
        free, number = slug, 1
        while not page._slug_is_available(free, self.parent_page, page):
            number += 1
            free = f"{slug}-{number}"
        return free

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        self._place(cleaned)
        if "served_territories" in cleaned:
            self._serve(cleaned["served_territories"])
        parent = cleaned.get("parent_structure")
        if parent and parent.pk == self.instance.pk:
            self.add_error("parent_structure", _("A listing is not its own parent."))
        return cleaned

    def _place(self, cleaned: dict[str, Any]) -> None:
        """Set the point from the map, else from the commune; refuse one far from the commune."""
        from bdis_cms.models import PointPrecision

        if "location" not in cleaned or "commune" not in cleaned:
            return
        point, commune = cleaned["location"], cleaned["commune"]
        has_centre = commune is not None and commune.latitude is not None
        if point is None and has_centre:
            point = commune.latitude, commune.longitude
            cleaned["point_precision"] = PointPrecision.COMMUNE
            self.instance.point_precision = PointPrecision.COMMUNE
        elif point is not None and has_centre:
            away = _distance_km(point, (commune.latitude, commune.longitude))
            if away > FARTHEST_FROM_COMMUNE_KM:
                self.add_error(
                    "location",
                    ValidationError(
                        _(
                            "The point is %(km)d km away from %(commune)s: "
                            "move it, or correct the commune."
                        ),
                        params={"km": round(away), "commune": commune},
                    ),
                )
                return
        self.instance.latitude, self.instance.longitude = point or (None, None)

    def _serve(self, territories: list[tuple[str, str]]) -> None:
        from bdis_cms.models import ServedArea

        kept = {(area.level, area.code): area for area in self.instance.served_areas.all()}
        areas = []
        for order, (level, code) in enumerate(territories):
            area = kept.get((level, code)) or ServedArea(level=level, code=code)
            area.sort_order = order
            areas.append(area)
        self.instance.served_areas = areas

    def save(self, commit: bool = True) -> Any:
        page = super().save(commit=commit)
        if commit:
            page.served_areas.commit()
        return page


def _distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the great-circle distance in km between two (latitude, longitude) in degrees."""
    lat_1, lon_1, lat_2, lon_2 = map(radians, (*one, *other))
    chord = sin((lat_2 - lat_1) / 2) ** 2 + cos(lat_1) * cos(lat_2) * sin((lon_2 - lon_1) / 2) ** 2
    return 2 * 6371.0088 * asin(sqrt(chord))
