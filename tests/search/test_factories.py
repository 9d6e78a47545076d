"""The factories make what they say."""

import pytest

from bdis_cms.models import InitiativePage
from tests.factories import ActivityFactory, FamilyFactory, InitiativePageFactory

pytestmark = pytest.mark.django_db


def test_an_initiative_is_public_with_all_its_relations(site_tree, territories):
    root = ActivityFactory(code="alimentation")
    page = InitiativePageFactory(
        title="Le Panier du Diois",
        commune=territories.die,
        families=[FamilyFactory(code="amap")],
        activities=[ActivityFactory(code="alimentation.paniers", parent=root)],
        tags=["circuit court", "bio"],
        served=["department:26", "country:"],
    )
    found = InitiativePage.objects.public().get()
    assert found == page
    assert found.get_parent().specific == site_tree.aura
    assert [family.code for family in found.families.all()] == ["amap"]
    assert [activity.code for activity in found.activities.all()] == ["alimentation.paniers"]
    assert sorted(found.tags.names()) == ["bio", "circuit court"]
    assert {(area.level, area.code) for area in found.served_areas.all()} == {
        ("department", "26"),
        ("country", ""),
    }
    assert (found.latitude, found.longitude) == (44.7536, 5.3703)


@pytest.mark.parametrize("trait", ["draft", "lapsed", "suspended", "never_adhered"])
def test_traits_hide_a_listing(site_tree, territories, trait):
    InitiativePageFactory(commune=territories.die, **{trait: True})
    assert not InitiativePage.objects.public().exists()
