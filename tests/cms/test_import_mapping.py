"""Mappings are declarative, checked before anything is read, and open to other networks."""

import datetime
from pathlib import Path

import pytest
import yaml
from django.utils import translation
from wagtail import hooks

from bdis_cms.importing.errors import InvalidMapping, UnknownSource
from bdis_cms.importing.mapping import (
    SHIPPED,
    Importer,
    available_mappings,
    find_mapping,
    load_mapping,
)
from bdis_cms.importing.runner import ImportOptions, run_import
from bdis_cms.importing.vocabulary import Vocabulary, check_codes
from bdis_cms.models import InitiativePage
from bdis_cms.nomenclature import load_nomenclature
from tests.cms.import_samples import MAPPING, row

MINIMAL = {"key": "x1", "id": "ref", "fields": {"title": "nom", "commune_name": "ville"}}


@pytest.fixture(autouse=True)
def in_english():
    """Sentences are checked as they are written in the code."""
    with translation.override("en"):
        yield


def faults(folder, **changes):
    """Return the faults, as sentences, of the smallest mapping with changes."""
    path = folder / "m.yaml"
    path.write_text(yaml.safe_dump({**MINIMAL, **changes}), "utf-8")
    with pytest.raises(InvalidMapping) as caught:
        load_mapping(path)
    return [str(problem) for problem in caught.value.problems]


def test_shipped_mappings_are_found_by_their_key():
    assert {"pwa", "siae"} <= set(available_mappings())
    assert find_mapping("siae").path == "siae.yaml"
    with pytest.raises(UnknownSource, match=r"Known: .*pwa.*--mapping FILE"):
        find_mapping("inconnue")


@pytest.mark.django_db
@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_code_of_a_shipped_mapping_is_in_the_nomenclature(path):
    load_nomenclature()
    check_codes(load_mapping(path), Vocabulary.from_database())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"key": "Majuscule"}, "key: “Majuscule” is not a key."),
        ({"id": None}, "id: it is missing."),
        ({"fields": {"commune_name": "ville"}}, "fields.title: it is missing."),
        ({"fields": {"title": "nom"}}, "no column says where listings are"),
        ({"fields": {"title": "nom", "latitude": "y"}}, "one coordinate is missing"),
        ({"champs": {}}, "champs: this key is not known."),
        ({"read": {"encodage": "utf-8"}}, "read.encodage: this key is not known. Did you mean"),
        ({"tables": {"genres": []}}, "tables.genres: it is not a table."),
        ({"defaults": {"famille": "amap"}}, "defaults.famille: this key is not known."),
    ],
)
def test_a_fault_names_its_key(tmp_path, changes, told):
    assert any(told in fault for fault in faults(tmp_path, **changes))


@pytest.mark.parametrize(
    ("name", "spec", "told"),
    [
        ("titel", "nom", "fields.titel: this key is not known. Did you mean “title”?"),
        ("summary", {"from": "a", "value": "b"}, "fields.summary: it has from and value."),
        ("families", {"from": "a", "table": "genre"}, "there is no table “genre”. Did you mean"),
        (
            "summary",
            {"from": "a", "transform": "uper"},
            "no transform “uper”. Did you mean “upper”",
        ),
        ("summary", {"template": "{a|atplace}"}, "there is no transform “atplace”"),
        ("summary", {"template": "{a"}, "a brace is not closed"),
        ("families", {"from": "a", "unknown": "drop"}, "“drop” is not a choice"),
        ("families", {"from": "a", "match": [{"words": ["x"]}]}, "it needs words and give"),
        ("tags", [3], "fields.tags[0]: it is neither a column nor a rule."),
    ],
)
def test_a_fault_of_a_field_says_what_to_do(tmp_path, name, spec, told):
    fields = {**MINIMAL["fields"], name: spec}
    found = faults(tmp_path, fields=fields, tables={"genres": {"a": "amap"}})
    assert any(told in fault for fault in found), found


