"""The command that loads territories, nomenclatures and the tree of pages."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from bdis_cms.gazetteer import loading
from bdis_cms.gazetteer.loading import load_territories
from bdis_cms.gazetteer.tables import TERRITORIES, TableRefused
from bdis_cms.models import (
    Activity,
    Commune,
    CommuneAlias,
    Department,
    Epci,
    FormerRegion,
    PointPrecision,
    Region,
    RegionPage,
)
from tests.factories import InitiativePageFactory

HEADER = (
    "code,nom,type,departement,region,ancienne_region_code,ancienne_region,epci_siren,lat,lon,"
    "population,codes_postaux,commune_parente,coord_source"
)
DIE = "26113,Die,commune-actuelle,26,84,82,Rhône-Alpes,242600534,44.75,5.37,4861,26150,,poly"
PONET = (
    "26246,Ponet-et-Saint-Auban,commune-actuelle,26,84,82,Rhône-Alpes,242600534,"
    "44.78,5.42,134,26150,,{source}"
)


@pytest.fixture
def few_communes(monkeypatch, tmp_path) -> Path:
    """Ship the communes of one département only: a load takes a moment instead of seconds."""
    for path in TERRITORIES.iterdir():
        target = tmp_path / path.name
        if path.name not in {"communes.csv.gz", "communes_anciennes.csv.gz"}:
            target.write_bytes(path.read_bytes())
            continue
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [line for line in lines if line.startswith(("code", "26", "751", "75056"))]
        with gzip.open(target, "wt", encoding="utf-8") as lines:
            lines.writelines(rows)
    monkeypatch.setattr(loading, "TERRITORIES", tmp_path)
    return tmp_path


def official(folder: Path, *lines: str) -> Path:
    path = folder / "official.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.slow
def test_the_command_loads_the_whole_country(db):
    output = io.StringIO()
    call_command("load_reference", stdout=output)
    assert Region.objects.filter(code__regex=r"^\d\d$").count() == 18
    assert FormerRegion.objects.count() == 22 + 5
    assert Department.objects.filter(region__code__regex=r"^\d\d$").count() == 101
    assert Commune.objects.filter(parent=None).count() > 34_900
    assert Commune.objects.exclude(parent=None).count() == 45
    assert Epci.objects.count() > 1_200
    assert CommuneAlias.objects.count() > 6_000
    assert Activity.objects.exists()
    pages = set(RegionPage.objects.values_list("region__code", flat=True))
    assert set(Region.objects.filter(code__regex=r"^\d\d$").values_list("code", flat=True)) <= pages
    assert not Commune.objects.filter(latitude=None).exclude(code__startswith="984").exists()
    assert "35014" in output.getvalue()


def test_a_second_load_changes_nothing(db, few_communes):
    load_territories()
    before = list(Commune.objects.order_by("pk").values())
    report = load_territories()
    assert not any(report.created.values())
    assert not any(report.changed.values())
    assert list(Commune.objects.order_by("pk").values()) == before


def test_former_regions_point_to_the_region_of_today(db, few_communes):
    load_territories()
    assert FormerRegion.objects.get(code="25").successor.name == "Normandie"
    assert Department.objects.get(code="14").former_region.name == "Basse-Normandie"
    assert Region.objects.get(code="04").is_overseas


def test_arrondissements_know_their_commune(db, few_communes):
    load_territories()
    assert Commune.objects.get(code="75111").parent.code == "75056"


def test_the_official_table_replaces_approximations_and_keeps_them_replaced(
    db, few_communes, tmp_path
):
    load_territories()
    assert Commune.objects.get(code="26246").precision == PointPrecision.APPROXIMATE
    load_territories(official(tmp_path, PONET.format(source="poly2018")))
    load_territories()
    ponet = Commune.objects.get(code="26246")
    assert (ponet.latitude, ponet.longitude) == (44.78, 5.42)
    assert ponet.precision == PointPrecision.COMMUNE


def test_an_approximation_never_replaces_a_centre(db, few_communes, tmp_path):
    load_territories(official(tmp_path, PONET.format(source="poly2018")))
    load_territories(
        official(tmp_path, PONET.format(source="moyenne-code-postal").replace("44.78", "45.0"))
    )
    assert Commune.objects.get(code="26246").latitude == 44.78


def test_a_load_brings_renamed_communes_up_to_date(db, few_communes):
    load_territories()
    Commune.objects.filter(code="26113").update(name="Dia", population=1)
    report = load_territories()
    assert report.changed[Commune._meta.verbose_name_plural] == 1
    assert Commune.objects.get(code="26113").name == "Die"


def test_a_load_that_changes_territories_asks_to_rebuild_the_index(db, few_communes):
    def told():
        output = io.StringIO()
        call_command("load_reference", stdout=output)
        return "reindex" in output.getvalue()

    assert not told()  # no listing is in the index yet
    InitiativePageFactory(commune=Commune.objects.get(code="26113"))
    assert not told()
    Commune.objects.filter(code="26113").update(name="Dia")
    assert told()
    CommuneAlias.objects.first().delete()
    assert told()
    assert not told()


def test_the_address_of_a_region_survives_a_load(db, few_communes):
    load_territories()
    Region.objects.filter(code="84").update(slug="aura")
    load_territories()
    assert Region.objects.get(code="84").slug == "aura"


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        (DIE.replace("26113", "2611"), "code", "2611"),
        (DIE.replace(",26,84", ",99,84"), "departement", "99"),
        (DIE.replace("242600534", "123456789"), "epci_siren", "123456789"),
        (DIE.replace("44.75", "44,75").replace("44,75", '"44,75"'), "lat", "44,75"),
        (DIE.replace("5.37", "537"), "lon", "537"),
        (DIE.replace("44.75", ""), "lat", ""),
        (DIE.replace("4861", "4 861"), "population", "4 861"),
        (DIE.replace("26150", "2615"), "codes_postaux", "2615"),
        (DIE.replace(",26150,,", ",26150,26999,"), "commune_parente", "26999"),
        (f"{DIE}\n{DIE}", "code", "26113"),
    ],
)
def test_a_wrong_cell_is_refused_by_line_column_and_value(
    db, few_communes, tmp_path, line, column, value
):
    with pytest.raises(TableRefused) as refusal:
        load_territories(official(tmp_path, line))
    error = refusal.value.errors[-1]
    assert (error.column, error.value) == (column, value)
    assert error.line == 1 + len(line.splitlines())
    assert error.remedy
    assert not Commune.objects.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"code,nom\n26113,Die\n", "codes_postaux"),
        (b"\xff\xfe\x00garbage", "UTF-8"),
        (HEADER.encode() + b"\n", ""),
    ],
)
def test_what_is_no_table_of_communes_is_refused(few_communes, db, tmp_path, content, reason):
    path = tmp_path / "wrong.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError) as refusal:
        call_command("load_reference", communes=path)
    assert "wrong.csv" in str(refusal.value)
    assert reason in str(refusal.value)


def test_a_missing_file_is_named(db, few_communes, tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.csv"):
        call_command("load_reference", communes=tmp_path / "nowhere.csv")


@pytest.mark.shared_data
def test_the_official_file_is_read_by_the_same_reader(db, few_communes, shared_data):
    load_territories(shared_data / "geo" / "communes.csv.gz")
    located = Commune.objects.filter(code__startswith="26")
    assert not located.filter(precision=PointPrecision.APPROXIMATE).exists()


def test_the_shipped_tables_are_small_and_say_where_points_come_from():
    sizes = {path.name: path.stat().st_size for path in TERRITORIES.iterdir()}
    assert sum(sizes.values()) < 1_000_000
    with gzip.open(TERRITORIES / "communes.csv.gz", "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert ",".join(rows[0]) == HEADER
    assert all(row["coord_source"] for row in rows if row["lat"])
    assert (TERRITORIES / "LICENCES.md").exists()
