"""While no engine answers, the database counts what an engine would."""

import pytest

from bdis_cms.models import LegalFamily
from bdis_search.backends.base import EngineUnavailable
from bdis_search.database_counts import counted_by_the_database
from bdis_search.overview import counts
from bdis_search.query import Query
from tests.factories import ActivityFactory, FamilyFactory, InitiativePageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def directory(site_tree, territories, engine, django_capture_on_commit_callbacks):
    food = ActivityFactory(code="alimentation", label_fr="Alimentation")
    shops = ActivityFactory(code="alimentation.commerce", label_fr="Commerce", parent=food)
    grocery = ActivityFactory(
        code="alimentation.commerce.epicerie", label_fr="Épicerie", parent=shops
    )
    bread = ActivityFactory(code="alimentation.pain", label_fr="Pain", parent=food)
    repair = ActivityFactory(code="reparation", label_fr="Réparation")
    amap, cafe = FamilyFactory(code="amap"), FamilyFactory(code="cafe")
    legal = LegalFamily.objects.filter(code="association").first() or LegalFamily.objects.create(
        code="association", label_fr="Associations"
    )
    with django_capture_on_commit_callbacks(execute=True):
        for place, fields in (
            (territories.die, {"main_activity": grocery, "families": [amap], "tags": ["Bio"]}),
            (territories.die, {"main_activity": bread, "activities": [grocery, bread]}),
            (territories.valence, {"activities": [shops], "families": [amap, cafe]}),
            (territories.avignon, {"main_activity": repair, "legal_family": legal}),
            (territories.avignon, {"activities": [food, repair], "tags": ["Bio", "Vélo"]}),
            (territories.lyon, {"main_activity": repair, "families": [cafe], "draft": True}),
            (territories.lyon, {}),
        ):
            InitiativePageFactory(commune=place, **fields)


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"region": "84"},
        {"department": "26"},
        {"family": "amap"},
        {"activity": "alimentation"},
        {"activity": "alimentation.commerce"},
        {"activity": "reparation", "region": "93"},
        {"tag": "bio"},
        {"legal_family": "association"},
        {"activity": "unknown"},
    ],
)
def test_it_counts_what_the_engine_counts(engine, directory, filters):
    asked = Query(filters={name: frozenset([code]) for name, code in filters.items()}, page_size=1)
    expected = engine.search(asked)
    found = counted_by_the_database(filters)
    assert found.total == expected.total
    assert {name: dict(values) for name, values in found.counts.items()} == {
        name: {code: n for code, n in values.items() if n}
        for name, values in expected.counts.items()
    }


def test_the_pages_that_count_still_tell_the_truth(engine, directory, monkeypatch, client):
    def away(self, query):
        raise EngineUnavailable("away")

    monkeypatch.setattr(type(engine), "search", away)
    assert counts(activity="alimentation").total == 4
    for address in ("/", "/nomenclature/", "/nomenclature/activites/alimentation/"):
        assert client.get(address).status_code == 200
