"""The index follows the site, and nothing is lost on the way."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from taggit.models import Tag
from wagtail.models import Page, PageViewRestriction

from bdis_cms.models import InitiativePage
from bdis_cms.signals import listings_changed
from bdis_search import draining, outbox
from bdis_search.backends.base import EngineUnavailable
from bdis_search.building import build_documents
from bdis_search.management.commands import check_index
from bdis_search.models import DrainLease, EngineState, IndexRebuild, IndexTask
from bdis_search.query import Query
from tests.factories import ActivityFactory, FamilyFactory, InitiativePageFactory, RegionPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """Run what follows as one committed transaction."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def listing(site_tree, territories, engine, commit):
    with commit():
        return InitiativePageFactory(title="Atelier vélo", commune=territories.die)


def found(engine, text="", **query):
    return [hit.id for hit in engine.search(Query(text=text, **query)).hits]


def test_a_published_listing_is_found_at_once(engine, listing):
    assert found(engine, "vélos") == [listing.pk]
    assert not IndexTask.objects.exists()


def test_a_draft_is_not_found_until_published(engine, site_tree, territories, commit):
    with commit():
        page = InitiativePageFactory(title="Atelier", commune=territories.die, draft=True)
    assert found(engine) == []
    with commit():
        page.save_revision().publish()
    assert found(engine) == [page.pk]


def test_an_edit_shows_when_it_is_published(engine, listing, commit):
    listing.title = "Atelier couture"
    with commit():
        revision = listing.save_revision()
    assert found(engine, "couture") == []
    with commit():
        revision.publish()
    assert found(engine, "couture") == [listing.pk]
    assert found(engine, "vélo") == []


@pytest.mark.parametrize("act", ["unpublish", "delete", "suspend", "lapse", "delete_region"])
def test_a_listing_leaves_the_index(engine, listing, commit, act):
    with commit():
        match act:
            case "unpublish":
                listing.unpublish()
            case "delete":
                listing.delete()
            case "suspend":
                listing.suspended_at = timezone.now()
                listing.save()
            case "lapse":
                listing.charter_valid_until = timezone.localdate() - datetime.timedelta(days=1)
                listing.save()
            case "delete_region":
                listing.get_parent().delete()
    assert found(engine) == []
    assert not dict(engine.fingerprints())


def test_a_private_branch_leaves_and_comes_back(engine, listing, commit):
    with commit():
        restriction = PageViewRestriction.objects.create(
            page=Page.objects.get(pk=listing.get_parent().pk), restriction_type="login"
        )
    assert found(engine) == []
    with commit():
        restriction.delete()
    assert found(engine) == [listing.pk]


def test_moving_into_a_private_branch_hides(engine, listing, commit, territories):
    private = RegionPageFactory(region=territories.paca)
    with commit():
        PageViewRestriction.objects.create(page=private, restriction_type="login")
    with commit():
        listing.move(private, pos="last-child")
    assert found(engine) == []


def test_relations_of_a_new_listing_are_indexed(engine, site_tree, territories, commit):
    root = ActivityFactory(code="alimentation", label_fr="Alimentation")
    leaf = ActivityFactory(code="alimentation.paniers", label_fr="Paniers", parent=root)
    with commit():
        page = InitiativePageFactory(
            commune=territories.die,
            families=[FamilyFactory(code="amap", label_fr="AMAP")],
            activities=[leaf],
            tags=["Circuit court"],
        )
    counts = engine.search(Query()).counts
    assert counts["family"] == {"amap": 1}
    assert counts["activity"] == {"alimentation": 1, "alimentation.paniers": 1}
    assert counts["tag"] == {"circuit-court": 1}
    assert found(engine, "alimentation") == [page.pk]


def test_renaming_a_term_reaches_its_listings(engine, site_tree, territories, commit):
    family = FamilyFactory(code="amap", label_fr="AMAP")
    with commit():
        page = InitiativePageFactory(commune=territories.die, families=[family])
    family.synonyms = "Panier paysan\nGroupement d’achat"
    with commit():
        family.save()
    assert found(engine, "groupements d'achats") == [page.pk]


@pytest.mark.parametrize("act", ["delete", "delete_all"])
def test_a_tag_that_is_deleted_leaves_the_index(engine, site_tree, territories, commit, act):
    with commit():
        InitiativePageFactory(commune=territories.die, tags=["Circuit court"])
    assert engine.search(Query()).counts["tag"] == {"circuit-court": 1}
    with commit():
        Tag.objects.get().delete() if act == "delete" else Tag.objects.all().delete()
    assert engine.search(Query()).counts["tag"] == {}
    call_command("check_index")


def test_a_family_that_is_deleted_leaves_the_index(engine, site_tree, territories, commit):
    family = FamilyFactory(code="amap", label_fr="AMAP")
    with commit():
        InitiativePageFactory(commune=territories.die, families=[family])
    with commit():
        family.delete()
    assert engine.search(Query()).counts["family"] == {}


