"""The two real files, when the reference data are beside the project."""

import csv
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.db import transaction
from wagtail.models import Page

from bdis_cms.gazetteer import forget
from bdis_cms.importing.mapping import SHIPPED, find_mapping, load_mapping
from bdis_cms.importing.runner import ImportOptions, run_import
from bdis_cms.models import InitiativePage

pytestmark = [pytest.mark.shared_data, pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module")
def reference(django_db_setup, django_db_blocker):
    """The reference data, loaded once for the three tests; each test undoes its own import."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", verbosity=0)
        forget()
        yield
        transaction.set_rollback(True)
    forget()


@pytest.fixture(autouse=True)
def territories_do_not_change(settings):
    """The test settings look for new territories at every question: not worth it here."""
    settings.BDIS_GAZETTEER_CHECK_SECONDS = 3600


def rows_of(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def share_of_right_communes(rows, column, source) -> float:
    found = InitiativePage.objects.filter(source=source).values_list("external_id", "commune__code")
    told = [(rows[ref][column], code) for ref, code in found if rows[ref][column]]
    return sum(truth == code for truth, code in told) / len(told)


def test_integration_structures_are_public_in_their_commune_and_then_unchanged(
    reference, shared_data
):
    path = shared_data / "listings" / "marche_inclusion_siae.csv"
    report = run_import(path, find_mapping("siae"), ImportOptions(publish=True))
    assert InitiativePage.objects.public().filter(source="siae").count() >= 3800
    assert share_of_right_communes(rows_of(path), "code_insee", "siae") >= 0.99
    assert not any(Page.find_problems())
    again = run_import(path, find_mapping("siae"), ImportOptions(publish=True))
    assert again.unchanged == report.created
    assert (again.created, again.updated) == (0, 0)


def test_communes_are_found_without_their_codes(reference, shared_data, tmp_path):
    data = yaml.safe_load((SHIPPED / "siae.yaml").read_text("utf-8"))
    del data["fields"]["commune_code"]
    (tmp_path / "siae.yaml").write_text(yaml.safe_dump(data), "utf-8")
    path = shared_data / "listings" / "marche_inclusion_siae.csv"
    run_import(path, load_mapping(tmp_path / "siae.yaml"), ImportOptions(publish=True))
    assert InitiativePage.objects.public().filter(source="siae").count() >= 3800
    assert share_of_right_communes(rows_of(path), "code_insee", "siae") >= 0.99


def test_alternatives_abroad_or_at_sea_are_rejected_by_name(reference, shared_data):
    path = shared_data / "listings" / "alternatives_pwa.csv"
    rows = rows_of(path)
    abroad = {ref for ref, row in rows.items() if not row["code_insee_deduit"]}
    report = run_import(path, find_mapping("pwa"), ImportOptions(publish=True))
    refused = {n.external_id: n for n in report.rejections if n.reason == "out_of_france"}
    assert set(refused) == abroad
    assert all(note.name for note in refused.values())
    assert report.created == len(rows) - len(abroad) - 1  # one has no name
    again = run_import(path, find_mapping("pwa"), ImportOptions(publish=True))
    assert again.unchanged == report.created
