"""Why a listing is where it is."""

from __future__ import annotations

from importlib import import_module

import pytest

from bdis_search.backends.base import SearchReader
from bdis_search.backends.tantivy import Engine
from bdis_search.query import Query
from tests.contract.documents import document


@pytest.fixture
def engine(small_world, tmp_path):
    engine = Engine({"PATH": tmp_path / "index", "HEAP_MB": 30})
    engine.rebuild(
        [
            document(1, "Café vélo", tag_names=("Vélo",), completeness=90),
            document(2, "Les vélos du lac", summary="Un café."),
            document(3, "Bicyclette du lac"),
            *(document(number, f"Sans rapport {number}") for number in range(6, 20)),
        ]
    )
    return engine


@pytest.mark.parametrize("name", ["tantivy", "elasticsearch"])
def test_the_shipped_engines_explain(name):
    """What they say, and of which hits, is asked of each by the contract."""
    shipped = import_module(f"bdis_search.backends.{name}").Engine
    assert shipped.explain is not SearchReader.explain


def told(engine, text, identifier, **query):
    parts = engine.explain(Query(text=text, **query), [identifier])[identifier].parts
    return {(part.word, part.field, part.how) for part in parts}


def test_each_word_is_told_with_its_place_and_how_it_was_found(engine):
    assert told(engine, "vélo", 1) == {
        ("velo", "title", "stem"),
        ("velo", "title", "exact"),
        ("velo", "tag", "stem"),
        ("velo", "tag", "whole"),
        ("velo", "tag", "verbatim"),
        ("velo", "any", "stem"),
        ("velo", "any", "exact"),
        ("", "quality", ""),
    }
    assert ("velo", "title", "exact") not in told(engine, "vélo", 2)
    assert ("velo", "title", "stem") in told(engine, "vélo", 2)


def test_words_found_apart_are_told_apart(engine):
    parts = told(engine, "café vélo", 2)
    assert ("cafe", "summary", "stem") in parts
    assert ("velo", "title", "stem") in parts


def test_a_synonym_a_typo_and_a_promotion_are_told(engine):
    assert ("bicyclet", "any", "synonym") in told(engine, "vélo", 3)
    assert ("bicyzlette", "title", "fuzzy") in told(engine, "bicyzlette", 3)
    assert ("", "promoted", "") in told(engine, "vélo", 10, promoted=(10,))