def test_bulk_writes_reach_the_index(engine, listing, commit):
    InitiativePage.objects.filter(pk=listing.pk).update(title="Atelier poterie")
    with commit():
        listings_changed.send(sender=None, page_ids=[listing.pk])
    assert found(engine, "poterie") == [listing.pk]


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_relations_are_indexed_too(engine, site_tree, territories):
    page = InitiativePageFactory(
        commune=territories.die, tags=["Bio"], families=[FamilyFactory(code="amap")]
    )
    assert engine.search(Query(text="bio")).counts["family"] == {"amap": 1}
    page.delete()
    assert found(engine) == []


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_leaves_no_task(engine, site_tree, territories):
    class Undone(Exception):
        pass

    def change_of_mind():
        with transaction.atomic():
            InitiativePageFactory(commune=territories.die)
            raise Undone

    with pytest.raises(Undone):
        change_of_mind()
    assert not IndexTask.objects.exists()
    assert found(engine) == []


def test_a_failing_engine_breaks_no_edit_and_loses_nothing(
    engine, listing, commit, monkeypatch, caplog
):
    def away(documents):
        raise EngineUnavailable("the engine is away")

    monkeypatch.setattr(engine, "index", away)
    listing.title = "Atelier poterie"
    with commit():
        listing.save()
    task = IndexTask.objects.get()
    assert task.page_id == listing.pk
    assert "the engine is away" in EngineState.of("primary").error
    assert "wait in the outbox" in caplog.text
    with pytest.raises(CommandError, match="stay in the outbox"):
        call_command("drain_index")
    monkeypatch.undo()
    call_command("drain_index")
    assert found(engine, "poterie") == [listing.pk]
    assert not IndexTask.objects.exists()


def make_impossible(page, monkeypatch):
    """Have the document of ``page`` fail each time it is built."""
    build = draining.build_documents

    def refuse(page_ids):
        for document in build(page_ids):
            if document.id == page.pk:
                raise ZeroDivisionError
            yield document

    monkeypatch.setattr(draining, "build_documents", refuse)


def test_one_impossible_listing_does_not_hold_up_the_others(engine, listing, commit, monkeypatch):
    with commit():
        other = InitiativePageFactory(title="Impossible", commune=listing.commune)
    make_impossible(other, monkeypatch)
    InitiativePage.objects.filter(pk=listing.pk).update(title="Atelier poterie")
    outbox.enqueue([listing.pk, other.pk])
    with pytest.raises(CommandError, match="see the admin"):
        call_command("drain_index")
    assert found(engine, "poterie") == [listing.pk]
    task = IndexTask.objects.get()
    assert task.page_id == other.pk
    assert task.not_before > timezone.now()


def test_a_worker_drains_when_asked_to(settings, engine, site_tree, territories, commit):
    settings.BDIS_SEARCH_DRAIN = "worker"
    with commit():
        page = InitiativePageFactory(commune=territories.die)
    assert found(engine) == []
    call_command("drain_index")
    assert found(engine) == [page.pk]


def test_another_drainer_is_waited_for_then_left_alone(engine, listing):
    DrainLease.objects.update_or_create(
        name="primary",
        defaults={"owner": "x", "until": timezone.now() + datetime.timedelta(minutes=1)},
    )
    outbox.enqueue([listing.pk])
    assert outbox.drain(patience=0.1) == 0
    assert IndexTask.objects.count() == 1
    DrainLease.objects.update(until=timezone.now() - datetime.timedelta(seconds=1))
    assert outbox.drain() == 1


def test_changes_during_a_rebuild_reach_the_new_index(engine, listing, commit, territories):
    with commit():
        doomed = InitiativePageFactory(title="Éphémère", commune=territories.die)

    def documents():
        yield from list(build_documents())
        # The rebuild has read everything; then the site changes.
        InitiativePage.objects.filter(pk=listing.pk).update(title="Atelier poterie")
        InitiativePage.objects.filter(pk=doomed.pk).update(live=False)
        outbox.enqueue([listing.pk, doomed.pk])
        outbox.drain()
        assert IndexTask.objects.filter(applied=True).count() == 2

    outbox.rebuild_index(documents())
    assert found(engine, "poterie") == [listing.pk]
    assert found(engine) == [listing.pk]
    assert not IndexTask.objects.exists()
    assert not IndexRebuild.objects.exists()


def test_a_killed_rebuild_leaves_the_old_index_and_its_changes(engine, listing, commit):
    class Killed(BaseException):
        pass

    def documents():
        yield from list(build_documents())
        raise Killed

    with pytest.raises(Killed):
        outbox.rebuild_index(documents())
    assert found(engine) == [listing.pk]
    # Killed without a chance to clean up: the trace stays, and is too old to count.
    IndexRebuild.objects.create(
        engine="primary", alive_at=timezone.now() - datetime.timedelta(hours=1)
    )
    IndexTask.objects.create(page_id=listing.pk, applied=True)
    assert outbox.drain() == 1
    assert not IndexTask.objects.exists()
    assert not IndexRebuild.objects.exists()


