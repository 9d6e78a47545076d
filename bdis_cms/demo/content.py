"""The demonstration as written: listings, pages and accounts, read from the YAML beside."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from typing import Any, Literal

import yaml

SOURCE = "demo"
#: Files of listings, by what they cover; "autres_regions" is everything else.
LISTING_FILES = ("provence", "auvergne_rhone_alpes", "bretagne", "autres_regions")

State = Literal["public", "draft", "stale", "pending", "suspended", "lapsed"]
Block = Mapping[str, Any]


@dataclass(frozen=True)
class DemoListing:
    """An invented initiative; codes are those of the nomenclatures and of INSEE."""

    id: str
    title: str
    families: tuple[str, ...]
    status: str
    activities: tuple[str, ...]
    commune: str
    place: str
    serves: str
    tags: tuple[str, ...]
    summary: str
    text: tuple[str | list[str], ...]
    contact: Mapping[str, str]
    general: Mapping[str, str]
    acronym: str = ""
    address: str = ""
    hours: str = ""
    radius_km: int | None = None
    year: int | None = None
    workforce: int | None = None
    website: str = ""
    mastodon: str = ""
    agreements: tuple[str, ...] = ()
    scene: str = ""
    state: State = "public"

    @property
    def description(self) -> str:
        """The text as rich text: paragraphs and bulleted lists."""
        return "".join(
            f"<p>{escape(part, quote=False)}</p>" if isinstance(part, str) else _bullets(part)
            for part in self.text
        )


def _bullets(items: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(item, quote=False)}</li>" for item in items) + "</ul>"


def _read(name: str) -> Any:
    source = resources.files("bdis_cms.demo") / "data" / name
    return yaml.safe_load(source.read_text(encoding="utf-8"))


@cache
def demo_listings() -> tuple[DemoListing, ...]:
    """Return every listing of the demonstration, main regions first."""
    return tuple(
        DemoListing(**{key: _frozen(value) for key, value in row.items()})
        for name in LISTING_FILES
        for row in _read(f"listings/{name}.yaml")
    )


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@cache
def demo_site() -> Mapping[str, Any]:
    """Return the pages of the demonstration: home, sections, regions."""
    pages: Mapping[str, Any] = _read("site.yaml")
    return pages


def body_blocks(blocks: list[Block]) -> list[tuple[str, Any]]:
    """Return the blocks of a page as its body field takes them."""
    result: list[tuple[str, Any]] = []
    for block in blocks:
        match block:
            case {"heading": text}:
                result.append(("heading", text))
            case {"quote": text}:
                result.append(("quote", text))
            case {"paragraph": text}:
                result.append(("paragraph", f"<p>{text}</p>"))
            case {"list": items}:
                bullets = "".join(f"<li>{item}</li>" for item in items)
                result.append(("paragraph", f"<ul>{bullets}</ul>"))
            case {"figure": figure, "meaning": meaning}:
                result.append(("key_figure", {"figure": figure, "meaning": meaning}))
            case _:
                raise ValueError(f"{block!r} is not a block of the demonstration.")
    return result


@dataclass(frozen=True)
class Calendar:
    """Days told from the day the demonstration is loaded, so that it never looks old."""

    today: datetime.date

    def ago(self, days: int) -> datetime.date:
        """Return the day ``days`` before."""
        return self.today - datetime.timedelta(days=days)

    def ahead(self, days: int) -> datetime.date:
        """Return the day ``days`` after."""
        return self.today + datetime.timedelta(days=days)
