"""Labels of the values of the shipped facets: a few hundred terms, some thousands of tags."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from taggit.models import Tag

from bdis_cms.models import Activity, Commune, Department, Epci, Family, LegalFamily, Region
from bdis_cms.remembering import remembered
from bdis_search.terms import (
    activities,
    departments,
    families,
    legal_families,
    public_tags,
    regions,
)


@dataclass(frozen=True, slots=True)
class Label:
    """What a code is called; "" in English when there is no translation."""

    french: str
    english: str = ""
    parent: str | None = None  # code of the term above


def labels_by_code(name: str, codes: Collection[str] = ()) -> dict[str, Label]:
    """Return the labels of the facet ``name`` by code, those of ``codes`` among them."""
    if name not in ("tag", "commune"):
        return _all(name)
    known = _met(name)
    if missing := [code for code in codes if code not in known]:
        found = (
            public_tags().filter(slug__in=missing).values_list("slug", "name")
            if name == "tag"
            else Commune.objects.filter(code__in=missing).values_list("code", "name")
        )
        known.update((code, Label(label)) for code, label in found)
    return known


@remembered(Tag, Commune)
def _met(name: str) -> dict[str, Label]:
    return {}  # filled as codes are met: the whole list would be long


@remembered(Activity, Family, LegalFamily, Region, Department, Epci)
def _all(name: str) -> dict[str, Label]:
    match name:
        case "activity":
            by_path = {one.path: one.code for one in activities().values()}
            return {
                one.code: Label(
                    one.label_fr, one.label_en, by_path.get(one.path[: -Activity.steplen])
                )
                for one in activities().values()
            }
        case "family" | "legal_family":
            terms = families() if name == "family" else legal_families()
            return {term.code: Label(term.label_fr, term.label_en) for term in terms.values()}
        case "region":
            return {code: Label(region.name) for code, region in regions().items()}
        case "department":
            return {one.code: Label(one.name) for one in departments().values()}
        case "epci":
            return {code: Label(label) for code, label in Epci.objects.values_list("code", "name")}
    return {}
