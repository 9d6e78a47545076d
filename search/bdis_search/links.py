"""Addresses of a search: the same search with one thing more, less, or otherwise."""

from __future__ import annotations

from django.http import QueryDict
from django.urls import reverse

# What the API calls them, in the order a reader would say them.
PLACE_PARAMETERS = ("ou", "near", "radius", "bbox", "commune", "epci")


class SearchLinks:
    """Builds addresses from the parameters of the search being shown."""

    def __init__(self, params: QueryDict, view: str = "bdis_search:search") -> None:
        self.params = params
        self.path = reverse(view)

    def address(self, params: QueryDict, path: str | None = None) -> str:
        """Return the address of ``params``, empty ones and the page number left out."""
        kept = params.copy()
        for name in list(kept):
            values = [value for value in kept.getlist(name) if value.strip()]
            if values and not (name == "page" and values == ["1"]):
                kept.setlist(name, values)
            else:
                del kept[name]
        encoded = kept.urlencode(safe=",")
        path = path or self.path
        return f"{path}?{encoded}" if encoded else path

    def without(self, *names: str) -> str:
        """Return the search without these parameters, from its first page."""
        params = self.params.copy()
        for name in (*names, "page"):
            params.pop(name, None)
        return self.address(params)

    def without_value(self, name: str, value: str) -> str:
        """Return the search without one value of a repeatable parameter."""
        params = self.params.copy()
        params.setlist(name, [kept for kept in params.getlist(name) if kept != value])
        params.pop("page", None)
        return self.address(params)

    def replacing(self, **values: str) -> str:
        """Return the search with these parameters set anew, from its first page."""
        params = self.params.copy()
        params.pop("page", None)
        for name, value in values.items():
            params[name] = value
        return self.address(params)

    def narrowing(self, name: str, old: str, new: str) -> str:
        """Return the search in which a value gives way to one of its children."""
        params = self.params.copy()
        params.setlist(name, [new if kept == old else kept for kept in params.getlist(name)])
        params.pop("page", None)
        return self.address(params)

    def page(self, number: int) -> str:
        """Return another page of the same results."""
        params = self.params.copy()
        params["page"] = str(number)
        return self.address(params)

    def at(self, view: str) -> str:
        """Return the same search shown by another view (map, feed)."""
        params = self.params.copy()
        params.pop("page", None)
        return self.address(params, reverse(view))
