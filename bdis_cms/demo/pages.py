"""Loading of the demonstration's editorial pages."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from bdis_cms.demo.content import body_blocks, demo_site
from bdis_cms.demo.covers import BY_HUE
from bdis_cms.demo.illustrations import Illustrations
from bdis_cms.models import (
    ArticleIndexPage,
    ArticlePage,
    HomePage,
    RegionIndexPage,
    RegionPage,
    ResourcePage,
)


@transaction.atomic
def load_pages(*, pictures: Illustrations | None) -> int:
    """Write the home, sections, articles and portraits; return how many are new.

    A page that exists is left alone; a text is written only where there was none.
    """
    site = demo_site()
    home = HomePage.objects.get()
    writer = _Writer(pictures)
    writer.fill(home, _rich(site["home"]))
    index = RegionIndexPage.objects.first()
    if index:
        writer.fill(index, _rich({"introduction": site["regions_introduction"]}))
    for section in site["sections"]:
        parent = writer.section(home, section)
        for article in section["articles"]:
            writer.add(parent, article)
    for row in site["regions"]:
        writer.region(row)
    return writer.created


def _rich(texts: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``texts`` with the introduction as rich text."""
    return {**texts, "introduction": f"<p>{texts['introduction']}</p>"}


class _Writer:
    def __init__(self, pictures: Illustrations | None) -> None:
        self.pictures = pictures
        self.created = 0

    def fill(self, page: Page, texts: Mapping[str, Any]) -> None:
        """Write fields that are empty, or still as the site tree made them."""
        changed = [name for name in texts if not getattr(page, name)]
        for name in changed:
            setattr(page, name, texts[name])
        if changed:
            page.save()

    def section(self, home: HomePage, row: Mapping[str, Any]) -> Page:
        existing = ArticleIndexPage.objects.child_of(home).filter(slug=row["slug"]).first()
        if existing:
            return existing
        page = ArticleIndexPage(
            title=row["title"],
            slug=row["slug"],
            introduction=f"<p>{row['introduction']}</p>",
            show_in_menus=True,
        )
        return self._attach(home, page)

    def add(self, parent: Page, row: Mapping[str, Any], region: str = "") -> None:
        if parent.get_children().filter(slug=row["slug"]).exists():
            return
        common: dict[str, Any] = {
            "title": row["title"],
            "slug": row["slug"],
            "introduction": row["introduction"],
            "body": body_blocks(row["body"]),
        }
        if row.get("type") == "resource":
            page: Page = ResourcePage(author=row["author"], published_year=row["year"], **common)
        else:
            page = ArticlePage(image=self._image(row.get("cover"), region), **common)
        self._attach(parent, page)

    def region(self, row: Mapping[str, Any]) -> None:
        page = RegionPage.objects.get(region__code=row["region"])
        texts = {key: row[key] for key in row if key.startswith("holder_")}
        self.fill(page, _rich({"introduction": row["introduction"], **texts}))
        if not page.body:
            page.body = body_blocks(row["body"])
            page.save()
        if page.image is None and self.pictures:
            page.image = self._image(row["cover"], page.title)
            page.save()
        if "portrait" in row:
            self.add(page, row["portrait"], page.title)

    def _attach(self, parent: Page, page: Page) -> Page:
        # A section shows its newest first: the first written reads first.
        age = datetime.timedelta(days=2 + 9 * self.created)
        page.first_published_at = page.last_published_at = timezone.now() - age
        # Read again: what was added before has moved the counters of the parent.
        Page.objects.get(pk=parent.pk).specific.add_child(instance=page)
        self.created += 1
        return page

    def _image(self, cover: list[int] | None, region: str) -> Any:
        if self.pictures is None or cover is None:
            return None
        hue, variant = cover
        return self.pictures.get(BY_HUE[hue][variant], hue, region)