def test_check_index_sees_drift_both_ways(engine, listing, capsys):
    call_command("check_index")
    stray = InitiativePageFactory(title="Intruse", commune=listing.commune)
    InitiativePage.objects.filter(pk=listing.pk).update(summary="Autre résumé")
    with pytest.raises(CommandError, match="reindex"):
        call_command("check_index")
    printed = capsys.readouterr().out
    assert f"1 missing from the index: {stray.pk}" in printed
    assert f"1 stale in the index: {listing.pk} (summary)" in printed
    call_command("check_index", "--fix")
    call_command("check_index")
    InitiativePage.objects.filter(pk=stray.pk).update(live=False)
    with pytest.raises(CommandError, match="reindex"):
        call_command("check_index")
    assert f"in the index but not public: {stray.pk}" in capsys.readouterr().out


def test_a_listing_that_lapses_is_no_drift_and_no_result(engine, listing, monkeypatch):
    later = listing.charter_valid_until + datetime.timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *args: later)
    assert not InitiativePage.objects.public().exists()
    call_command("check_index")
    assert found(engine) == []


@pytest.mark.parametrize("after", [datetime.timedelta(minutes=1), datetime.timedelta(days=2)])
def test_a_listing_past_its_expiry_is_no_drift(engine, listing, commit, monkeypatch, after):
    listing.expire_at = timezone.now() + datetime.timedelta(days=1)
    with commit():
        listing.save()
    later = listing.expire_at + after
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert not InitiativePage.objects.public().exists()
    call_command("check_index")


def test_an_expiry_that_the_index_does_not_know_is_drift(engine, listing, capsys):
    past = timezone.now() - datetime.timedelta(minutes=1)
    InitiativePage.objects.filter(pk=listing.pk).update(expire_at=past)
    with pytest.raises(CommandError):
        call_command("check_index")
    assert f"1 in the index but not public: {listing.pk}" in capsys.readouterr().out


def test_check_index_does_not_say_mended_what_cannot_be(engine, listing, monkeypatch, capsys):
    other = InitiativePageFactory(title="Impossible", commune=listing.commune)
    InitiativePage.objects.filter(pk=listing.pk).update(title="Atelier poterie")
    make_impossible(other, monkeypatch)
    with pytest.raises(CommandError, match="1 listings could not be indexed") as failure:
        call_command("check_index", "--fix")
    assert failure.value.returncode == 1
    assert "1 listings indexed anew" in capsys.readouterr().err


def test_check_index_does_not_say_mended_what_another_process_holds(
    engine, listing, monkeypatch, capsys
):
    InitiativePage.objects.filter(pk=listing.pk).update(title="Atelier poterie")
    until = timezone.now() + datetime.timedelta(minutes=1)
    DrainLease.objects.update_or_create(name="primary", defaults={"owner": "x", "until": until})
    monkeypatch.setattr(check_index, "drain", lambda patience: outbox.drain())
    with pytest.raises(CommandError, match="1 listings could not be indexed") as failure:
        call_command("check_index", "--fix")
    assert failure.value.returncode == 1
    assert "0 listings indexed anew" in capsys.readouterr().err


def test_a_lapse_that_the_index_does_not_know_is_drift(engine, listing, capsys):
    past = timezone.localdate() - datetime.timedelta(days=1)
    InitiativePage.objects.filter(pk=listing.pk).update(charter_valid_until=past)
    with pytest.raises(CommandError):
        call_command("check_index")
    assert f"1 in the index but not public: {listing.pk}" in capsys.readouterr().out
    call_command("check_index", "--fix")
    assert found(engine) == []


def test_a_missing_index_is_built_by_the_first_change(settings, tmp_path, site_tree, commit):
    from bdis_search.engine import get_engine

    settings.BDIS_SEARCH = {
        "BACKEND": "bdis_search.backends.tantivy",
        "OPTIONS": {"PATH": tmp_path / "nowhere"},
    }
    with pytest.raises(EngineUnavailable, match=r"manage\.py reindex"):
        get_engine().search(Query())
    with commit():
        page = InitiativePageFactory()
    assert found(get_engine()) == [page.pk]


def test_documents_take_a_constant_number_of_queries(engine, listing, territories):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            list(build_documents([page.pk for page in InitiativePage.objects.all()]))
        return len(captured)

    queries()
    before = queries()
    for number in range(4):
        InitiativePageFactory(
            commune=territories.lyon,
            families=[FamilyFactory(code=f"f{number}")],
            tags=["un", "deux"],
            served=["department:26"],
        )
    assert queries() == before
