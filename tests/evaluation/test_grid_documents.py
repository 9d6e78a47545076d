"""Grids as files: read whole or refused with the line, written so that they read the same."""

from __future__ import annotations

import json
import time

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bdis_evaluation.demo.grids import load_grids
from bdis_evaluation.grids.blocks import read_content, write_content
from bdis_evaluation.grids.content import GridContent, Question, SubTheme, Theme
from bdis_evaluation.grids.documents import GridDocument, read_document
from bdis_evaluation.grids.importing import (
    SHIPPED,
    ensure_grids,
    export_version,
    import_document,
    shipped_path,
)
from bdis_evaluation.grids.publishing import DraftExists, enter_into_force
from bdis_evaluation.grids.writing import to_json, to_yaml
from bdis_evaluation.grids.yaml_reading import LARGEST, GridRefused
from bdis_evaluation.models import Grid, GridVersion

SMALL = """\
bdis_grid: 1
code: petite
title: Petite grille
themes:
  - title: Gouvernance
    questions:
      - kind: level
        text: Qui décide ?
        levels:
          - label: Non
          - label: Oui
    subthemes:
      - title: Comptes
        questions:
          - key: comptes
            kind: yes_no
            text: Publiez-vous vos comptes ?
            evidence: true
            examples: [Sur le site, À l’accueil]
"""


@pytest.fixture(autouse=True)
def _in_english():
    """Read sentences as the code writes them."""
    with override("en"):
        yield


def refused(text: str | bytes) -> list[tuple[int, str, str]]:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(GridRefused) as caught:
        read_document(data)
    return [(error.line, error.path, error.reason) for error in caught.value.errors]


def test_a_small_grid_is_read():
    document = read_document(SMALL.encode())
    (theme,) = document.content
    assert [part.title for part in theme.subthemes] == ["", "Comptes"]
    first, second = theme.questions
    assert [level["label"] for level in first.options["levels"]] == ["Non", "Oui"]
    assert (second.key, second.options) == ("comptes", {"evidence": True})
    assert second.examples == ("Sur le site", "À l’accueil")


@pytest.mark.parametrize(
    ("before", "after", "line", "path", "reason"),
    [
        ("bdis_grid: 1", "bdis_grid: 2", 1, "bdis_grid", "write “bdis_grid: 1”"),
        ("code: petite", "code: é", 2, "code", "letters without accents"),
        ("title: Petite grille", "colour: red", 3, "colour", "there is no such field"),
        ("kind: level", "kind: stars", 7, "themes[0].questions[0].kind", "“stars”"),
        ("text: Qui décide ?", "text: [a]", 8, "themes[0].questions[0].text", "text is expected"),
        ("          - label: Oui\n", "", 9, "themes[0].questions[0].levels", "from two to ten"),
        (
            "- label: Oui",
            "- lable: Oui",
            11,
            "themes[0].questions[0].levels[1].lable",
            "no such option",
        ),
        (
            "evidence: true",
            "evidence: oui",
            18,
            "themes[0].subthemes[0].questions[0].evidence",
            "true or false",
        ),
        (
            "evidence: true",
            "weight: 9",
            18,
            "themes[0].subthemes[0].questions[0].weight",
            "from 1 to 5",
        ),
        (
            "[Sur le site, À l’accueil]",
            "Sur le site",
            19,
            "themes[0].subthemes[0].questions[0].examples",
            "a list is expected",
        ),
        ("key: comptes", "key: a b", 15, "themes[0].subthemes[0].questions[0].key", "accents"),
        ("title: Comptes", "titre: Comptes", 13, "themes[0].subthemes[0]", "“title” is missing"),
        ("title: Petite grille", "title: a\ntitle: b", 4, "title", "twice"),
        ("    questions:\n", "    questions: {}\n    x:\n", 6, "themes[0].questions", "a list"),
    ],
)
def test_an_error_is_told_with_its_line_and_reason(before, after, line, path, reason):
    errors = refused(SMALL.replace(before, after, 1))
    assert any(one[:2] == (line, path) and reason in one[2] for one in errors), errors


