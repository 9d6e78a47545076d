"""Labels of facets, and a facet that another network adds."""

from __future__ import annotations

import pytest
from django.utils.translation import override
from wagtail import hooks

from bdis_search.facets import facet_values, known_values, registered_facets
from bdis_search.outbox import rebuild_index
from bdis_search.query import Query, Results
from bdis_search.suggestions import suggest
from tests.factories import ActivityFactory, FamilyFactory, InitiativePageFactory

pytestmark = pytest.mark.django_db


class DecadeFacet:
    """A third party's facet: the decade in which an initiative was founded."""

    name = "decade"
    label = "Décennie"

    def values_of(self, page):
        return [f"{page.founded_year // 10 * 10}"] if page.founded_year else []

    def labels(self, values):
        return {value: f"Années {value}" for value in values if value.isdigit()}


def test_a_third_party_adds_a_facet(engine, site_tree, territories):
    with hooks.register_temporarily("register_bdis_facet", DecadeFacet):
        InitiativePageFactory(commune=territories.die, founded_year=1987)
        InitiativePageFactory(commune=territories.die, founded_year=1981)
        recent = InitiativePageFactory(commune=territories.lyon, founded_year=2019)
        rebuild_index()
        assert "decade" in registered_facets()
        assert known_values("decade", {"1980", "jadis"}) == {"1980"}
        query = Query(filters={"decade": frozenset(["2010"])}, facets=registered_facets())
        results = engine.search(query)
        assert [hit.id for hit in results.hits] == [recent.pk]
        eighties, tens = facet_values(results, query)["decade"]
        assert (eighties.label, eighties.count, eighties.selected) == ("Années 1980", 2, False)
        assert (tens.label, tens.count, tens.selected) == ("Années 2010", 1, True)
        assert [value.count for value in facet_values(results, query)["region"]] == [1]


def test_values_are_ordered_by_count_then_label_and_selected_ones_stay():
    for code in ("amap", "cafe-associatif", "sel"):
        FamilyFactory(code=code)
    query = Query(filters={"family": frozenset(["sel"])})
    results = Results(0, (), {"family": {"cafe-associatif": 2, "amap": 2}})
    values = facet_values(results, query)["family"]
    assert [(value.value, value.count, value.selected) for value in values] == [
        ("amap", 2, False),
        ("cafe-associatif", 2, False),
        ("sel", 0, True),
    ]


def test_activities_are_a_tree():
    root = ActivityFactory(code="ali", label_fr="Alimentation", label_en="Food")
    ActivityFactory(code="ali.pain", label_fr="Pain", parent=root)
    results = Results(0, (), {"activity": {"ali": 3, "ali.pain": 1}})
    with override("en"):
        (food,) = facet_values(results, Query())["activity"]
    assert (food.label, food.count) == ("Food", 3)
    assert [(child.label, child.count) for child in food.children] == [("Pain", 1)]


def test_a_renamed_term_shows_its_new_label():
    family = FamilyFactory(code="amap", label_fr="Amap")
    results = Results(0, (), {"family": {"amap": 1}})
    assert facet_values(results, Query())["family"][0].label == "Amap"
    family.label_fr = "AMAP"
    family.save()
    assert facet_values(results, Query())["family"][0].label == "AMAP"


def test_codes_are_checked_against_the_database(territories):
    assert known_values("region", {"84", "99"}) == {"84"}
    assert known_values("commune", {"26113", "\x00", "x" * 5000}) == {"26113"}
    assert known_values("unheard", {"1"}) == set()


def test_suggestions_name_terms_tags_and_listings(engine, site_tree, territories):
    FamilyFactory(code="ressourcerie", label_fr="Ressourcerie", synonyms="Recyclerie")
    ActivityFactory(code="recyclage", label_fr="Recyclage des textiles")
    page = InitiativePageFactory(
        title="La Recyclerie du lac", commune=territories.die, tags=["recyclage"]
    )
    hidden = InitiativePageFactory(
        title="Recyclerie cachée", commune=territories.die, tags=["recyclage secret"], draft=True
    )
    rebuild_index()
    found = [(one.kind, one.value) for one in suggest("recycl")]
    assert ("family", "ressourcerie") in found
    assert ("activity", "recyclage") in found
    assert ("tag", "recyclage") in found
    assert ("listing", page.title) in found
    assert not any(hidden.title == value or "secret" in value for _, value in found)
    assert suggest("  ") == []
