"""Imported listings are as well formed as those that an editor saves."""

import datetime

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from taggit.models import Tag
from wagtail.models import Page, PageLogEntry, ReferenceIndex

from bdis_cms.models import ImportedListing, InitiativePage, Visibility
from bdis_cms.services import grace_until
from bdis_cms.signals import listings_changed
from tests.cms.import_samples import row

pytestmark = pytest.mark.django_db


def test_a_row_becomes_a_public_listing_with_all_its_facts(import_source, site_tree):
    report = import_source.run(
        row(
            "7",
            nom="REPAIR CAFE DE DIE",
            sigle="RCD",
            siret="732 829 320 00074",
            adresse="12 rue du Moulin",
            courriel="Bonjour@Exemple.fr",
            salaries="3",
            maj="2024-05-06",
            agrement="ESUS",
        )
    )
    page = import_source.page("7")
    assert (report.created, report.rejected) == (1, 0)
    assert page.title == "Repair café de Die"
    assert page.slug == "repair-cafe-de-die"
    assert page.url_path == f"{site_tree.aura.url_path}repair-cafe-de-die/"
    assert page.get_parent().pk == site_tree.aura.pk
    assert page.summary == "On y répare des vélos ensemble, chaque samedi."
    assert page.description.startswith("<p>On y répare")
    assert (page.acronym, page.siret, page.workforce) == ("RCD", "73282932000074", 3)
    assert (page.commune.code, page.postcode, page.address) == (
        "26113",
        "26150",
        "12 rue du Moulin",
    )
    assert (page.latitude, page.longitude, page.point_precision) == (44.754, 5.371, "exact")
    assert page.main_activity.code == "reparation"
    assert [activity.code for activity in page.activities.all()] == ["velos"]
    assert [family.code for family in page.families.all()] == ["repair-cafe"]
    assert page.legal_family.code == "association"
    assert sorted(page.tags.names()) == ["Entraide", "vélo"]
    assert [(link.kind, link.url) for link in page.links.all()] == [
        ("website", "https://exemple.fr")
    ]
    contact = page.contacts.get()
    assert (contact.email, contact.visibility) == ("bonjour@exemple.fr", Visibility.PRIVATE)
    assert page.agreements.get().kind == "esus"
    assert page.confirmed_on == datetime.date(2024, 5, 6)
    assert page.charter_valid_until == grace_until()
    assert InitiativePage.objects.public().filter(pk=page.pk).exists()
    page.full_clean()


def test_without_publish_listings_are_drafts_without_adhesion(import_source):
    import_source.run(row("1"), publish=False)
    page = import_source.page("1")
    assert not page.live
    assert page.has_unpublished_changes
    assert page.charter_valid_until is None
    assert not InitiativePage.objects.public().exists()


def test_the_tree_stays_whole_and_goes_on_accepting_pages(import_source, site_tree):
    import_source.run(*(row(str(n)) for n in range(1, 30)))
    import_source.run(
        *(row(str(n)) for n in range(1, 40)),
        row("a", cp="84000", ville="Avignon", lat="43.94", lon="4.83"),
    )
    assert not any(Page.find_problems())
    parent = Page.objects.get(pk=site_tree.aura.pk)
    added = parent.add_child(instance=InitiativePage(title="À la main", slug="a-la-main"))
    assert not any(Page.find_problems())
    assert parent.get_children().count() == 40
    assert added.get_siblings().last() == added.page_ptr
    assert Page.objects.get(pk=site_tree.paca.pk).numchild == 1


def test_homonyms_get_addresses_of_their_own(import_source, site_tree):
    elsewhere = {"cp": "26410", "ville": "Châtillon-en-Diois", "lat": "44.69", "lon": "5.48"}
    import_source.run(
        row("1", nom="Le café"),
        row("2", nom="Le café", **elsewhere),
        row("3", nom="Le café", **elsewhere),
    )
    assert [import_source.page(ref).slug for ref in "123"] == [
        "le-cafe",
        "le-cafe-chatillon-en-diois",
        "le-cafe-chatillon-en-diois-2",
    ]


def test_indexes_and_history_are_those_of_a_page_saved_in_the_admin(import_source):
    import_source.run(row("1", agrement="esus"), row("2"))
    page = import_source.page("1")
    written = set(references(page))
    ReferenceIndex.create_or_update_for_object(page)
    assert set(references(page)) == written
    assert any(path == "main_activity" for path, _ in written)
    actions = PageLogEntry.objects.filter(page=page.pk).order_by("pk")
    assert [entry.action for entry in actions] == ["wagtail.create", "wagtail.publish"]
    assert InitiativePage.objects.search("Initiative 1").count() >= 1
    assert page.pk in {found.pk for found in Page.objects.autocomplete("Initiat")}


def references(page):
    return ReferenceIndex.get_references_for_object(page).values_list("model_path", "to_object_id")


def test_tags_are_shared_whatever_their_case(import_source):
    Tag.objects.create(name="Vélo", slug="velo")
    import_source.run(row("1", mots="vélo"), row("2", mots="VÉLO, vélo"), row("3", mots="velo"))
    assert sorted(Tag.objects.values_list("name", "slug")) == [("Vélo", "velo"), ("velo", "velo_1")]
    assert list(import_source.page("2").tags.names()) == ["Vélo"]


def test_upper_apps_hear_of_all_the_pages_at_once(import_source):
    heard = []

    def listen(sender, page_ids, **kwargs):
        heard.append(page_ids)

    listings_changed.connect(listen)
    try:
        import_source.run(row("1"), row("2"))
        import_source.run(row("1"), row("2"))
    finally:
        listings_changed.disconnect(listen)
    assert heard == [[import_source.page("1").pk, import_source.page("2").pk]]


def test_the_number_of_queries_does_not_follow_the_number_of_rows(
    import_source, django_assert_max_num_queries
):
    import_source.run(row("0"))
    with django_assert_max_num_queries(110):
        import_source.run(*(row(str(n), mots=f"mot {n}") for n in range(1, 200)))


def test_an_imported_page_is_edited_published_and_followed_in_the_admin(
    import_source, admin_client
):
    import_source.run(row("1"), publish=False)
    page = import_source.page("1")
    assert page.latest_revision is None
    for name in ("wagtailadmin_pages:edit", "wagtailadmin_pages:history"):
        response = admin_client.get(reverse(name, args=[page.pk]))
        assert response.status_code == 200, name
        assert "Initiative 1" in response.content.decode()
    page.title = "Nouveau nom"
    page.save_revision().publish()
    page.refresh_from_db()
    assert (page.live, page.title) == (True, "Nouveau nom")


def test_what_the_source_said_is_remembered(import_source):
    import_source.run(row("1"))
    remembered = ImportedListing.objects.get(source="essai", external_id="1")
    assert remembered.page_id == import_source.page("1").pk
    assert remembered.values["title"] == "Initiative 1"
    assert remembered.imported_at <= timezone.now()
    assert ContentType.objects.get_for_model(InitiativePage) == import_source.page("1").content_type