def test_every_error_is_told_at_once():
    errors = refused(
        SMALL.replace("kind: level", "kind: stars").replace("evidence: true", "evidence: 3")
    )
    assert [line for line, _path, _reason in errors] == [7, 18]


def test_two_questions_with_one_reference_are_refused():
    twice = SMALL.replace("      - kind: level", "      - key: comptes\n        kind: level")
    assert refused(twice)[0][:2] == (16, "themes[0].subthemes[0].questions[0].key")


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (BOMB, "anchors and aliases"),
        ("a: !!python/object/apply:os.system ['true']", "tags"),
        ("a: !x 1", "tags"),
        ("[" * 5_000, "too deep"),
        ("{a: " * 5_000, "too deep"),
        ("a: [" + "x, " * 60_000 + "]", "too many values"),
        (b"x" * (LARGEST + 1), "too large"),
        (b"x" * 10_000_000, "too large"),
        (b"title: \x00", "a character that no text has"),
        ('bdis_grid: 1\ntitle: "\\0"', "a character that no text has"),
        ('bdis_grid: 1\ntitle: "\\ud800"', "a character that no text has"),
        (b"title: \xff", "UTF-8"),
        ("", "empty"),
        ("# nothing", "empty"),
        ("a: b: c", "cannot be read"),
        ("a: 'b", "cannot be read"),
        ("{", "cannot be read"),
        ("a: 1\n---\nb: 2", "cannot be read"),
        ("word", "fields are expected"),
        ("- a\n- b", "fields are expected"),
        ("? [a]\n: b", "the name of a field"),
        ("code: " + "9" * 5_000, "shorten it"),
        ("themes: 3", "a list is expected"),
        ("themes: [3]", "fields are expected"),
        ("themes: [{title: x, questions: [[]]}]", "fields are expected"),
        (SMALL.replace("grid: 1", "grid: true"), "write “bdis_grid: 1”"),
        ("minutes: 1e3", "a whole number"),
        ("<<: {a: 1}", "no such field"),
        ('title: "\\U00110000"', "out of bounds"),
        ('title: "\\UFFFFFFFF"', "out of bounds"),
        ("%YAML " + "9" * 5_000 + ".1\n---\na: 1", "out of bounds"),
        ('{"\\ud800": 1}', "character that no text has"),
        ('{"\\u0000": {"a": 1}}', "character that no text has"),
    ],
)
def test_what_is_hostile_is_refused_plainly(data, reason):
    began = time.monotonic()
    errors = refused(data)
    assert any(reason in one[2] for one in errors), errors
    "".join(path + why for _line, path, why in errors).encode()  # it can be shown
    assert time.monotonic() - began < 20


def test_a_character_out_of_bounds_is_told_with_its_line():
    assert refused('code: a\ntitle: "\\U00110000"\n')[0][0] == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_whatever_is_read_is_refused_in_words(data):
    with pytest.raises(GridRefused):
        read_document(data)


words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.just("\n"), max_size=30
).map(str.strip)
some = words.filter(bool)
questions = st.builds(
    Question,
    key=st.uuids().map(str),
    kind=st.just("level"),
    text=some,
    guidance=words,
    examples=st.lists(words, max_size=2).map(tuple),
    weight=st.integers(1, 5),
    required=st.booleans(),
    may_be_not_applicable=st.booleans(),
    options=st.lists(
        st.fixed_dictionaries({"label": some, "description": words}), min_size=2, max_size=3
    ).map(lambda levels: {"levels": levels}),
) | st.builds(
    Question,
    key=st.uuids().map(str),
    kind=st.just("yes_no"),
    text=some,
    options=st.booleans().map(lambda flag: {"evidence": flag}),
)
parts = st.builds(
    SubTheme, some, st.lists(questions, min_size=1, max_size=2).map(tuple), introduction=words
)
direct = st.builds(SubTheme, st.just(""), st.lists(questions, min_size=1, max_size=2).map(tuple))
themes = st.builds(
    Theme,
    code=st.uuids().map(str),
    title=some,
    introduction=words,
    subthemes=st.tuples(direct, parts) | st.tuples(parts),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(themes, min_size=1, max_size=2).map(tuple), some, words)
