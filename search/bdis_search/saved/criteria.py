"""What of a search is saved: enough to search the same again, and nothing of who searched."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from bdis_cms.gazetteer import nearest_commune
from bdis_cms.text import clean
from bdis_search.backends.base import EngineUnavailable
from bdis_search.facets import registered_facets
from bdis_search.links import PLACE_PARAMETERS
from bdis_search.presentation import SearchPage
from bdis_search.query import FILTERS, Geography
from bdis_search.understanding import LITERALLY
from bdis_search.where import label_of
from bdis_search.wording import in_words

MOST_CHARACTERS = 2_000
MOST_WORDS = 300
_SINGLE = ("q", "ou", "near", "radius", "bbox", "geography", LITERALLY)


class CannotFollow(ValueError):
    """This search cannot be saved as it is; the message tells the visitor what to change."""


# Anybody can have a search written to any mailbox: not with an address to be clicked there.
_ADDRESS = re.compile(r"://|@|\bwww\.|[\w-]{2,}\.[a-z]{2,}(?![\w.])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Criteria:
    """A search to save: its parameters as a query string, and what they ask for in words."""

    search: str
    words: str

    @property
    def fingerprint(self) -> str:
        """The same for the same search, however its address was written."""
        return hashlib.sha256(self.search.encode()).hexdigest()


def page_of(search: str) -> SearchPage:
    """Return the page of a saved search: a query string."""
    request = HttpRequest()
    request.GET = QueryDict(search)
    return SearchPage(request)


def is_understood(page: SearchPage) -> bool:
    """Whether every part of a saved search still means something: its facets may be gone."""
    known = {*_SINGLE, *FILTERS, *registered_facets()}
    return not (page.problems or page.where.unknown or page.request.GET.keys() - known)


def criteria_of(request: HttpRequest) -> Criteria:
    """Return what to save of the search of an address; raise ``CannotFollow``.

    What was understood is saved, not what was typed: a text that names a place, a position.
    """
    page = SearchPage(request)
    if page.understood is not None:
        # Whether its words are a name or a what and a where is told by what is found.
        with suppress(EngineUnavailable):
            page.results  # noqa: B018
    if page.where.unknown:
        raise CannotFollow(
            _("We know no place called “%(place)s”: correct it in the search first.")
            % {"place": page.where.text}
        )
    if page.problems:
        raise CannotFollow(
            _("The address of this search holds “%(name)s=%(value)s”, which is not understood.")
            % {"name": page.problems[0].name, "value": page.problems[0].value}
        )
    if _ADDRESS.search(page.params.get("q", "")):
        raise CannotFollow(_("These words hold an address: take it off to follow this search."))
    search = _kept(page)
    if len(search) > MOST_CHARACTERS:
        raise CannotFollow(_("This search holds too many filters to be followed: take some off."))
    return Criteria(search, clean(in_words(page_of(search)))[:MOST_WORDS])


def _kept(page: SearchPage) -> str:
    kept = QueryDict(mutable=True)
    for name in _SINGLE:
        value = " ".join(clean(page.params.get(name, "")).split())
        if value and (name, value) != ("geography", Geography.SEAT):
            kept[name] = value
    if "near" in kept:
        _name_the_place(kept)
    for name in dict.fromkeys((*FILTERS, *registered_facets())):
        if values := sorted(page.query.filters.get(name, frozenset()) & {*_own(page, name)}):
            kept.setlist(name, values)
    # The place that the words name was understood today; tomorrow's places change nothing to it.
    if "q" in kept and not any(name in kept for name in (*PLACE_PARAMETERS, "region")):
        kept[LITERALLY] = "1"
    return kept.urlencode(safe=",")


def _own(page: SearchPage, name: str) -> list[str]:
    """Return the values of the address; those of the place come back with it."""
    return [value.strip() for value in page.params.getlist(name)]


def _name_the_place(kept: QueryDict) -> None:
    """Put the commune in place of a position, which may be where somebody lives."""
    near = kept.pop("near")[0]
    if "ou" in kept:
        return
    lat, lon = (float(part) for part in near.split(","))
    found = nearest_commune(lat, lon)
    if found is None:
        raise CannotFollow(
            _("Your position is never stored: say the town in “Where?” to follow this search.")
        )
    kept["ou"] = label_of(found[0])
