"""Create many listings at once, as well-formed as those an editor saves one by one."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connections, router
from django.utils import timezone
from modelcluster.models import get_all_child_relations
from wagtail.models import PageLogEntry
from wagtail.search.backends import get_search_backends

from bdis_cms.models import ImportedListing, InitiativePage, RegionPage
from bdis_cms.services import grace_until
from bdis_cms.text import fold

from .current import FOREIGN_KEYS, SCALARS, chunks
from .facts import Record
from .relations import BATCH, RelationWriter, index_references

SLUG_LENGTH = 80
Progress = Callable[[int], None]


class PageWriter:
    """Creates the listings of one import; one transaction is open around it."""

    def __init__(
        self,
        *,
        source: str,
        relations: RelationWriter,
        publish: bool,
        user: Any = None,
        progress: Progress | None = None,
    ) -> None:
        self.source = source
        self.relations = relations
        self.publish = publish
        self.user = user if getattr(user, "pk", None) else None
        self.now = timezone.now()
        self.grace = grace_until()
        self.progress = progress or (lambda number: None)

    def create(
        self, records: list[Record], communes: dict[str, str], known: dict[str, ImportedListing]
    ) -> list[int]:
        """Create a listing for each record under the page of its region; returns their ids.

        ``communes`` gives names by code, ``known`` what earlier imports remember by id.
        """
        by_region: dict[str, list[Record]] = {}
        for record in records:
            by_region.setdefault(record.region, []).append(record)
        created: list[int] = []
        for region, group in by_region.items():
            # Locked so that nobody adds a page under the same parent meanwhile.
            parent = RegionPage.objects.select_for_update(of=("self",)).get(region__code=region)
            addresses = _Addresses(parent)
            for batch in chunks(group, 1000):
                pages = [self._page(record, parent, addresses, communes) for record in batch]
                self._insert(pages, batch, known)
                created += [page.pk for page in pages]
                self.progress(len(batch))
            self._count_children(parent, len(group))
        return created

    def _page(
        self,
        record: Record,
        parent: RegionPage,
        addresses: _Addresses,
        communes: dict[str, str],
    ) -> InitiativePage:
        values = record.values
        slug = addresses.slug(values["title"], communes.get(values["commune"], ""))
        page = InitiativePage(
            path=addresses.next_path(),
            depth=parent.depth + 1,
            numchild=0,
            slug=slug,
            url_path=f"{parent.url_path}{slug}/",
            draft_title=values["title"],
            content_type=ContentType.objects.get_for_model(InitiativePage),
            translation_key=uuid.uuid4(),
            locale_id=parent.locale_id,
            owner=self.user,
            live=self.publish,
            has_unpublished_changes=not self.publish,
            first_published_at=self.now if self.publish else None,
            last_published_at=self.now if self.publish else None,
            latest_revision_created_at=self.now,
            source=self.source,
            external_id=record.external_id,
            confirmed_on=_day(record.confirmed_on),
            charter_valid_until=self.grace if self.publish else None,
            **{name: values[name] for name in SCALARS},
        )
        for name in FOREIGN_KEYS:
            setattr(page, f"{name}_id", self.relations.foreign_key(name, values[name]))
        return page

    def _insert(
        self, pages: list[InitiativePage], records: list[Record], known: dict[str, ImportedListing]
    ) -> None:
        insert_pages(pages)
        self.relations.write(
            {page.pk: record.values for page, record in zip(pages, records, strict=True)},
            fresh=True,
        )
        remember(
            [
                (known.get(record.external_id), page.pk, record)
                for page, record in zip(pages, records, strict=True)
            ],
            self.source,
            self.now,
        )
        log_pages(pages, "wagtail.create", user=self.user, now=self.now)
        if self.publish:
            log_pages(pages, "wagtail.publish", user=self.user, now=self.now)
        finish(load_clusters([page.pk for page in pages]))

    @staticmethod
    def _count_children(parent: RegionPage, number: int) -> None:
        base = InitiativePage.base_page_model
        base._base_manager.filter(pk=parent.pk).update(numchild=parent.numchild + number)


class _Addresses:
    """Gives out the places and slugs that are free under a page."""

    def __init__(self, parent: RegionPage) -> None:
        self.parent = parent
        base = InitiativePage.base_page_model
        children = base._base_manager.filter(
            path__startswith=parent.path, depth=parent.depth + 1
        ).values_list("path", "slug")
        self.slugs = {slug for _, slug in children}
        last = max((path for path, _ in children), default="")
        self.step = base._str2int(last[-base.steplen :]) if last else 0

    def next_path(self) -> str:
        """Return the path of the next last child; raises treebeard's ``PathOverflow``."""
        self.step += 1
        return str(InitiativePage._get_path(self.parent.path, self.parent.depth + 1, self.step))

    def slug(self, title: str, commune: str) -> str:
        """Return a free slug: the name, with its commune or a number when it is taken."""
        stem = _slugify(title) or "initiative"
        candidates = self._candidates(stem, _slugify(commune))
        slug = next(candidate for candidate in candidates if candidate not in self.slugs)
        self.slugs.add(slug)
        return slug

    @staticmethod
    def _candidates(stem: str, commune: str) -> Iterator[str]:
        yield stem
        if commune and not stem.endswith(commune):
            stem = f"{stem}-{commune}"
            yield stem
        number = 2
        while True:
            yield f"{stem}-{number}"
            number += 1


