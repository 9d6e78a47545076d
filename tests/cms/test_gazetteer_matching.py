"""Recognising the commune of an imported record."""

from __future__ import annotations

import csv

import pytest

from bdis_cms.gazetteer import AmbiguousCommune, CommuneNotFound, match_commune
from bdis_cms.models import CommuneAlias


@pytest.mark.parametrize(
    ("clues", "code", "rule", "repairs"),
    [
        ({"code": "26113"}, "26113", "code", ()),
        ({"code": "01033", "name": "Valserhône"}, "01033", "code", ()),
        ({"code": "1033"}, "01033", "code", ("lost_zero",)),
        ({"code": "1033.0"}, "01033", "code", ("lost_zero",)),
        ({"code": "01018"}, "01033", "former_code", ("former_commune",)),
        ({"code": "26113", "name": "Valence"}, "26113", "code", ("code_disagrees",)),
        ({"postcode": "26150", "name": "DIE"}, "26113", "postcode_name", ()),
        ({"postcode": "1000", "name": "BOURG EN BRESSE"}, "01053", "postcode_name", ("lost_zero",)),
        ({"postcode": "97411", "name": "ST PAUL"}, "97415", "postcode_name", ()),
        ({"postcode": "26150", "name": "Diee"}, "26113", "postcode_close_name", ("misspelt",)),
        (
            {"postcode": "01200", "name": "Bellegarde-sur-Valserine"},
            "01033",
            "postcode_former_name",
            ("former_commune",),
        ),
        ({"postcode": "35042", "name": "RENNES CEDEX"}, "35238", "department_name", ("cedex",)),
        ({"name": "35042 RENNES CEDEX 9"}, "35238", "department_name", ("cedex",)),
        ({"postcode": "20000", "name": "AJACCIO"}, "2A004", "postcode_name", ()),
        ({"postcode": "75011", "name": "Paris"}, "75056", "postcode_name", ()),
        ({"postcode": "75011", "name": "PARIS 11"}, "75111", "postcode_name", ()),
        ({"postcode": "13858", "name": "Albi"}, "81004", "name", ("postcode_disagrees",)),
        ({"name": "Romans sur Isère"}, "26281", "name", ()),
        ({"postcode": "33000"}, "33063", "postcode", ()),
        ({"postcode": "26150", "lat": 44.75, "lon": 5.37}, "26113", "postcode_point", ()),
        ({"name": "Montreuil", "lat": 48.86, "lon": 2.44}, "93048", "name_point", ()),
        ({"lat": 44.7501, "lon": 5.3699}, "26113", "point", ()),
        (
            {"postcode": "33000", "name": "Nantes", "lat": 44.84, "lon": -0.58},
            "33063",
            "postcode",
            ("name_unknown",),
        ),
    ],
)
def test_a_commune_is_recognised_by_the_surest_rule(whole_country, clues, code, rule, repairs):
    match = match_commune(**clues)
    assert (match.code, match.rule, match.repairs) == (code, rule, repairs)


def test_what_fits_several_communes_is_refused_with_their_codes(whole_country):
    with pytest.raises(AmbiguousCommune) as refusal:
        match_commune(name="Sainte-Colombe")
    assert {"33390", "69189"} <= set(refusal.value.candidates)
    with pytest.raises(AmbiguousCommune):
        match_commune(postcode="26150")


@pytest.mark.parametrize(
    "clues",
    [
        {},
        {"name": "Bruxelles", "postcode": "1000X"},
        {"lat": 50.85, "lon": 4.36},
        {"lat": 40.0, "lon": -30.0},
    ],
)
def test_what_is_nowhere_in_france_is_not_found(whole_country, clues):
    with pytest.raises(CommuneNotFound) as refusal:
        match_commune(**clues)
    assert not isinstance(refusal.value, AmbiguousCommune)
    assert "No commune" in str(refusal.value)


def test_the_distance_to_the_centre_is_told(territories):
    match = match_commune(code="26113", lat=44.80, lon=5.3703)
    assert match.distance_km == pytest.approx(5.2, abs=0.1)


def test_a_former_code_leads_to_the_commune_of_today(territories):
    CommuneAlias.objects.create(
        code="26999", name="Ancienne-Commune", kind="commune-deleguee", commune=territories.die
    )
    assert match_commune(code="26999").rule == "former_code"
    assert match_commune(name="ancienne commune").code == "26113"


@pytest.mark.shared_data
def test_real_records_find_their_commune(whole_country, shared_data):
    path = shared_data / "listings" / "marche_inclusion_siae.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        records = [row for row in csv.DictReader(lines) if row["code_insee"]]
    with_code = by_address = 0
    for row in records:
        clues = {"postcode": row["code_postal"], "name": row["commune"]}
        with_code += match_commune(code=row["code_insee"], **clues).code == row["code_insee"]
        try:
            by_address += match_commune(**clues).code == row["code_insee"]
        except CommuneNotFound:
            continue
    assert with_code == len(records)
    assert by_address >= 0.995 * len(records)
