"""Understanding one box: « épicerie solidaire à Saint-Denis » is a what and a where."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from bdis_cms.gazetteer import Place, places_called, search_places
from bdis_cms.gazetteer.names import name_key
from bdis_cms.text import fold
from bdis_search.backends.base import SearchReader
from bdis_search.links import PLACE_PARAMETERS
from bdis_search.where import label_of

#: The parameter by which a search asks for its words as they are.
LITERALLY = "tel_quel"

#: Words that lead to a place, longest first; on folded text.
_LEADING = (
    *("aux alentours de", "aux environs de", "a proximite de", "dans les environs de"),
    *("non loin de", "pres de", "autour de", "a cote de", "proche de", "du cote de"),
    *("pres d", "autour d", "proche d", "a cote d", "du cote d"),
    *("dans le departement de", "dans la region", "en region", "dans le", "dans la", "dans les"),
    *("dans l", "dans", "en", "a", "au", "aux", "sur", "vers"),
)
#: « au Mans » is at Le Mans, « aux Lilas » at Les Lilas; « autour du Puy » too.
_CONTRACTED = {"au": "le", "aux": "les", "du": "le", "des": "les"}
#: Words that go on with what follows: « pain de campagne », « café de la gare », « ici et là ».
_GOING_ON = frozenset(
    """a au aux avec chez d dans de des du en et l la le les ou par pour sans sous sur un
    une""".split()  # noqa: SIM905
)
_WIDE = {"region", "former_region", "department", "postcode"}
#: A smaller town is understood after « à », not on its own: too many bear common names.
_KNOWN_TOWN = 3_000
_KNOWN_CITY = 20_000
_MOST_WORDS = 14


@dataclass(frozen=True, slots=True)
class Understood:
    """A text, the words to search for in it, and the place as it was written."""

    text: str
    what: str
    where: str


def split(params: QueryDict) -> tuple[QueryDict, Understood | None]:
    """Return ``params`` with the place that « quoi » names put in « où », and what was understood.

    Left as they are when they name a place already, or ask for the words as they are
    (``tel_quel``).
    """
    if any(params.get(name) for name in (LITERALLY, *PLACE_PARAMETERS, "region", "department")):
        return params, None
    found = understood(params.get("q", "").replace("\x00", " "))
    if found is None:
        return params, None
    taken = params.copy()
    taken["q"], taken["ou"] = found.what, found.where
    return taken, found


def understood(text: str) -> Understood | None:
    """Return what ``text`` asks for and where; ``None`` when it names no place for sure."""
    words = text.split()
    if not 2 <= len(words) <= _MOST_WORDS:
        return None
    for cut in range(1, len(words)):
        what, tail = words[:cut], words[cut:]
        if name_key(what[-1]) in _GOING_ON or name_key(_bare(what)).isdigit():
            continue
        if where := _led_to(tail) or _named(tail, _KNOWN_TOWN):
            return Understood(text, _bare(what), where)
    for cut in range(len(words) - 1, 0, -1):
        if where := _named(words[:cut], _KNOWN_CITY):
            rest = words[cut:]
            if name_key(rest[0]) not in _GOING_ON and not name_key(_bare(rest)).isdigit():
                return Understood(text, _bare(rest), where)
    return None


def nearly_understood(text: str) -> Understood | None:
    """Return what ``text`` would ask for if the place it leads to were misspelt."""
    words = text.split()[:_MOST_WORDS]
    for cut in range(1, len(words)):
        key = name_key(" ".join(words[cut:]))
        leading = next((one for one in _LEADING if key.startswith(f"{one} ")), "")
        if not leading or name_key(words[cut - 1]) in _GOING_ON:
            continue
        if places := search_places(key.removeprefix(leading), limit=1):
            return Understood(text, _bare(words[:cut]), label_of(places[0]))
    return None


def names_a_listing(text: str, engine: SearchReader) -> bool:
    """Whether ``text`` is the whole name of a listing."""
    return any(fold(found.label) == fold(text) for found in engine.suggest(text, 3))


def _led_to(tail: list[str]) -> str:
    """Return the place that words such as « près de » lead to; "" when they do not."""
    key = name_key(" ".join(tail))
    for leading in _LEADING:
        rest = key.removeprefix(f"{leading} ")
        if rest == key:
            continue
        if leading in _CONTRACTED:
            rest = f"{_CONTRACTED[leading]} {rest}"
        places = places_called(rest, 1)
        return _as_written(tail, rest, places[0]) if places else ""
    first, contraction, *others = [*key.split(), "", ""]
    if first in ("pres", "autour", "proche") and contraction in _CONTRACTED:
        places = places_called(f"{_CONTRACTED[contraction]} {' '.join(others)}".strip(), 1)
        return places[0].name if places else ""
    return ""


def _as_written(tail: list[str], key: str, place: Place) -> str:
    """Return the place in the words of the text, else by its name."""
    for start in range(len(tail)):
        words = _bare(tail[start:])
        if name_key(words) == key:
            return words
    return place.name


def _named(words: list[str], population: int) -> str:
    """Return ``words`` when they are the name of a wide area, or of a town of so many people."""
    name = _bare(words)
    places = places_called(name, 1)
    return name if places and _is_known(places[0], population) else ""


def _is_known(place: Place, population: int) -> bool:
    if place.type in _WIDE:
        return True
    # By its name of today: villages that are no more bear the most common words.
    return place.matched is None and (place.population or 0) >= population


def _bare(words: list[str]) -> str:
    return " ".join(words).strip(" ,;()")
