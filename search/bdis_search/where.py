"""Understanding « Où ? »: from what was typed to the parameters of a search."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bdis_cms.gazetteer import Place, places_called, search_places
from bdis_cms.models import Department
from bdis_cms.text import fold

DEFAULT_RADIUS_KM = 20
ZOOMS = {"region": 7, "former_region": 7, "department": 9, "epci": 10, "country": 5}


@dataclass(frozen=True, slots=True)
class Where:
    """What was understood of the place: its name, the parameters it stands for, what else it
    could be. ``center`` is "lat,lon" in WGS 84 degrees, for the map. ``is_guess`` tells that no
    place is called so: it is the nearest name."""

    text: str = ""
    name: str = ""
    params: dict[str, list[str]] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    center: str = ""
    zoom: int = 5
    is_circle: bool = False
    is_guess: bool = False
    unknown: bool = False


def understand(params: QueryDict) -> Where:
    """Return the place asked for: the words of ``ou``, else the point of ``near``."""
    text = params.get("ou", "").strip()[:120]
    if not text:
        near = params.get("near", "").strip()
        name = _("your position") if near else ""
        return Where(name=name, center=near, zoom=11 if near else 5, is_circle=bool(near))
    places = search_places(text, limit=8)
    if not places:
        return Where(text=text, unknown=True)
    best, *rest = places
    understood = _as_parameters(best)
    others = tuple(_homonyms(text, best, rest))
    return replace(understood, text=text, others=others, is_guess=_is_guess(text, best))


def of_place(name: str) -> str:
    """Return « de Crest », « d’Avignon », « du Puy », « des Lilas »; "of Crest" in English."""
    if (get_language() or "fr").startswith("en"):
        return f"of {name}"
    article, _space, rest = name.partition(" ")
    if article in ("Le", "Les") and rest:
        return ("du " if article == "Le" else "des ") + rest
    return f"d’{name}" if fold(name)[:1] in "aeiouyh" else f"de {name}"


def label_of(place: Place) -> str:
    """Return a name that leads back to the same place: « Saint-Denis (974) »."""
    if place.type in ("commune", "department") and place.department_code:
        return f"{place.name} ({place.department_code})"
    if place.type == "department":
        return f"{place.name} ({place.code})"
    return place.name


def _is_guess(text: str, best: Place) -> bool:
    if any(letter.isdigit() for letter in text) or places_called(text):
        return False
    asked = fold(text)
    names = [fold(name) for name in (best.name, best.matched) if name]
    return not any(name.startswith(asked) or name in asked for name in names)


def _homonyms(text: str, best: Place, rest: list[Place]) -> list[str]:
    """Return labels of the places of the same name, when the text did not tell them apart."""
    if fold(best.name) != fold(text):
        return []
    same = [p for p in rest if p.type == best.type and fold(p.name) == fold(best.name)]
    return [label for place in same[:5] if (label := label_of(place)) != label_of(best)]


def _as_parameters(place: Place) -> Where:
    center = f"{place.lat:.4f},{place.lon:.4f}" if place.lat is not None else ""
    where = Where(name=label_of(place), center=center, zoom=ZOOMS.get(place.type, 11))
    if place.type in ("region", "department", "epci"):
        return replace(where, params={place.type: [place.code]})
    if place.type == "former_region":
        members = Department.objects.filter(former_region__code=place.code).order_by("code")
        return replace(where, params={"department": list(members.values_list("code", flat=True))})
    if place.type == "country":
        return where
    if center:
        return replace(where, params={"near": [center]}, is_circle=True)
    codes = list(place.communes) if place.type == "postcode" else [place.code]
    return replace(where, params={"commune": codes})


def completed(params: QueryDict, where: Where) -> QueryDict:
    """Return ``params`` in the words of the API: the place understood, the default radius."""
    full = params.copy()
    full.pop("ou", None)
    if where.text:
        full.pop("near", None)
    for name, codes in where.params.items():
        full.setlist(name, list(dict.fromkeys([*full.getlist(name), *codes])))
    if not full.get("near"):
        full.pop("radius", None)
        if full.get("sort") == "distance":
            del full["sort"]
    elif not full.get("radius"):
        full["radius"] = str(DEFAULT_RADIUS_KM)
    return full
