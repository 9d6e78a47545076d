"""A second import brings what changed at the source, and never undoes what people did here."""

import pytest
from wagtail.models import Page, PageLogEntry

from bdis_cms.models import InitiativePage
from tests.cms.import_samples import row

pytestmark = pytest.mark.django_db


def kept(report):
    return [(note.external_id, note.field, note.reason) for note in report.kept_here]


def test_unchanged_rows_are_recognised_and_cost_no_write(import_source):
    import_source.run(row("1"), row("2"))
    stamp = import_source.page("1").latest_revision_created_at
    report = import_source.run(row("1"), row("2"))
    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)
    assert import_source.page("1").latest_revision_created_at == stamp


def test_what_changed_at_the_source_is_updated(import_source):
    import_source.run(row("1"), row("2"))
    report = import_source.run(
        row("1", nom="Nouveau nom", mots="tri", genre="amap", domaine="velos", site="https://b.fr"),
        row("2"),
    )
    page = import_source.page("1")
    assert (report.updated, report.unchanged) == (1, 1)
    assert (page.title, page.draft_title) == ("Nouveau nom", "Nouveau nom")
    assert page.slug == "initiative-1"  # addresses are stable
    assert list(page.tags.names()) == ["tri"]
    assert [family.code for family in page.families.all()] == ["amap"]
    assert page.main_activity.code == "velos"
    assert [link.url for link in page.links.all()] == ["https://b.fr"]
    last = PageLogEntry.objects.filter(page=page.pk).order_by("-pk").first()
    assert last.action == "wagtail.edit"
    assert InitiativePage.objects.search("Nouveau nom").count() == 1


def test_fields_edited_here_survive_and_the_others_follow_the_source(import_source):
    import_source.run(row("1"))
    page = import_source.page("1")
    page.summary = "Écrit par une éditrice."
    page.save_revision().publish()
    report = import_source.run(row("1", texte="Tout est changé.", nom="Nom de la source"))
    page = import_source.page("1")
    assert page.summary == "Écrit par une éditrice."
    assert page.title == "Nom de la source"
    assert page.description == "<p>Tout est changé.</p>"
    assert kept(report) == [("1", "summary", "edited_here")]
    assert report.updated == 1


def test_the_place_is_kept_whole_as_soon_as_a_part_of_it_was_edited(import_source):
    import_source.run(row("1"))
    page = import_source.page("1")
    page.latitude, page.longitude = 44.70, 5.40
    page.save_revision().publish()
    moved = {"cp": "84000", "ville": "Avignon", "lat": "43.94", "lon": "4.83"}
    report = import_source.run(row("1", **moved))
    page = import_source.page("1")
    assert (page.latitude, page.commune.code) == (44.70, "26113")
    assert {field for _, field, _ in kept(report)} >= {"commune", "latitude"}
    assert report.kept == 1


def test_the_form_of_the_admin_alone_is_not_an_edit(import_source):
    import_source.run(row("1"))
    page = import_source.page("1")
    page.description = page.description.replace("<p>", '<p data-block-key="x1">')
    page.save_revision().publish()
    report = import_source.run(row("1", texte="Nouveau texte, long assez pour un résumé entier."))
    assert import_source.page("1").description.startswith("<p>Nouveau texte")
    assert not report.kept_here


def test_the_admin_opens_what_the_import_wrote_not_an_older_revision(import_source):
    import_source.run(row("1"))
    page = import_source.page("1")
    page.save_revision().publish()
    import_source.run(row("1", nom="Nom neuf", mots="neuf"))
    page = import_source.page("1")
    opened = page.get_latest_revision_as_object()
    assert opened.title == "Nom neuf"
    assert [item.tag.name for item in opened.tagged_items.all()] == ["neuf"]
    assert not page.has_unpublished_changes
    assert page.live_revision_id == page.latest_revision_id


