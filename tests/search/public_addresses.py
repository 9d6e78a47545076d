"""What the public asks of a site, to see that it answers whatever state its engine is in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.test import Client
from django.urls import reverse

OK, AWAY = HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE


def searched() -> list[str]:
    """Addresses that have nothing to say without an engine."""
    search, feed, on_map = (reverse(f"bdis_search:{name}") for name in ("search", "feed", "map"))
    return [
        search,
        f"{search}?q=velo&region=84",
        on_map,
        feed,
        "/api/v1/initiatives",
        "/api/v1/initiatives?q=velo&page_size=5",
        "/api/v1/map?zoom=6",
        "/api/v1/suggest?q=vel",
    ]


def shown() -> list[str]:
    """Addresses that the database can answer alone."""
    return ["/", "/nomenclature/", "/sitemap.xml", "/robots.txt", "/api/v1/nomenclature"]


def answers(client: Client, *more: str) -> dict[str, int]:
    """Return the status of every public address; an error in a view is raised by the client."""
    return {url: client.get(url).status_code for url in (*searched(), *shown(), *more)}


def assert_up(client: Client, *more: str) -> None:
    """Every public page answers."""
    found = answers(client, *more)
    assert found == dict.fromkeys(found, OK), found


def assert_says_it_is_away(client: Client, *more: str) -> None:
    """What needs the engine says that it is away, and when to come back; the rest goes on."""
    found = answers(client, *more)
    expected = dict.fromkeys(found, OK) | dict.fromkeys(searched(), AWAY)
    assert found == expected, found
    response: Any = client.get(searched()[0])
    assert int(response["Retry-After"]) > 0