def _slugify(text: str) -> str:
    slug = fold(text).replace(" ", "-")
    if len(slug) <= SLUG_LENGTH:
        return slug
    return slug[:SLUG_LENGTH].rsplit("-", 1)[0]


def _day(value: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(value) if value else None


def insert_pages(pages: list[InitiativePage]) -> None:
    """Insert new pages and give them their ids: the base rows, then the rows of the listing.

    Django's ``bulk_create`` refuses models with a parent table; here both inserts are done by
    hand, and the pages must come with everything that ``save`` would have set.
    """
    base_model = InitiativePage.base_page_model
    base_fields = [f for f in base_model._meta.concrete_fields if not f.primary_key]
    rows = [
        base_model(**{field.attname: getattr(page, field.attname) for field in base_fields})
        for page in pages
    ]
    base_model._base_manager.bulk_create(rows, batch_size=BATCH)
    if any(row.pk is None for row in rows):
        ids = dict(
            base_model._base_manager.filter(path__in=[row.path for row in rows]).values_list(
                "path", "pk"
            )
        )
        for row in rows:
            row.pk = ids[row.path]
    link = InitiativePage._meta.get_ancestor_link(base_model)
    for page, row in zip(pages, rows, strict=True):
        page.pk = row.pk
        setattr(page, base_model._meta.pk.attname, row.pk)
        setattr(page, link.attname, row.pk)
        page._state.adding = False
    using = router.db_for_write(InitiativePage)
    fields = InitiativePage._meta.local_concrete_fields
    size = max(1, connections[using].ops.bulk_batch_size(fields, pages))
    manager = InitiativePage._base_manager
    for batch in chunks(pages, min(size, BATCH)):
        manager._insert(batch, fields=fields, using=using)


def remember(
    items: Iterable[tuple[ImportedListing | None, int, Record]], source: str, now: datetime.datetime
) -> None:
    """Store what the source says now of each page."""
    new: list[ImportedListing] = []
    old: list[ImportedListing] = []
    for row, page_id, record in items:
        row = row or ImportedListing(source=source, external_id=record.external_id)
        row.page_id, row.row_hash, row.values = page_id, record.row_hash, record.values
        row.imported_at = now
        (old if row.pk else new).append(row)
    ImportedListing.objects.bulk_create(new, batch_size=BATCH)
    ImportedListing.objects.bulk_update(
        old, ["page", "row_hash", "values", "imported_at"], batch_size=200
    )


def log_pages(
    pages: Iterable[InitiativePage], action: str, *, user: Any, now: datetime.datetime
) -> None:
    """Write a line in the history of each page."""
    content_type = ContentType.objects.get_for_model(InitiativePage)
    PageLogEntry.objects.bulk_create(
        [
            PageLogEntry(
                page_id=page.pk,
                content_type=content_type,
                label=page.title,
                action=action,
                timestamp=now,
                user=user,
                content_changed=True,
                data={},
            )
            for page in pages
        ],
        batch_size=BATCH,
    )


def load_clusters(ids: list[int]) -> list[InitiativePage]:
    """Return stored pages with all their children in memory, in a constant number of queries."""
    result: list[InitiativePage] = []
    for chunk in chunks(ids):
        pages = list(InitiativePage.objects.filter(pk__in=chunk).order_by("pk"))
        by_id = {page.pk: page for page in pages}
        for relation in get_all_child_relations(InitiativePage):
            name = relation.get_accessor_name()
            column = relation.field.attname
            found: dict[int, list[Any]] = {pk: [] for pk in by_id}
            manager = relation.related_model._default_manager
            for child in manager.filter(**{f"{column}__in": list(by_id)}).order_by("pk"):
                found[getattr(child, column)].append(child)
            for pk, children in found.items():
                setattr(by_id[pk], name, children)
        result += pages
    return result


def finish(pages: list[InitiativePage]) -> None:
    """Bring Wagtail's own indexes up to date: references, and the search of the admin."""
    index_references(pages)
    for backend in get_search_backends(with_auto_update=True):
        for chunk in chunks(pages):
            backend.add_bulk(InitiativePage, chunk)
