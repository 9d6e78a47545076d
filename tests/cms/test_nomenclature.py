"""The shipped nomenclatures are whole, and loading them respects what editors did."""

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

from bdis_cms.models import Activity, AgreementKind, Family, LegalFamily, LegalStatus
from bdis_cms.nomenclature import activity_rows, load_nomenclature, shipped_rows

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("BDIS_SHARED_DATA") or ROOT.parent / "shared" / "data")
FLAT = ["legal_families", "legal_statuses", "families", "agreements"]


def codes(rows):
    return [row["code"] for row in rows]


@pytest.mark.parametrize("name", FLAT)
def test_codes_are_unique_and_every_row_has_both_labels(name):
    rows = shipped_rows(name)
    assert len(set(codes(rows))) == len(rows)
    assert all(row["label_fr"] and row["label_en"] for row in rows)


def test_the_law_knows_five_legal_families():
    assert codes(shipped_rows("legal_families")) == [
        "association",
        "cooperative",
        "mutuelle",
        "fondation",
        "societe-commerciale-ess",
    ]


def test_a_status_names_a_legal_family_that_exists():
    families = {*codes(shipped_rows("legal_families")), None}
    assert {row["legal_family"] for row in shipped_rows("legal_statuses")} <= families


def test_the_2014_families_and_statuses_are_all_there():
    assert sum(row.get("since") == 2014 for row in shipped_rows("families")) == 24
    assert sum(row.get("since") == 2014 for row in shipped_rows("legal_statuses")) == 23


def test_a_family_has_a_hue_a_known_icon_and_a_sentence():
    icons = (ROOT / "bdis_cms/data/nomenclature/ICONS.txt").read_text().split()
    for row in shipped_rows("families"):
        assert row["hue"] in range(1, 9)
        assert row["icon"] in icons
        assert row["definition"].endswith(".")
        assert row["plural_fr"]
        assert row["plural_en"]


def test_an_agreement_makes_a_kind_of_the_listing_precise():
    kinds = set(AgreementKind.values)
    assert {row["kind"] for row in shipped_rows("agreements")} <= kinds


def test_activity_codes_are_unique_and_start_with_their_branch():
    rows = list(activity_rows())
    assert not [code for code, n in Counter(row["code"] for row, _ in rows).items() if n > 1]
    for row, parent in rows:
        assert row["label_fr"]
        assert row["label_en"]
        assert parent is None or row["code"].split(".")[0] == parent.split(".")[0]


def test_no_two_siblings_share_a_label_and_no_child_repeats_its_parent():
    labels = {row["code"]: row["label_fr"] for row, _ in activity_rows()}
    seen = set()
    for row, parent in activity_rows():
        assert (parent, row["label_fr"]) not in seen
        seen.add((parent, row["label_fr"]))
        assert parent is None or labels[parent] != row["label_fr"]


def test_the_291_nodes_of_2014_keep_their_level():
    levels: dict[str, int] = {}
    nodes = Counter()
    for row, parent in activity_rows():
        levels[row["code"]] = 0 if parent is None else levels[parent] + 1
        if "bdis2014" in row:
            nodes[levels[row["code"]]] += 1
        else:
            assert row["added"] == 2026
    assert nodes == {0: 16, 1: 85, 2: 190}


def test_the_2014_tree_is_the_published_one():
    source = SHARED / "vocab" / "bdis_nomenclature_2014.csv"
    if not source.exists():
        pytest.skip("the published 2014 nomenclature is not on this machine (BDIS_SHARED_DATA)")
    with source.open(encoding="utf-8") as handle:
        published = {(r["id"], r["parent_id"] or None) for r in csv.DictReader(handle)}
    numbers = {row["code"]: row.get("bdis2014") for row, _ in activity_rows()}
    ours = {
        (str(row["bdis2014"]), str(numbers[parent]) if parent else None)
        for row, parent in activity_rows()
        if "bdis2014" in row
    }
    assert ours == published


@pytest.mark.django_db
def test_loading_twice_changes_nothing():
    first = load_nomenclature()
    assert first.created["Activity"] == len(list(activity_rows())) == Activity.objects.count()
    second = load_nomenclature()
    assert second.changed == 0
    assert second.kept == []
    assert Family.objects.count() == len(shipped_rows("families"))
    assert LegalFamily.objects.filter(in_insee_perimeter=False).count() == 1
    assert LegalStatus.objects.get(code="scic-sas").legal_family.code == "cooperative"
    assert Activity.find_problems() == ([], [], [], [], [])


@pytest.mark.django_db
def test_the_loaded_tree_is_in_the_shipped_order():
    load_nomenclature()
    stored = list(Activity.objects.order_by("path").values_list("code", flat=True))
    assert stored == [row["code"] for row, _ in activity_rows()]


@pytest.mark.django_db
def test_an_editors_wording_and_own_nodes_survive():
    load_nomenclature()
    amap = Family.objects.get(code="amap")
    amap.label_fr, amap.label_en = "Paniers paysans", ""
    amap.save()
    Activity.objects.get(code="agriculture").add_child(code="spiruline", label_fr="Spiruline")
    report = load_nomenclature()
    amap.refresh_from_db()
    assert amap.label_fr == "Paniers paysans"
    assert amap.label_en == "Community-supported agriculture group"
    assert report.kept == ["Family amap: label_fr"]
    assert Activity.objects.filter(code="spiruline").exists()


@pytest.mark.django_db
def test_a_text_shipped_earlier_gives_way_to_the_new_one(monkeypatch):
    load_nomenclature()
    row = {
        **shipped_rows("families")[0],
        "label_fr": "AMAP !",
        "was": {"label_fr": ["AMAP"]},
    }
    others = shipped_rows
    monkeypatch.setattr(
        "bdis_cms.nomenclature.shipped_rows",
        lambda name: (row, *others(name)[1:]) if name == "families" else others(name),
    )
    assert load_nomenclature().updated == {"Family": 1}
    assert Family.objects.get(code="amap").label_fr == "AMAP !"


@pytest.mark.django_db
def test_a_node_shipped_later_finds_its_place_even_if_its_parent_moved():
    load_nomenclature()
    Activity.objects.get(code="environnement.reparation").delete()
    Activity.objects.get(code="environnement.dechets").move(
        Activity.objects.get(code="industrie"), "last-child"
    )
    load_nomenclature()
    node = Activity.objects.get(code="environnement.reparation")
    assert node.get_parent().code == "environnement.dechets"
    assert node.get_prev_sibling().code == "environnement.reemploi"
    assert Activity.find_problems() == ([], [], [], [], [])