def test_text_that_is_not_yaml_is_told(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text("key: [", "utf-8")
    with pytest.raises(InvalidMapping, match="not YAML"):
        load_mapping(path)


@pytest.mark.django_db
def test_a_code_that_the_nomenclature_lacks_stops_the_import(import_source):
    import_source.mapping_file.write_text(MAPPING.replace("amap: amap", "amap: amaps"), "utf-8")
    with pytest.raises(InvalidMapping, match=r"fields\.families\.table: no code “amaps”"):
        import_source.run(row("1"))


@pytest.mark.django_db
def test_tables_rules_templates_and_defaults_classify(import_source, tmp_path):
    fields = {
        "title": {"from": ["nom_usuel", "nom"]},
        "description": "texte",
        "summary": {"template": "{genre|genres|sentence} {ville|at_place}"},
        "commune_name": "ville",
        "postcode": "cp",
        "families": [
            {"from": "genre", "table": "codes", "unknown": "ignore"},
            {"from": "texte", "match": [{"words": ["répar*"], "give": "repair-cafe"}]},
        ],
        "activities": {"from": "domaine", "table": {"ve": "velos"}, "table_by": "prefix"},
        "address": {"join": ["adresse", "agrement"], "with": ", "},
    }
    path = tmp_path / "m.yaml"
    mapping = {
        **MINIMAL,
        "fields": fields,
        "defaults": {"activities": "reparation"},
        "tables": {"genres": {"AMAP": "paniers"}, "codes": {"Amap": "amap"}},
    }
    path.write_text(yaml.safe_dump(mapping), "utf-8")
    rows = [
        row("1", genre="AMAP", domaine="vehicules", adresse="1 rue A", agrement="BP 3"),
        row("2", genre="autre", domaine=""),
    ]
    report = run_import(import_source.file(*rows), load_mapping(path), ImportOptions(publish=True))
    one, two = InitiativePage.objects.filter(source="x1").order_by("external_id")
    assert [f.code for f in one.families.all()] == ["amap", "repair-cafe"]
    assert (one.summary, one.address) == ("Paniers. à Die", "1 rue A, BP 3")
    assert one.main_activity.code == "velos"
    assert [f.code for f in two.families.all()] == ["repair-cafe"]
    assert two.main_activity.code == "reparation"
    assert two.summary == "On y répare des vélos ensemble, chaque samedi."
    assert "nom_usuel" in report.warnings[0]


@pytest.mark.django_db
def test_a_value_that_no_table_knows_is_told_or_refused(import_source):
    report = import_source.run(row("1", genre="ludothèque"))
    assert [(n.field, n.value, n.reason) for n in report.repairs] == [
        ("families", "ludothèque", "unknown_value")
    ]
    text = MAPPING.replace(
        '"repair café": repair-cafe}', '"repair café": repair-cafe}, unknown: reject'
    )
    import_source.mapping_file.write_text(text, "utf-8")
    report = import_source.run(row("2", genre="ludothèque"))
    assert [(note.value, note.reason) for note in report.rejections] == [
        ("ludothèque", "unknown_value")
    ]


# What another network writes in its own app: a mapping, a transform, a look at each row.


def prepare_row(values):
    """Leave out closed places, and split « Die (26150) » in two."""
    if values["etat"] == "fermé":
        return None
    name, _, postcode = values["lieu"].partition(" (")
    return {**values, "ville": name, "cp": postcode.rstrip(")")}


def without_prefix(value):
    return value.removeprefix("RESEAU - ")


@pytest.fixture
def third_party(tmp_path):
    path = tmp_path / "reseau.yaml"
    path.write_text(
        "key: reseau\nid: ref\nfields:\n"
        "  title: {from: nom, transform: without_prefix}\n"
        "  commune_name: ville\n  postcode: cp\n",
        "utf-8",
    )

    def register():
        return Importer(path, {"without_prefix": without_prefix}, prepare_row)

    with hooks.register_temporarily("register_bdis_importer", register):
        yield path


@pytest.mark.django_db
def test_another_network_registers_its_importer(import_source, third_party, tmp_path):
    file = tmp_path / "reseau.csv"
    file.write_text(
        "ref,nom,lieu,etat\n1,RESEAU - Le café,Die (26150),ouvert\n2,RESEAU - B,Die,fermé\n",
        "utf-8",
    )
    report = run_import(file, find_mapping("reseau"), ImportOptions(publish=True))
    assert (report.created, report.rejected) == (1, 1)
    assert report.rejections[0].reason == "left_out"
    page = InitiativePage.objects.get(source="reseau")
    assert (page.title, page.commune.code) == ("Le café", "26113")
    assert report.started_at.date() <= datetime.datetime.now(datetime.UTC).date()
    assert Path(third_party).exists()