def test_a_draft_under_way_keeps_its_words_and_receives_the_rest(import_source):
    import_source.run(row("1"))
    page = import_source.page("1")
    page.title = "Titre en cours d’écriture"
    page.save_revision()
    import_source.run(row("1", mots="neuf", salaries="9"))
    page = import_source.page("1")
    assert (page.title, page.workforce) == ("Initiative 1", 9)
    assert page.has_unpublished_changes
    draft = page.get_latest_revision_as_object()
    assert (draft.title, draft.workforce) == ("Titre en cours d’écriture", 9)
    draft.save_revision().publish()
    page = import_source.page("1")
    assert (page.title, list(page.tags.names())) == ("Titre en cours d’écriture", ["neuf"])


def test_a_listing_that_moves_to_another_region_follows(import_source, site_tree):
    import_source.run(row("1"), row("2"))
    moved = {"cp": "84000", "ville": "Avignon", "lat": "43.94", "lon": "4.83"}
    import_source.run(row("1", **moved), row("2"))
    page = import_source.page("1")
    assert page.get_parent().pk == site_tree.paca.pk
    assert page.url_path == f"{site_tree.paca.url_path}initiative-1/"
    assert page.commune.code == "84007"
    assert not any(Page.find_problems())


def test_a_listing_deleted_here_does_not_come_back_unless_asked(import_source):
    import_source.run(row("1"), row("2"))
    import_source.page("1").delete()
    report = import_source.run(row("1"), row("2"))
    assert kept(report) == [("1", "", "deleted_here")]
    assert (report.kept, report.unchanged) == (1, 1)
    assert kept(import_source.run(row("1", nom="Autre"), row("2"))) == [("1", "", "deleted_here")]
    report = import_source.run(row("1", nom="Autre"), row("2"), restore_deleted=True)
    assert report.created == 1
    assert import_source.page("1").title == "Autre"


def test_restoring_needs_no_change_at_the_source(import_source):
    import_source.run(row("1"))
    import_source.page("1").delete()
    assert import_source.run(row("1"), restore_deleted=True).created == 1


def test_a_listing_that_left_the_source_is_told_and_left(import_source):
    import_source.run(row("1"), row("2"))
    report = import_source.run(row("1"))
    assert [gone["external_id"] for gone in report.missing] == ["2"]
    assert import_source.page("2").live


def test_publish_shows_drafts_and_leaves_what_people_unpublished(import_source):
    import_source.run(row("1"), row("2"), publish=False)
    report = import_source.run(row("1"), row("2"))
    assert (report.published, report.unchanged) == (2, 2)
    assert InitiativePage.objects.public().count() == 2
    import_source.page("1").unpublish()
    report = import_source.run(row("1"), row("2"))
    assert kept(report) == [("1", "", "unpublished_here")]
    assert not import_source.page("1").live


def test_without_publish_the_state_of_a_listing_does_not_change(import_source):
    import_source.run(row("1"))
    import_source.run(row("1", nom="Autre nom"), publish=False)
    assert import_source.page("1").live


def test_the_grace_period_is_given_once(import_source):
    import_source.run(row("1"))
    InitiativePage.objects.update(charter_valid_until="2020-01-01")
    import_source.run(row("1", nom="Autre nom"))
    assert str(import_source.page("1").charter_valid_until) == "2020-01-01"


def test_a_locked_page_is_left_as_it_is(import_source):
    import_source.run(row("1"))
    InitiativePage.objects.update(locked=True)
    report = import_source.run(row("1", nom="Autre nom"))
    assert kept(report) == [("1", "", "locked_here")]
    assert import_source.page("1").title == "Initiative 1"


def test_confirmation_only_moves_forward(import_source):
    import_source.run(row("1", maj="2024-01-01"))
    import_source.run(row("1", maj="2023-01-01"))
    assert str(import_source.page("1").confirmed_on) == "2024-01-01"
    import_source.run(row("1", maj="2025-01-01"))
    assert str(import_source.page("1").confirmed_on) == "2025-01-01"
