"""Versions of a grid: drafted, put in force, compared with those before."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from bdis_evaluation.grids.correspondence import (
    NotOneGrid,
    correspondences,
    decide,
    missing_correspondences,
    relation,
)
from bdis_evaluation.grids.publishing import (
    DraftExists,
    GridIncomplete,
    NotADraftVersion,
    enter_into_force,
    new_draft,
)
from bdis_evaluation.models import GridVersion, QuestionChange, VersionStatus
from tests.factories.evaluations import (
    LEVELS,
    GridFactory,
    indicator,
    level,
    text,
    theme,
    yes_no,
)

pytestmark = pytest.mark.django_db
SAME, CHANGED, NEW, DROPPED = QuestionChange


@pytest.fixture(autouse=True)
def _in_english():
    """Read sentences as the code writes them."""
    with override("en"):
        yield


@pytest.fixture
def grid():
    return GridFactory(code="essai")


def put_in_force(grid, *items, decisions=None):
    """Write the next version with these questions in one theme, and put it in force."""
    draft = new_draft(grid, user=None, themes=[theme("t", *items, title="Thème")])
    decide(draft, decisions or {})
    enter_into_force(draft, user=None)
    return draft


def test_a_draft_takes_up_the_version_in_force(grid):
    first = put_in_force(grid, level("a"), yes_no("b"))
    draft = new_draft(grid, user=None)
    assert (draft.number, draft.status) == (2, VersionStatus.DRAFT)
    assert draft.content == first.content
    with pytest.raises(DraftExists, match="version 2"):
        new_draft(grid, user=None)


def test_a_version_enters_into_force_in_the_place_of_the_former(grid, django_user_model):
    user = django_user_model.objects.create(username="helene")
    first = put_in_force(grid, level("a"))
    draft = new_draft(grid, user=user)
    enter_into_force(draft, user=user)
    first.refresh_from_db()
    assert (first.status, draft.status) == (VersionStatus.SUPERSEDED, VersionStatus.IN_FORCE)
    assert grid.version_in_force == draft
    assert draft.in_force_by == user
    assert draft.in_force_at
    assert draft.content_hash == draft.content.computed_hash() == first.content_hash
    with pytest.raises(NotADraftVersion):
        enter_into_force(draft, user=user)


def test_references_are_made_once_and_never_given_to_another_question(grid):
    draft = new_draft(
        grid,
        user=None,
        themes=[
            theme(
                "",
                level("", "Qui décide de l’essentiel ?"),
                level("", "Qui décide de l’essentiel ?"),
                title="Gouvernance démocratique",
            )
        ],
    )
    assert list(draft.content.questions) == [
        "qui-decide-de-l-essentiel",
        "qui-decide-de-l-essentiel-2",
    ]
    assert draft.content.themes[0].code == "gouvernance-democratique"
    raw = draft.raw_themes
    raw[0]["value"]["items"][0]["value"]["text"] = "Qui tranche ?"
    draft.themes = raw
    draft.save()
    assert "qui-decide-de-l-essentiel" in draft.content.questions
    enter_into_force(draft, user=None)
    second = new_draft(
        grid, user=None, themes=[theme("x", level("", "Qui décide de l’essentiel ?"))]
    )
    assert list(second.content.questions) == ["qui-decide-de-l-essentiel-3"]


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([level("a"), yes_no("a", "Autre ?")], "question “Autre ?”, reference: The question"),
        ([level("a", levels=LEVELS[:1])], "levels: give from two to ten levels"),
        ([indicator("a", unit="")], "unit: say what is counted"),
        ([level("é")], "reference: write it with letters without accents"),
        ([text("a", "")], "question: it is missing"),
        ([text("a", "x" * 501)], "question: shorten it: 500"),
        ([{"type": "other", "value": {"kind": "odd", "key": "a", "text": "?"}}], "called “odd”"),
        ([], "It has no question"),
        ([{"type": "subtheme", "value": {"title": "Vide"}}, text("a")], "sub-theme “Vide”"),
    ],
)
def test_a_version_with_errors_does_not_enter_into_force(grid, items, said):
    if said.startswith("sub-theme"):
        items = [items[1], items[0]]
    draft = new_draft(grid, user=None, themes=[theme("t", *items, title="Thème")])
    with pytest.raises(GridIncomplete) as refused:
        enter_into_force(draft, user=None)
    assert said in str(refused.value)
    assert "Theme “Thème”" in str(refused.value)
    draft.refresh_from_db()
    assert draft.status == VersionStatus.DRAFT


def test_a_grid_without_themes_does_not_enter_into_force(grid):
    with pytest.raises(GridIncomplete, match="no theme"):
        enter_into_force(new_draft(grid, user=None), user=None)


def test_what_changes_is_decided_by_people(grid):
    put_in_force(grid, level("a", "Avant ?"), level("b"), yes_no("c"), text("gone"), level("d"))
    draft = new_draft(
        grid,
        user=None,
        themes=[
            theme(
                "t",
                level("a", "Après ?"),
                level("b", guidance="Aide nouvelle", weight=3),
                text("c"),
                level("d", levels=LEVELS[:3]),
                text("fresh"),
            )
        ],
    )
    proposed = {one.key: one.change for one in correspondences(draft)}
    assert proposed == {
        "a": None,
        "b": SAME,
        "c": CHANGED,
        "d": CHANGED,
        "fresh": NEW,
        "gone": DROPPED,
    }
    assert [one.key for one in missing_correspondences(draft)] == ["a", "c", "d", "gone"]
    with pytest.raises(GridIncomplete, match=r"“Après \?”: say whether"):
        enter_into_force(draft, user=None)
    why = "Elle se répétait."
    decide(
        draft,
        {"a": (SAME, ""), "c": (SAME, "x"), "d": (CHANGED, why), "gone": (DROPPED, why)},
    )
    assert [one.key for one in missing_correspondences(draft)] == ["c"]  # never the same
    decide(draft, {"c": (CHANGED, why)})
    enter_into_force(draft, user=None)
    rows = {row.key: (row.change, row.note) for row in draft.correspondences.all()}
    assert rows["a"] == (SAME, "")
    assert rows["fresh"] == (NEW, "")
    assert rows["gone"] == (DROPPED, why)
    assert len(rows) == 6


def test_a_decision_does_not_outlive_the_words_it_was_made_on(grid):
    put_in_force(grid, level("a", "Avant ?"))
    draft = new_draft(grid, user=None, themes=[theme("t", level("a", "Après ?"))])
    decide(draft, {"a": (SAME, "")})
    assert not missing_correspondences(draft)
    draft.themes = [theme("t", level("a", "Tout autre chose ?"))]
    draft.save()
    assert [one.key for one in missing_correspondences(draft)] == ["a"]


def test_the_relation_of_two_versions_is_composed_along_the_chain(grid, django_assert_num_queries):
    why = "Raison"
    one = put_in_force(grid, *map(level, ("same", "changed", "back", "gone")))
    two = put_in_force(
        grid,
        level("same"),
        level("changed", "Mieux ?"),
        level("late"),
        level("passing"),
        decisions={
            "changed": (CHANGED, why),
            "back": (DROPPED, why),
            "gone": (DROPPED, why),
        },
    )
    three = put_in_force(
        grid,
        *map(level, ("same", "back", "late")),
        level("changed", "Mieux ?"),
        decisions={"passing": (DROPPED, why)},
    )
    one, two, three = GridVersion.objects.order_by("number")
    with django_assert_num_queries(2):
        composed = relation(one, three)
    assert composed == {
        "same": SAME,
        "changed": CHANGED,
        "back": CHANGED,
        "gone": DROPPED,
        "late": NEW,
    }
    assert relation(two, three)["changed"] == SAME
    assert relation(two, three)["back"] == NEW
    assert set(relation(one, one).values()) == {SAME}


def test_two_grids_are_not_compared(grid):
    other = put_in_force(GridFactory(code="autre"), level("a"))
    with pytest.raises(NotOneGrid):
        relation(put_in_force(grid, level("a")), other)
