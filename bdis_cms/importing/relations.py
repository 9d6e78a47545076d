"""Build and store what hangs on listings: terms, tags, links, contacts, agreements, areas."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from taggit.models import Tag
from wagtail.models import ReferenceIndex

from bdis_cms.models import (
    Commune,
    InitiativeAgreement,
    InitiativeContact,
    InitiativeLink,
    InitiativePage,
    InitiativeTag,
    ServedArea,
)

from .current import CHILDREN, MANY_TO_MANY, chunks
from .vocabulary import Vocabulary

BATCH = 500
#: Accessor of the rows behind each field of ``CHILDREN``.
ACCESSORS = {
    "tags": "tagged_items",
    "links": "links",
    "contacts": "contacts",
    "agreements": "agreements",
    "served_areas": "served_areas",
}


class RelationWriter:
    """Writes relations of many pages at once; codes and tags are resolved beforehand."""

    def __init__(self, vocabulary: Vocabulary, values: Iterable[Mapping[str, Any]]) -> None:
        self.vocabulary = vocabulary
        values = list(values)
        codes = {value["commune"] for value in values if value.get("commune")}
        self.communes: dict[str, int] = {}
        for chunk in chunks(sorted(codes)):
            self.communes |= dict(Commune.objects.filter(code__in=chunk).values_list("code", "pk"))
        self.tags = ensure_tags(tag for value in values for tag in value.get("tags", ()))

    def foreign_key(self, field: str, code: str | None) -> int | None:
        """Return the primary key behind a code, ``None`` when there is none."""
        if not code:
            return None
        if field == "commune":
            return self.communes[code]
        table = self.vocabulary.codes(field)
        return table[code] if table else None

    def children(self, page_id: int, field: str, value: Any) -> list[Any]:
        """Return the unsaved rows of a field for a page."""
        build = {
            "tags": lambda item, _: InitiativeTag(
                content_object_id=page_id, tag=self.tags[item.casefold()]
            ),
            "links": lambda item, order: InitiativeLink(
                page_id=page_id, sort_order=order, kind=item[0], url=item[1]
            ),
            "contacts": lambda item, order: InitiativeContact(
                page_id=page_id, sort_order=order, **item
            ),
            "agreements": lambda item, order: InitiativeAgreement(
                page_id=page_id, sort_order=order, **_with_dates(item)
            ),
            "served_areas": lambda item, order: ServedArea(
                page_id=page_id, sort_order=order, level=item[0], code=item[1]
            ),
        }[field]
        return [build(item, order) for order, item in enumerate(value)]

    def term_ids(self, field: str, codes: Iterable[str]) -> list[int]:
        """Return the primary keys of families or activities."""
        table = self.vocabulary.codes(field) or {}
        return [table[code] for code in codes]

    def write(self, written: Mapping[int, Mapping[str, Any]], *, fresh: bool) -> None:
        """Store the relations found in ``written``: page id → values; others are left alone.

        ``fresh`` pages have none yet: nothing is deleted first.
        """
        for field in MANY_TO_MANY:
            through = getattr(InitiativePage, field).through
            column = InitiativePage._meta.get_field(field).m2m_reverse_field_name()
            rows = [
                through(**{"initiativepage_id": page_id, f"{column}_id": term})
                for page_id, values in written.items()
                for term in self.term_ids(field, values.get(field, ()))
            ]
            touched = [pk for pk, values in written.items() if field in values]
            _replace(through, "initiativepage_id", touched, rows, fresh)
        for field in CHILDREN:
            touched = [pk for pk, values in written.items() if field in values]
            rows = [row for pk in touched for row in self.children(pk, field, written[pk][field])]
            model = getattr(InitiativePage, ACCESSORS[field]).rel.related_model
            key = "content_object_id" if field == "tags" else "page_id"
            _replace(model, key, touched, rows, fresh)


def _replace(
    model: type[Model], key: str, page_ids: list[int], rows: list[Any], fresh: bool
) -> None:
    if not fresh:
        for chunk in chunks(page_ids):
            model._default_manager.filter(**{f"{key}__in": chunk}).delete()
    model._default_manager.bulk_create(rows, batch_size=BATCH)


def _with_dates(item: Mapping[str, str | None]) -> dict[str, Any]:
    values: dict[str, Any] = dict(item)
    for edge in ("starts_on", "ends_on"):
        if values.get(edge):
            values[edge] = datetime.date.fromisoformat(values[edge])
    return values


def ensure_tags(names: Iterable[str]) -> dict[str, Tag]:
    """Return the tags of these names by their case-folded name, creating those that lack."""
    wanted = {name.casefold(): name for name in names}
    found = {tag.name.casefold(): tag for tag in Tag.objects.all()} if wanted else {}
    slugs = {tag.slug for tag in found.values()}
    for folded, name in wanted.items():
        if folded in found:
            continue
        tag = Tag(name=name)
        number: int | None = None
        while (slug := tag.slugify(name, number)[:100]) in slugs:
            number = (number or 0) + 1
        tag.slug = slug
        slugs.add(slug)
        found[folded] = tag
    Tag.objects.bulk_create([tag for tag in found.values() if tag.pk is None], batch_size=BATCH)
    # A database that does not return the keys of what it inserts must be asked for them.
    if any(tag.pk is None for tag in found.values()):
        found = {tag.name.casefold(): tag for tag in Tag.objects.all()}
    return found


def index_references(pages: list[InitiativePage]) -> None:
    """Record in Wagtail's reference index what the pages point to, as their save would."""
    if not pages or not ReferenceIndex.is_indexed(InitiativePage):
        return
    content_type = ContentType.objects.get_for_model(InitiativePage)
    base = ContentType.objects.get_for_model(InitiativePage.base_page_model)
    for chunk in chunks([page.pk for page in pages]):
        ReferenceIndex.objects.filter(
            base_content_type=base, object_id__in=[str(pk) for pk in chunk]
        ).delete()
    rows = [
        ReferenceIndex(
            content_type=content_type,
            base_content_type=base,
            object_id=str(page.pk),
            to_content_type_id=to_content_type_id,
            to_object_id=to_object_id,
            model_path=model_path,
            content_path=content_path,
            content_path_hash=ReferenceIndex._get_content_path_hash(content_path),
        )
        for page in pages
        for to_content_type_id, to_object_id, model_path, content_path in dict.fromkeys(
            ReferenceIndex._extract_references_from_object(page)
        )
    ]
    ReferenceIndex.objects.bulk_create(rows, batch_size=BATCH)
