"""The better place wins, whatever the words, the lengths, the freshness and the rest."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bdis_search.backends.tantivy import Engine
from bdis_search.query import Query
from tests.contract.documents import document

PLACES = ("title", "tags", "keywords", "summary", "body")
TODAY = datetime.date(2035, 1, 1).toordinal()
LONG = datetime.date(2005, 1, 1).toordinal()
#: What a listing holds in each place: nothing of what is asked, another form of it, or it.
HELD = st.sampled_from(["", "", "jardins", "jardin"])
LISTING = st.fixed_dictionaries(
    dict.fromkeys(PLACES, HELD)
    | {
        "padding": st.integers(0, 40),
        "is_fresh": st.booleans(),
        "times": st.integers(1, 30),
    }
)


def made(number, held):
    """Return a listing that holds what is asked where told, among other words."""
    rest = " ".join(f"autre{number % 7}" for _ in range(held["padding"]))
    texts = {place: f"{held[place]} {rest}".strip() for place in PLACES}
    texts["body"] = f"{held['body']} " * held["times"] + rest
    return document(
        number,
        texts["title"] or "Rien",
        # A tag of its own word: none is all that is asked.
        tag_names=(f"{texts['tags']} ici",) if texts["tags"] else (),
        keywords=f"{texts['keywords']} là" if texts["keywords"] else "",
        summary=texts["summary"],
        body=texts["body"],
        completeness=100 if held["is_fresh"] else 0,
        confirmed=TODAY if held["is_fresh"] else LONG,
    )


def best_place(held):
    return next((rank for rank, place in enumerate(PLACES) if held[place]), None)


@pytest.fixture
def engine(small_world, tmp_path):
    return Engine({"PATH": tmp_path / "index", "HEAP_MB": 30})


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(LISTING, min_size=2, max_size=25), st.sampled_from(["jardin", "jardins"]))
def test_no_listing_comes_before_one_that_holds_the_word_in_a_better_place(engine, listings, asked):
    engine.rebuild(made(number, held) for number, held in enumerate(listings, 1))
    hits = engine.search(Query(text=asked, page_size=50)).hits
    places = [best_place(listings[hit.id - 1]) for hit in hits]
    assert places == sorted(places)
    assert len(places) == sum(best_place(held) is not None for held in listings)


@pytest.mark.parametrize("place", PLACES)
def test_the_word_as_typed_comes_before_its_other_forms_however_old(engine, place):
    nothing = dict.fromkeys(PLACES, "") | {"padding": 3, "times": 1}
    engine.rebuild(
        [
            made(1, nothing | {place: "jardins", "is_fresh": True}),
            made(2, nothing | {place: "jardin", "is_fresh": False}),
            *(made(number, nothing | {"is_fresh": True}) for number in range(3, 20)),
        ]
    )
    assert [hit.id for hit in engine.search(Query(text="jardin")).hits] == [2, 1]


def test_all_of_a_name_comes_before_a_part_of_it_with_everything_else(engine):
    everything = dict.fromkeys(PLACES, "jardin") | {"padding": 2, "times": 9, "is_fresh": True}
    engine.rebuild(
        [
            made(1, everything),
            document(2, "Jardin", completeness=0, confirmed=LONG),
            *(document(number, f"Sans rapport {number}") for number in range(3, 20)),
        ]
    )
    assert [hit.id for hit in engine.search(Query(text="jardin")).hits] == [2, 1]


def test_a_word_common_in_names_and_rare_in_tags_still_counts_more_in_names(engine):
    engine.rebuild(
        [
            *(document(number, f"Association {number}") for number in range(1, 60)),
            document(60, "Du lac", tag_names=("vie de l’association",)),
        ]
    )
    hits = engine.search(Query(text="association", page_size=100)).hits
    assert hits[-1].id == 60


def test_the_rare_word_counts_more_than_the_common_one(engine):
    engine.rebuild(
        [
            document(1, "Association du lac", body="luthier"),
            document(2, "Luthier du lac", body="association"),
            *(document(number, f"Association {number}") for number in range(3, 60)),
        ]
    )
    assert [hit.id for hit in engine.search(Query(text="association luthier")).hits] == [2, 1]
