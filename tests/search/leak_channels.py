"""The public channels on which a hidden listing could still show."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core import mail
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from bdis_cms.models import InitiativePage
from bdis_search.models import SavedSearch
from bdis_search.saved.known import pack
from bdis_search.saved.sending import send_digests
from tests.search.leaks import ALIKE, SECRETS, Directory


@dataclass
class Channel:
    """An answer to the public: its text, and the numbers of listings it tells, when it does."""

    ask: Callable[[Client, Directory], Any]
    numbers: Callable[[Any], list[int]] | None = None
    expected: int = ALIKE
    #: Whether it looks at single listings, so that it notices those which should not be there.
    looks: bool = True


def _get(name: str, *args: Any, **params: Any) -> Callable[[Client, Directory], Any]:
    return lambda client, _world: client.get(reverse(name, args=args), params)


def _json(response: Any) -> Any:
    return json.loads(response.content)


def _total_of_page(response: Any) -> list[int]:
    return [response.context["total"]]


#: Where editorial pages write how many listings there are.
_WRITTEN = re.compile(
    r'class="figures">.*?<dd>\s*(\d+)'
    r'|class="count">\s*(\d+)'
    r'|class="france-count[^>]*>(\d+)'
    r'|aria-label="[^"]*?(\d+) initiative',
    re.DOTALL,
)


def _written(response: Any) -> list[int]:
    """Return the numbers that the page shows; 0 is that of what the listings do not bear."""
    found = _WRITTEN.findall(response.content.decode())
    return [int(number) for groups in found if (number := "".join(groups)) != "0"]


def _total_and_facets(response: Any) -> list[int]:
    answer = _json(response)
    counts = [value["count"] for name in ("family", "region") for value in answer["facets"][name]]
    return [answer["total"], len(answer["results"]), *counts]


def _marks(response: Any) -> list[int]:
    return [sum(one["properties"]["count"] for one in _json(response)["features"])]


def _entries(response: Any) -> list[int]:
    return [response.content.count(b"<entry>")]


def _digest(_client: Client, _world: Directory) -> Any:
    """Return the e-mail to somebody who follows a search and knows nothing of it yet."""
    SavedSearch.objects.all().delete()
    mail.outbox.clear()
    SavedSearch.objects.create(
        email="abonnee@example.org",
        search="q=fanfare",
        fingerprint="f",
        words="fanfare",
        confirmed_at=timezone.now(),
        next_on=timezone.localdate(),
        known=pack(frozenset()),
    )
    send_digests()
    (message,) = mail.outbox
    html = "".join(str(part.content) for part in message.alternatives)
    response = HttpResponse(f"{message.subject}\n{message.body}\n{html}")
    response.wsgi_request = RequestFactory().get("/digest")  # type: ignore[attr-defined]
    return response


def _number_of_the_subject(response: Any) -> list[int]:
    return [int(response.content.split()[0])]


SEARCH, MAP, FEED = "bdis_search:search", "bdis_search:map", "bdis_search:feed"
JSON_FEED, FACET, FOLLOW = "bdis_search:json_feed", "bdis_search:facet_values", "bdis_search:follow"
API, SUGGEST, GEOJSON = "/api/v1/initiatives", "/api/v1/suggest", "/api/v1/map"


def _api(path: str, numbers: Any = None, expected: int = ALIKE, **params: Any) -> Channel:
    return Channel(lambda client, _world: client.get(path, params), numbers, expected)


def _at_listing(client: Client, world: Directory) -> Any:
    return client.get(f"/regions/{world.tree.aura.slug}/{SECRETS['slug']}/")


def _at_listing_where_it_went(client: Client, world: Directory) -> Any:
    return client.get(f"/regions/{world.tree.paca.slug}/{SECRETS['slug']}/")


def _api_detail(kind: str) -> Channel:
    return Channel(
        lambda client, world: client.get(f"{API}/{world.page.pk}", headers={"accept": kind})
    )


CHANNELS: dict[str, Channel] = {
    "listing": Channel(_at_listing),
    "listing in another region": Channel(_at_listing_where_it_went),
    "home": Channel(lambda client, _world: client.get("/"), _written, looks=False),
    "list of regions": Channel(
        lambda client, _world: client.get("/regions/"), _written, looks=False
    ),
    "region": Channel(
        lambda client, world: client.get(world.tree.aura.get_url()), _written, looks=False
    ),
    "search": Channel(_get(SEARCH, q="fanfare"), _total_of_page),
    "search everything": Channel(_get(SEARCH), _total_of_page),
    "search by words of the summary": Channel(
        _get(SEARCH, q=SECRETS["summary"]), _total_of_page, expected=0
    ),
    "search by words of the description": Channel(
        _get(SEARCH, q=SECRETS["description"]), _total_of_page, expected=0
    ),
    "search by a typo": Channel(_get(SEARCH, q="Zanzibule"), _total_of_page, expected=0),
    "search by family": Channel(_get(SEARCH, family="famille"), _total_of_page),
    "search around": Channel(_get(SEARCH, near="44.7536,5.3703", radius="5"), _total_of_page),
    "search by distance": Channel(
        _get(SEARCH, near="44.7636,5.3803", sort="distance"), _total_of_page
    ),
    "search, last page": Channel(_get(SEARCH, q="fanfare", page="9"), looks=False),
    "map page": Channel(_get(MAP, q="fanfare"), _total_of_page),
    "map marks": _api(GEOJSON, _marks, zoom="18", bbox="5.3,44.7,5.5,44.8"),
    "map marks from afar": Channel(
        lambda client, _world: client.get(GEOJSON, {"zoom": "4", "q": "fanfare"}),
        _marks,
        looks=False,
    ),
    "api": _api(API, _total_and_facets, q="fanfare"),
    "api everything": _api(API, _total_and_facets),
    "api by words": _api(API, lambda r: [_json(r)["total"]], 0, q=SECRETS["description"]),
    "api by tag": _api(API, lambda r: [_json(r)["total"]], tag="partage"),
    "api detail": _api_detail("application/json"),
    "api detail, linked data": _api_detail("application/ld+json"),
    "api detail, turtle": _api_detail("text/turtle"),
    "api served area": Channel(lambda client, world: client.get(f"{API}/{world.page.pk}/area")),
    "suggestions by title": _api(SUGGEST, lambda r: [len(_json(r))], 0, q="zanz"),
    "suggestions by acronym": _api(SUGGEST, lambda r: [len(_json(r))], 0, q="zbq"),
    "suggestions by tag": _api(SUGGEST, lambda r: [len(_json(r))], 0, q="myrt"),
    "suggestions by a shared word": _api(SUGGEST, lambda r: [len(_json(r))], q="fanf"),
    "feed": Channel(_get(FEED), _entries),
    "json feed": Channel(_get(JSON_FEED), lambda response: [len(_json(response)["items"])]),
    "json feed of the region": Channel(
        lambda client, world: client.get(
            reverse("bdis_search:region_json_feed", args=[world.tree.aura.slug])
        ),
        lambda response: [len(_json(response)["items"])],
    ),
    "search inside a facet": Channel(_get(FACET, "tag", cherche="myrt"), looks=False),
    "following a search": Channel(_get(FOLLOW, q=SECRETS["summary"]), looks=False),
    "digest by e-mail": Channel(_digest, _number_of_the_subject),
    "feed of words": Channel(_get(FEED, q=SECRETS["summary"]), _entries, expected=0),
    "feed of the region": Channel(
        lambda client, world: client.get(
            reverse("bdis_search:region_feed", args=[world.tree.aura.slug])
        ),
        _entries,
    ),
    "sitemap": Channel(_get("bdis_search:sitemap")),
    "sitemap of listings": Channel(
        _get("bdis_search:sitemap_section", "listings"),
        lambda response: [response.content.count(b"<loc>")],
    ),
    "sitemap of pages": Channel(_get("bdis_search:sitemap_section", "pages")),
    "nomenclature": Channel(_get("bdis_search:nomenclature"), _written, looks=False),
    "family": Channel(
        _get("bdis_search:family", "famille"),
        lambda response: [response.context["results"].total],
        looks=False,
    ),
    "activity": Channel(
        _get("bdis_search:activity", "activite"),
        lambda response: [response.context["results"].total],
        looks=False,
    ),
    "api nomenclature": _api("/api/v1/nomenclature"),
    "page of a neighbour": Channel(
        lambda client, _world: client.get(
            InitiativePage.objects.public().exclude(slug=SECRETS["slug"]).first().get_url()
        )
    ),
}
