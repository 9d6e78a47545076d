"""The command reports everything, and a file that cannot be imported changes nothing."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from bdis_cms.importing import runner
from bdis_cms.models import ImportedListing, InitiativePage
from tests.cms.import_samples import row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    """Sentences are checked as they are written in the code."""
    with translation.override("en"):
        yield


def run(source, path, *options):
    call_command(
        "import_listings", str(path), "--source", "essai", "--mapping", str(source.mapping_file),
        *options,
    )  # fmt: skip


def test_the_report_lists_every_rejection_and_repair(import_source, tmp_path, capsys):
    path = import_source.file(
        row("1", nom="LES AMIS DU TRI", lat="44,75", siret="123"),
        row("1", nom="Doublon"),
        row("3", nom=" <p> </p> "),
        row("4", cp="", ville="", lat="50.85", lon="4.36"),
        row("", nom="Sans numéro"),
        row("6", cp="", ville="Trifouillis", lat="", lon=""),
    )
    target = tmp_path / "rapport.json"
    run(import_source, path, "--publish", "--report", str(target))
    report = json.loads(target.read_text("utf-8"))
    assert report["counts"] | {"published": 1, "repaired": 1} == {
        "rows": 6, "created": 1, "updated": 0, "unchanged": 0, "rejected": 5, "kept": 0,
        "published": 1, "repaired": 1, "missing": 0,
    }  # fmt: skip
    assert [(n["row"], n["external_id"], n["name"], n["reason"]) for n in report["rejections"]] == [
        (3, "1", "Doublon", "duplicate_id"),
        (4, "3", "", "empty_name"),
        (5, "4", "Initiative 4", "out_of_france"),
        (6, "", "Sans numéro", "no_id"),
        (7, "6", "Initiative 6", "unknown_commune"),
    ]
    assert all(note["message"] for note in report["rejections"] + report["repairs"])
    assert {(n["row"], n["field"], n["value"], n["reason"]) for n in report["repairs"]} == {
        (2, "title", "LES AMIS DU TRI", "upper_case"),
        (2, "latitude", "44,75, 5.3710", "decimal_comma"),
        (2, "siret", "123", "bad_siret"),
    }
    assert "6" in capsys.readouterr().out


def test_a_rehearsal_writes_nothing_and_tells_the_same(import_source):
    path = import_source.file(row("1"), row("2", nom=""))
    run(import_source, path, "--dry-run", "--publish")
    assert not InitiativePage.objects.exists()
    assert not ImportedListing.objects.exists()
    rehearsal = import_source.run(row("1"), row("2", nom=""), dry_run=True)
    real = import_source.run(row("1"), row("2", nom=""))
    assert rehearsal.counts == real.counts
    assert import_source.run(row("1", nom="Autre"), dry_run=True).updated == 1
    assert import_source.page("1").title == "Initiative 1"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"pas,les,bonnes,colonnes\n1,2,3,4\n",
        b'ref,nom,ville\n1,Caf\xc3\xa9,Die\n2,"Ouvert,Die\n',
        b"PK\x03\x04casse",
    ],
)
def test_a_bad_file_changes_nothing(import_source, tmp_path, content):
    path = tmp_path / "mauvais.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match="Nothing was changed"):
        run(import_source, path, "--publish")
    assert not InitiativePage.objects.exists()


def test_an_absent_file_or_source_is_told(import_source, tmp_path):
    with pytest.raises(CommandError, match=r"absent\.csv cannot be read"):
        run(import_source, tmp_path / "absent.csv")
    with pytest.raises(CommandError, match="No mapping for the source"):
        call_command("import_listings", str(tmp_path / "x.csv"), "--source", "inconnue")


def test_an_import_killed_half_way_leaves_nothing_and_runs_again(import_source, monkeypatch):
    import_source.run(row("1"))

    class Killed(BaseException):
        """As a signal would interrupt."""

    def killed(*args, **kwargs):
        raise Killed

    monkeypatch.setattr(runner.listings_changed, "send", killed)
    with pytest.raises(Killed):
        import_source.run(row("1", nom="Autre"), row("2"))
    assert InitiativePage.objects.count() == 1
    assert import_source.page("1").title == "Initiative 1"
    monkeypatch.undo()
    report = import_source.run(row("1", nom="Autre"), row("2"))
    assert (report.created, report.updated) == (1, 1)


def test_without_reference_data_the_command_says_what_to_run(db, tmp_path):
    with pytest.raises(CommandError, match="load_reference"):
        call_command("import_listings", str(tmp_path / "x.csv"), "--source", "siae")
