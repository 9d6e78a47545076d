"""What listings say now, in the same shape as what a source says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from bdis_cms.models import (
    InitiativeAgreement,
    InitiativeContact,
    InitiativeLink,
    InitiativePage,
    InitiativeTag,
    ServedArea,
)

SCALARS = (
    "title", "acronym", "summary", "description", "address", "postcode", "latitude", "longitude",
    "point_precision", "opening_hours", "siret", "rna", "founded_year", "workforce",
    "served_radius_km",
)  # fmt: skip
FOREIGN_KEYS = ("legal_family", "legal_status", "main_activity", "commune")
MANY_TO_MANY = ("families", "activities")
CHILDREN = ("tags", "links", "contacts", "agreements", "served_areas")
#: Facts that mean something only together: edited in part, they are kept whole.
GROUPS = (
    frozenset({"address", "postcode", "commune", "latitude", "longitude", "point_precision"}),
    frozenset({"legal_family", "legal_status"}),
    frozenset({"main_activity", "activities"}),
)
_BLOCK_KEY = re.compile(r'\s+data-block-key="[^"]*"')
# About a metre: what a form or a map loses when it writes a coordinate back.
POINT_DIGITS = 5


def comparable(field: str, value: Any) -> Any:
    """Return a value without what editors' forms change by themselves."""
    if field in {"latitude", "longitude"} and value is not None:
        return round(float(value), POINT_DIGITS)
    if field == "description":
        text = re.sub(r"<br\s*/?>", "<br/>", _BLOCK_KEY.sub("", value or ""))
        return re.sub(r">\s+<", "><", text.replace("\r\n", "\n")).strip()
    if field in {"families", "activities", "tags", "served_areas"}:
        return sorted(value or [], key=str)
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    return value


def same(field: str, one: Any, other: Any) -> bool:
    """Whether two values of a field say the same; empty values are alike."""
    left, right = comparable(field, one), comparable(field, other)
    return left == right or (left in (None, "", []) and right in (None, "", []))


def values_of(page: InitiativePage) -> dict[str, Any]:
    """Return the facts of one page object, a draft included, as a source would give them."""
    values: dict[str, Any] = {name: getattr(page, name) for name in SCALARS}
    for name in FOREIGN_KEYS:
        related = getattr(page, name)
        values[name] = related.code if related else None
    for name in MANY_TO_MANY:
        values[name] = [term.code for term in getattr(page, name).all()]
    values["tags"] = [item.tag.name for item in page.tagged_items.all()]
    values["links"] = [[link.kind, link.url] for link in page.links.all()]
    values["contacts"] = [contact_value(contact) for contact in page.contacts.all()]
    values["agreements"] = [agreement_value(agreement) for agreement in page.agreements.all()]
    values["served_areas"] = [[area.level, area.code] for area in page.served_areas.all()]
    return values


def values_of_pages(pages: Iterable[InitiativePage]) -> dict[int, dict[str, Any]]:
    """Return the facts of many stored pages by id, in a constant number of queries."""
    pages = list(pages)
    ids = [page.pk for page in pages]
    result = {}
    for page in pages:
        values: dict[str, Any] = {name: getattr(page, name) for name in SCALARS}
        for name in FOREIGN_KEYS:
            related = getattr(page, name)
            values[name] = related.code if related else None
        for name in (*MANY_TO_MANY, *CHILDREN):
            values[name] = []
        result[page.pk] = values
    for chunk in chunks(ids):
        _add_relations(chunk, result)
    return result


def _add_relations(ids: list[int], result: dict[int, dict[str, Any]]) -> None:
    for name in MANY_TO_MANY:
        through = getattr(InitiativePage, name).through
        term = InitiativePage._meta.get_field(name).m2m_reverse_field_name()
        rows = through.objects.filter(initiativepage_id__in=ids).order_by("pk")
        for page_id, code in rows.values_list("initiativepage_id", f"{term}__code"):
            result[page_id][name].append(code)
    tags = InitiativeTag.objects.filter(content_object_id__in=ids).order_by("pk")
    for page_id, tag in tags.values_list("content_object_id", "tag__name"):
        result[page_id]["tags"].append(tag)
    for link in InitiativeLink.objects.filter(page_id__in=ids):
        result[link.page_id]["links"].append([link.kind, link.url])
    for contact in InitiativeContact.objects.filter(page_id__in=ids):
        result[contact.page_id]["contacts"].append(contact_value(contact))
    for agreement in InitiativeAgreement.objects.filter(page_id__in=ids):
        result[agreement.page_id]["agreements"].append(agreement_value(agreement))
    for area in ServedArea.objects.filter(page_id__in=ids):
        result[area.page_id]["served_areas"].append([area.level, area.code])


def contact_value(contact: InitiativeContact) -> dict[str, str]:
    """Return a contact as the source gives it."""
    return {
        name: str(getattr(contact, name))
        for name in ("name", "role", "email", "phone", "visibility")
    }


def agreement_value(agreement: InitiativeAgreement) -> dict[str, str | None]:
    """Return an agreement as the source gives it."""
    return {
        "kind": str(agreement.kind),
        "label": agreement.label,
        "authority": agreement.authority,
        "starts_on": agreement.starts_on.isoformat() if agreement.starts_on else None,
        "ends_on": agreement.ends_on.isoformat() if agreement.ends_on else None,
    }


def chunks(items: list[Any], size: int = 500) -> Iterable[list[Any]]:
    """Yield slices small enough for the parameters of one query, on every database."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def changes(
    stored: dict[str, Any], current: dict[str, Any], wanted: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Return the fields to write with their new value, and those edited here that are kept.

    ``stored`` is what the source last said, ``current`` what the listing says, ``wanted`` what
    the source says now. A field edited here since the last import is never overwritten; a group
    of facts is kept as soon as one of them was edited. A field the source has not changed is
    left alone in silence.
    """
    edited = {
        name
        for name in wanted
        if (
            not same(name, current[name], stored[name])
            if name in stored
            else current[name] not in (None, "", [])
        )
    }
    for group in GROUPS:
        if group & edited:
            edited |= group & set(wanted)
    write, kept = {}, []
    for name, value in wanted.items():
        if same(name, current[name], value):
            continue
        if name not in edited:
            write[name] = value
        elif name not in stored or not same(name, stored[name], value):
            kept.append(name)
    return write, kept
