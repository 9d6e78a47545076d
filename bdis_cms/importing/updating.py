"""Change many listings at once, without losing what editors have under way."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from wagtail.models import Page

from bdis_cms.models import InitiativePage

from .current import CHILDREN, FOREIGN_KEYS, MANY_TO_MANY, SCALARS, changes, chunks, values_of
from .planning import Update
from .relations import ACCESSORS, RelationWriter
from .writing import PageWriter, finish, load_clusters, log_pages, remember


class PageUpdater:
    """Updates the listings of one import; one transaction is open around it."""

    def __init__(self, writer: PageWriter) -> None:
        self.writer = writer
        self.relations: RelationWriter = writer.relations

    def update(self, updates: list[Update]) -> list[int]:
        """Apply the updates; returns the ids of the pages changed."""
        for batch in chunks(updates, 500):
            drafts = [update for update in batch if update.page.latest_revision_id]
            # Drafts first: they are read from the last revision, before the live row changes.
            drafted = {update.page.pk: self._draft(update) for update in drafts}
            self._write_rows(batch)
            self.relations.write({u.page.pk: u.write for u in batch}, fresh=False)
            for update in batch:
                if update.region_page is not None:
                    self._move(update)
            self._remember(batch)
            pages = load_clusters([update.page.pk for update in batch])
            finish(pages)
            log_pages(pages, "wagtail.edit", user=self.writer.user, now=self.writer.now)
            by_id = {page.pk: page for page in pages}
            for update in drafts:
                self._save_revision(by_id[update.page.pk], drafted[update.page.pk])
            self.writer.progress(len(batch))
        return [update.page.pk for update in updates]

    def remember(self, updates: list[Update]) -> None:
        """Store what the source says of pages that need no change."""
        for batch in chunks(updates, 500):
            self._remember(batch)
            self.writer.progress(len(batch))

    def publish(self, pages: list[InitiativePage]) -> list[int]:
        """Publish drafts that were never public: in bulk, or their last revision."""
        plain = [page for page in pages if not page.latest_revision_id]
        for page in pages:
            if page.latest_revision_id:
                page.get_latest_revision().publish(
                    user=self.writer.user, skip_permission_checks=True
                )
        now, grace = self.writer.now, self.writer.grace
        for chunk in chunks([page.pk for page in plain]):
            InitiativePage.objects.filter(pk__in=chunk).update(
                live=True,
                has_unpublished_changes=False,
                first_published_at=now,
                last_published_at=now,
                expired=False,
            )
        for chunk in chunks([page.pk for page in pages]):
            # An adhesion that is recorded, even a past one, is not ours to prolong.
            InitiativePage.objects.filter(pk__in=chunk, charter_valid_until__isnull=True).update(
                charter_valid_until=grace
            )
        log_pages(plain, "wagtail.publish", user=self.writer.user, now=now)
        return [page.pk for page in pages]

    def _write_rows(self, batch: list[Update]) -> None:
        touched: set[str] = {"latest_revision_created_at", "confirmed_on"}
        for update in batch:
            page = update.page
            for name, value in update.write.items():
                if name in SCALARS:
                    setattr(page, name, value)
                    touched.add(name)
                elif name in FOREIGN_KEYS:
                    setattr(page, f"{name}_id", self.relations.foreign_key(name, value))
                    touched.add(name)
            if "title" in update.write and not page.has_unpublished_changes:
                page.draft_title = page.title
                touched.add("draft_title")
            page.latest_revision_created_at = self.writer.now
            page.confirmed_on = _later(page.confirmed_on, update.record.confirmed_on)
        InitiativePage.objects.bulk_update(
            [update.page for update in batch], sorted(touched), batch_size=100
        )

    def _remember(self, batch: Iterable[Update]) -> None:
        remember(
            [(update.imported, update.page.pk, update.record) for update in batch],
            self.writer.source,
            self.writer.now,
        )

    def _draft(self, update: Update) -> InitiativePage | None:
        """Return the draft under way with the source's changes; ``None`` when there is none."""
        page = update.page
        if not page.has_unpublished_changes:
            return None
        draft: InitiativePage = page.get_latest_revision_as_object()
        write, _ = changes(update.imported.values, values_of(draft), update.record.values)
        for name, value in write.items():
            if name in SCALARS:
                setattr(draft, name, value)
            elif name in FOREIGN_KEYS:
                setattr(draft, f"{name}_id", self.relations.foreign_key(name, value))
            elif name in MANY_TO_MANY:
                setattr(draft, name, self.relations.term_ids(name, value))
            elif name in CHILDREN:
                setattr(draft, ACCESSORS[name], self.relations.children(page.pk, name, value))
        return draft

    def _save_revision(self, page: InitiativePage, draft: InitiativePage | None) -> None:
        """Let the admin, which opens the last revision, see what the import has changed."""
        if draft is not None:
            # The draft was read before the page may have moved.
            for name in ("path", "depth", "url_path", "numchild"):
                setattr(draft, name, getattr(page, name))
            draft.save_revision(user=self.writer.user, clean=False)
            return
        revision = page.save_revision(user=self.writer.user, clean=False, changed=False)
        if page.live:
            InitiativePage.objects.filter(pk=page.pk).update(live_revision=revision)

    def _move(self, update: Update) -> None:
        """Put the page under the region where it now is; redirects and addresses follow."""
        parent = Page.objects.get(pk=update.region_page.pk) if update.region_page else None
        page = InitiativePage.objects.get(pk=update.page.pk)
        if parent is None:
            return
        slug = page.slug
        number = 2
        while parent.get_children().filter(slug=slug).exclude(pk=page.pk).exists():
            slug = f"{page.slug}-{number}"
            number += 1
        if slug != page.slug:
            page.slug = slug
            page.save(update_fields=["slug"], clean=False)
            page.refresh_from_db()
        page.move(parent, pos="last-child", user=self.writer.user)


def _later(here: datetime.date | None, source: str | None) -> Any:
    day = datetime.date.fromisoformat(source) if source else None
    return max(filter(None, (here, day)), default=None)
