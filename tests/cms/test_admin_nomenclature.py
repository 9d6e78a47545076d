"""Nomenclatures and territories in the admin."""

import pytest

from bdis_cms.models import Activity, Family, LegalFamily
from bdis_cms.sitetree import NATIONAL_GROUP, ensure_site_tree
from tests.cms.admin_client import logged_in, member
from tests.factories import (
    ActivityFactory,
    FamilyFactory,
    InitiativePageFactory,
    LegalFamilyFactory,
    LegalStatusFactory,
)

pytestmark = pytest.mark.django_db
ACTIVITIES = "/admin/nomenclature/activities/"


@pytest.fixture
def client(territories):
    ensure_site_tree()
    return logged_in(member("nationale", NATIONAL_GROUP))


@pytest.fixture
def tree():
    food = ActivityFactory(code="food", label_fr="Alimentation")
    bread = ActivityFactory(code="food.bread", label_fr="Pain", parent=food)
    ActivityFactory(code="food.cheese", label_fr="Fromage", parent=food)
    return {"food": food, "bread": bread, "art": ActivityFactory(code="art", label_fr="Culture")}


def node(code) -> Activity:
    return Activity.objects.get(code=code)


def fields(code, label, parent="") -> dict[str, object]:
    return {
        "code": code,
        "label_fr": label,
        "label_en": "",
        "definition": "",
        "synonyms": "",
        "parent": parent,
    }


def test_activities_are_listed_in_the_order_of_the_tree(client, tree):
    response = client.get(ACTIVITIES)

    assert [row.code for row in response.context["object_list"]] == [
        "food",
        "food.bread",
        "food.cheese",
        "art",
    ]
    assert f"new/?parent={tree['food'].pk}" in response.content.decode()


def test_a_child_is_added_under_its_parent(client, tree):
    form = client.get(f"{ACTIVITIES}new/", {"parent": tree["food"].pk}).content.decode()
    assert "checked" in form

    client.post(f"{ACTIVITIES}new/", fields("food.jam", "Confiture", tree["food"].pk))

    assert node("food.jam").get_parent() == tree["food"]


def test_a_code_left_empty_is_made_from_the_branch_and_the_label(client, tree):
    client.post(f"{ACTIVITIES}new/", fields("", "Gelées d’été", tree["food"].pk))
    assert node("food.gelees-dete").get_parent() == tree["food"]

    again = client.post(f"{ACTIVITIES}new/", fields("", "Gelées d’été", tree["food"].pk))
    assert again.status_code == 200
    assert Activity.objects.filter(code__startswith="food.gelees").count() == 1


def test_a_root_is_added_without_parent(client, tree):
    client.post(f"{ACTIVITIES}new/", fields("energy", "Énergie"))

    assert node("energy").depth == 1


def test_a_branch_is_renamed_and_moved_with_what_is_below(client, tree):
    url = f"{ACTIVITIES}edit/{tree['food'].pk}/"

    client.post(url, fields("food", "Manger", tree["art"].pk))

    assert node("food").label_fr == "Manger"
    assert node("food").get_parent() == node("art")
    assert node("food.bread").get_parent() == node("food")
    client.post(url, fields("food", "Manger"))
    assert node("food").depth == 1
    assert Activity.find_problems() == ([], [], [], [], [])


def test_a_branch_is_not_moved_under_itself(client, tree):
    response = client.post(
        f"{ACTIVITIES}edit/{tree['food'].pk}/", fields("food", "Manger", tree["bread"].pk)
    )

    assert "parent" in response.context["form"].errors
    assert node("food").depth == 1


def test_a_node_is_shifted_among_its_siblings(client, tree):
    client.post(f"{ACTIVITIES}shift/{node('food.cheese').pk}/up/")

    children = [child.code for child in node("food").get_children()]
    assert children == ["food.cheese", "food.bread"]
    client.get(f"{ACTIVITIES}shift/{node('food.cheese').pk}/down/")
    assert [child.code for child in node("food").get_children()] == children


def test_a_used_branch_is_kept_and_the_listings_counted(client, tree, territories):
    InitiativePageFactory(commune=territories.die, main_activity=tree["bread"])
    InitiativePageFactory(commune=territories.die, activities=[tree["bread"]], draft=True)
    url = f"{ACTIVITIES}delete/{tree['food'].pk}/"

    response = client.get(url)

    assert response.context["uses"] == 2
    assert f"?activity={tree['food'].pk}" in response.content.decode()
    client.post(url)
    assert Activity.objects.filter(code="food.bread").exists()


def test_an_unused_branch_is_deleted_whole(client, tree):
    client.post(f"{ACTIVITIES}delete/{tree['food'].pk}/")

    assert [row.code for row in Activity.objects.all()] == ["art"]


def test_a_used_family_is_kept(client, territories):
    family = FamilyFactory(code="amap")
    InitiativePageFactory(commune=territories.die, families=[family])

    assert client.get(f"/admin/nomenclature/families/delete/{family.pk}/").context["uses"] == 1
    client.post(f"/admin/nomenclature/families/delete/{family.pk}/")
    assert Family.objects.filter(pk=family.pk).exists()


def test_a_legal_family_with_statuses_is_kept(client):
    family = LegalFamilyFactory(code="cooperative")
    LegalStatusFactory(code="scop", legal_family=family)

    page = client.get(f"/admin/nomenclature/legal-families/delete/{family.pk}/")

    assert "Scop" in page.content.decode()
    client.post(f"/admin/nomenclature/legal-families/delete/{family.pk}/")
    assert LegalFamily.objects.filter(pk=family.pk).exists()


@pytest.mark.parametrize("level", ["regions", "departments", "epci", "communes"])
def test_territories_are_read_and_searched_but_not_written(
    client, admin_client, level, territories
):
    for who in (client, admin_client):
        listing = who.get(f"/admin/territories/{level}/", {"q": "a"})
        assert listing.status_code == 200
        assert "/new/" not in listing.content.decode()
        assert who.get(f"/admin/territories/{level}/new/").status_code == 302
    assert client.get(f"/admin/territories/{level}/results/", {"q": "Die"}).status_code == 200


def test_a_commune_shows_its_facts(client, territories):
    page = client.get(f"/admin/territories/communes/inspect/{territories.die.pk}/")

    assert "26150" in page.content.decode()
