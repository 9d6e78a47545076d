"""A person imports from the admin: a file, a rehearsal, a confirmation; within their rights."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from wagtail import hooks
from wagtail.models import Page, PageLogEntry

from bdis_cms.importing.mapping import Importer
from bdis_cms.models import ImportRun, InitiativePage
from bdis_cms.sitetree import (
    NATIONAL_GROUP,
    editors_group_name,
    ensure_site_tree,
    moderators_group_name,
)
from tests.cms.admin_client import logged_in, member
from tests.cms.import_samples import row

pytestmark = pytest.mark.django_db
AVIGNON = {"cp": "84000", "ville": "Avignon", "lat": "43.94", "lon": "4.83"}


@pytest.fixture
def source(import_source, territories):
    ensure_site_tree()
    with hooks.register_temporarily(
        "register_bdis_importer", lambda: Importer(import_source.mapping_file)
    ):
        yield import_source


@pytest.fixture
def moderator(source, territories):
    return member("moderatrice", moderators_group_name(territories.aura))


def upload(client, source, *rows, **data):
    content = SimpleUploadedFile("Fiches d’ici.csv", source.file(*rows).read_bytes())
    form = {"source": "essai", "file": content, **data}
    return client.post(reverse("bdis_import:index"), form)


def test_a_file_is_rehearsed_then_confirmed(source, moderator):
    client = logged_in(moderator)
    response = upload(client, source, row("1"), row("2", nom=""), publish="on")
    run = ImportRun.objects.get()
    assert response.url == reverse("bdis_import:run", args=[run.pk])
    assert not InitiativePage.objects.exists()
    shown = client.get(response.url).content.decode()
    assert "Fiches d’ici.csv" in shown
    assert run.counts["created"] == 1
    client.post(response.url)
    run.refresh_from_db()
    assert (run.state, run.upload) == (ImportRun.State.DONE, None)
    page = source.page("1")
    assert page.is_public
    assert {entry.user for entry in PageLogEntry.objects.filter(page=page.pk)} == {moderator}
    client.post(response.url)  # a second click does nothing twice
    assert InitiativePage.objects.count() == 1
    report = client.get(reverse("bdis_import:report", args=[run.pk]))
    assert report.json()["counts"]["created"] == 1


def test_a_rehearsal_can_be_forgotten(source, moderator):
    client = logged_in(moderator)
    address = upload(client, source, row("1")).url
    client.post(address, {"cancel": "1"})
    assert not ImportRun.objects.exists()
    assert client.get(address).status_code == 404


def test_rows_of_other_regions_are_refused(source, moderator):
    source.run(row("2", **AVIGNON), row("3", **AVIGNON), publish=False)
    client = logged_in(moderator)
    there = [row("2", **AVIGNON), row("3", nom="Pris à l’autre région"), row("4", **AVIGNON)]
    client.post(upload(client, source, row("1"), *there, publish="on").url)
    report = ImportRun.objects.get().report
    assert report["counts"]["created"] == 1
    assert {(n["external_id"], n["reason"]) for n in report["rejections"]} == {
        ("3", "not_your_region"),
        ("4", "not_your_region"),
    }
    assert not source.page("2").live
    assert source.page("3").title == "Initiative 3"
    assert source.page("3").commune.code == "84007"
    assert not any(Page.find_problems())


def test_reports_tell_nothing_of_what_left_the_source_elsewhere(source, moderator):
    source.run(row("2", nom="Brouillon secret", **AVIGNON), publish=False)
    client = logged_in(moderator)
    shown = client.get(upload(client, source, row("1")).url).content.decode()
    assert "Brouillon secret" not in shown
    assert ImportRun.objects.get().report["missing"] == []


def test_each_person_reads_their_own_imports_and_the_national_team_all(
    source, moderator, territories
):
    address = upload(logged_in(moderator), source, row("1")).url
    other = logged_in(member("autre", moderators_group_name(territories.paca)))
    assert other.get(address).status_code == 404
    assert other.post(address).status_code == 404
    national = logged_in(member("nationale", NATIONAL_GROUP))
    assert national.get(address).status_code == 200
    index = reverse("bdis_import:index")
    assert "Fiches d’ici.csv" in national.get(index).content.decode()
    assert "Fiches d’ici.csv" not in other.get(index).content.decode()


def test_editors_do_not_import(source, territories):
    editor = logged_in(member("editrice", editors_group_name(territories.aura)))
    assert editor.get(reverse("bdis_import:index")).status_code in {302, 403}
    upload(editor, source, row("1"))
    assert not ImportRun.objects.exists()
    assert reverse("bdis_import:index") not in editor.get("/admin/").content.decode()


def test_a_file_that_cannot_be_read_says_so_beside_the_field(source, moderator):
    client = logged_in(moderator)
    bad = SimpleUploadedFile("tableau.xlsx", b"PK\x03\x04casse")
    response = client.post(reverse("bdis_import:index"), {"source": "essai", "file": bad})
    assert response.status_code == 200
    assert "tableau.xlsx" in str(response.context["form"].errors["file"])
    assert not ImportRun.objects.exists()


def test_markup_in_a_file_is_shown_as_text(source, moderator):
    client = logged_in(moderator)
    bad = row(
        "<script>alert(1)</script>",
        nom="<img src=x onerror=alert(1)>",
        ville="<b>Nulle part",
        cp="",
    )
    shown = client.get(upload(client, source, bad).url).content.decode()
    assert "<script>alert(1)" not in shown
    assert "<img src=x" not in shown


def test_forgotten_rehearsals_go_with_their_file(source, moderator):
    client = logged_in(moderator)
    upload(client, source, row("1"))
    ImportRun.objects.update(created_at=timezone.now() - datetime.timedelta(days=2))
    upload(client, source, row("2"))
    assert ImportRun.objects.count() == 1
