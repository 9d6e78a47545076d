"""A page of a feed written as Atom (RFC 4287, paged by RFC 5005) and as JSON Feed 1.1."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from typing import Any

from django.utils.feedgenerator import Atom1Feed, rfc3339_date

from bdis_cms.text import clean


@dataclass(frozen=True, slots=True)
class Entry:
    """A listing as feeds show it: nothing but what its page shows."""

    id: str
    title: str
    url: str
    summary: str
    published: datetime.datetime | None
    updated: datetime.datetime
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of a feed; addresses are absolute, ``other`` is the same page in the other format."""

    title: str
    author: str
    language: str
    home: str
    address: str
    other: str
    first: str
    last: str
    previous: str
    next: str
    entries: tuple[Entry, ...]

    @property
    def updated(self) -> datetime.datetime:
        """When the latest entry changed; the start of this day (UTC) without one."""
        today = datetime.datetime.now(datetime.UTC).replace(hour=0, minute=0, second=0)
        return max((one.updated for one in self.entries), default=today.replace(microsecond=0))


class _Atom(Atom1Feed):
    """Atom with the addresses of the other pages and of the other format."""

    def __init__(self, page: FeedPage) -> None:
        super().__init__(
            title=clean(page.title),
            link=page.home,
            description="",
            language=page.language,
            feed_url=page.address,
            feed_guid=page.first,
        )
        self.page = page

    def latest_post_date(self) -> datetime.datetime:
        return self.page.updated

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        links = {
            "first": self.page.first,
            "previous": self.page.previous,
            "next": self.page.next,
            "last": self.page.last,
        }
        for rel, href in links.items():
            if href:
                handler.addQuickElement("link", None, {"rel": rel, "href": href})
        other = {"rel": "alternate", "type": "application/feed+json", "href": self.page.other}
        handler.addQuickElement("link", None, other)
        handler.startElement("author", {})
        handler.addQuickElement("name", clean(self.page.author))
        handler.endElement("author")


def as_atom(page: FeedPage) -> bytes:
    """Return the page as an Atom document."""
    feed = _Atom(page)
    for entry in page.entries:
        feed.add_item(
            title=clean(entry.title),
            link=entry.url,
            description=clean(entry.summary),
            pubdate=entry.published,
            updateddate=entry.updated,
            unique_id=entry.id,
            categories=[clean(category) for category in entry.categories],
        )
    return str(feed.writeString("utf-8")).encode()


def as_json_feed(page: FeedPage) -> bytes:
    """Return the page as a JSON Feed (https://www.jsonfeed.org/version/1.1/)."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean(page.title),
        "home_page_url": page.home,
        "feed_url": page.address,
        "next_url": page.next,
        "authors": [{"name": clean(page.author)}],
        "language": page.language,
        "items": [_item(entry) for entry in page.entries],
    }
    return json.dumps(_present(document), ensure_ascii=False).encode()


def _item(entry: Entry) -> dict[str, Any]:
    item = {
        "id": entry.id,
        "url": entry.url,
        "title": clean(entry.title),
        "content_text": clean(entry.summary) or clean(entry.title),  # an item must have a content
        "summary": clean(entry.summary),
        "date_published": rfc3339_date(entry.published) if entry.published else "",
        "date_modified": rfc3339_date(entry.updated),
        "tags": [clean(category) for category in entry.categories],
    }
    return _present(item) | {"id": entry.id}


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value or name == "items"}