def test_a_grid_reads_as_it_was_written(content, title, purpose):
    document = GridDocument("code", title, purpose, 30, "", GridContent(content))
    assert read_document(to_yaml(document).encode()) == document
    assert read_document(to_json(document).encode()) == document
    tabs = json.dumps(json.loads(to_json(document)), indent="\t")
    assert read_document(tabs.encode()) == document
    assert read_content(write_content(document.content)) == document.content


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_grids_are_right(name):
    document = read_document(shipped_path(name))
    assert document.code == name
    assert all(question.key for question in document.content.questions.values())
    assert all(question.guidance for question in document.content.questions.values())
    kinds = {question.kind for question in document.content.questions.values()}
    assert kinds == {"level", "indicator", "yes_no", "text"}
    assert read_document(to_yaml(document).encode()) == document


def test_the_guide_has_its_eight_themes_and_the_approach_its_four():
    counts = {name: len(read_document(shipped_path(name)).content.themes) for name in SHIPPED}
    assert counts == {"csess": 8, "demarche-progres": 4}


@pytest.mark.django_db
def test_grids_of_the_package_are_written_once_as_drafts():
    grids = ensure_grids()
    assert [version.is_draft for version in GridVersion.objects.all()] == [True, True]
    Grid.objects.filter(code="csess").update(title="Notre guide")
    grids[0].versions.get().delete()
    ensure_grids()
    assert GridVersion.objects.count() == 1
    assert Grid.objects.filter(title="Notre guide").exists()


@pytest.mark.django_db
def test_an_import_makes_a_draft_and_an_export_gives_it_back(tmp_path, capsys):
    source = tmp_path / "grille.yaml"
    source.write_text(to_yaml(read_document(shipped_path("csess"))), "utf-8")
    call_command("import_grid", source, "--check")
    assert not Grid.objects.exists()
    call_command("import_grid", source)
    version = GridVersion.objects.get()
    assert version.is_draft
    assert export_version(version) == read_document(source)
    for kind in ("yaml", "json"):
        output = tmp_path / f"copie.{kind}"
        call_command("export_grid", "csess", "--format", kind, "--output", output)
        assert read_document(output) == read_document(source)
    enter_into_force(version, user=None)
    capsys.readouterr()
    call_command("export_grid", "csess", "--number", "1")
    assert capsys.readouterr().out == source.read_text("utf-8")


@pytest.mark.django_db
def test_an_import_never_writes_over_a_draft_unasked(tmp_path):
    source = tmp_path / "petite.yaml"
    source.write_text(SMALL, "utf-8")
    call_command("import_grid", source)
    with pytest.raises(DraftExists):
        import_document(read_document(source), user=None)
    with pytest.raises(CommandError, match="--replace-draft"):
        call_command("import_grid", source)
    call_command("import_grid", source, "--replace-draft")
    assert GridVersion.objects.get().content.questions["qui-decide"]


@pytest.mark.django_db
def test_the_commands_say_what_is_wrong(tmp_path):
    source = tmp_path / "fausse.yaml"
    source.write_text(SMALL.replace("weight", "x").replace("kind: level", "kind: stars"), "utf-8")
    with pytest.raises(CommandError, match=r"line 7, themes\[0\].questions\[0\].kind: "):
        call_command("import_grid", source)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_grid", tmp_path / "absente.yaml")
    with pytest.raises(CommandError, match="no grid"):
        call_command("export_grid", "rien")
    assert not Grid.objects.exists()


@pytest.mark.django_db
def test_the_demonstration_puts_the_grids_in_force_once():
    assert load_grids() == 2
    assert load_grids() == 0
    assert {version.status for version in GridVersion.objects.all()} == {"in_force"}
