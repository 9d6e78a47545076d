"""No text, however odd, breaks a search, a suggestion, a map, or an index."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bdis_search.query import Query

from .documents import document

HARMLESS = {
    "nothing": "",
    "spaces": " \t\n ",
    "a quote": '"',
    "quotes": '"jardin" «partagé» “fou” \'là\'',
    "an open quote": 'jardin "partagé',
    "brackets": "((([[{",
    "closed brackets": ")]}>",
    "operators": "AND OR NOT",
    "operators between": "jardin AND NOT (vélo OR",
    "lower operators": "and or not et ou non",
    "signs": "+jardin -vélo !fou && || ^",
    "a star": "*",
    "a star in a word": "jard*n j?rdin",
    "stars": "**************** a*b*c*d*e*",
    "a tilde": "jardin~ jardin~2 ~",
    "a boost": "jardin^99999999999",
    "a field": "title:jardin id:1 _id:1 _source:* fingerprint:*",
    "a range": "[a TO b] {* TO *} public_until:>0",
    "a regular expression": "/.*/ (a+)+$ [a-z]{99}",
    "a backslash": "\\",
    "backslashes": "\\\\\\ \\\" \\u0000 \\x",
    "a slash": "/ // /* */ <!-- -->",
    "json": '{"query": {"match_all": {}}}',
    "sql": "'; DROP TABLE bdis_cms_initiativepage; --",
    "sql or": "1' OR '1'='1",
    "html": "<script>alert(1)</script>",
    "a template": "{{ 7*7 }} ${7*7} {% debug %} %s %(x)s",
    "an address": "https://example.org/?q=a&b=c#d",
    "an e-mail": "moi@example.org",
    "emoji": "🎉🚲",
    "an emoji of many": "👩‍👩‍👧‍👦 🏴‍☠️ 🇫🇷",
    "a NUL": "jardin\x00partagé",
    "NULs": "\x00\x00",
    "control characters": "\x01\x07\x1b[31m\x7f",
    "a lone surrogate": "jardin \ud800",
    "lone surrogates": "\udfff\ud800",
    "right to left": "\u202eniidraj",
    "arabic": "حديقة مشتركة",
    "hebrew": "גן משותף",
    "chinese": "共享花园",
    "thai": "สวนชุมชน",
    "cyrillic": "сад",
    "zalgo": "j̸̢̛a̷͜r̵̡d̶̨i̸n̴",
    "no-break spaces": "jardin\u00a0\u202fpartagé",
    "zero width": "jar\u200bdin\ufeff",
    "full width": "ｊａｒｄｉｎ",
    "fractions": "½ ⅓ ² ①",
    "only stop words": "le la les de des du",
    "one letter": "l",
    "an apostrophe": "’",
    "elisions": "l'" * 200,
    "punctuation": "-- // ;; ,, .. … !? §",
    "a long word": "x" * 10_000,
    "many words": "mot " * 2_500,
    "many other words": " ".join(f"mot{number}" for number in range(1_500)),
    "ten kilobytes": "é" * 5_000,
    "dots": "." * 3_000,
    "hyphens": "a-" * 2_000,
    "brackets, many": "(" * 5_000 + ")" * 5_000,
    "digits": "9" * 400,
    "a number": "-1e999",
}  # fmt: skip


@pytest.fixture(scope="module")
def engine(new_engine):
    engine = new_engine()
    engine.rebuild(
        [
            document(1, "Jardin partagé", lat=45.0, lon=5.0, tag_names=("Jardin",), tags=("j",)),
            document(2, "Vélo fou", lat=45.0, lon=5.1),
        ]
    )
    return engine


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_no_text_breaks_anything(engine, text):
    results = engine.search(Query(text=text))
    assert len(results.hits) == results.total <= 2
    assert sum(mark.count for mark in engine.clusters(Query(text=text), 5)) == results.total
    assert len(engine.suggest(text)) <= 2


@pytest.mark.parametrize(
    "text", ["", " \t ", "’", "-- // ;;", "\x00", "…", "🎉", "\ud800"], ids=repr
)
def test_a_text_without_a_word_asks_for_everything_and_suggests_nothing(engine, text):
    assert engine.search(Query(text=text)).total == 2
    assert engine.suggest(text) == []


@pytest.mark.parametrize(
    "text",
    ["+jardin", "(jardin", "jardin*", "jardin~", "jardin^2", "“jardin”", "jardin\x00", "JARDIN!"],
)
def test_signs_around_a_word_are_not_part_of_it(engine, text):
    results = engine.search(Query(text=text))
    assert results.hits[0].id == 1


@pytest.mark.parametrize("limit", [0, 1, 2, 50])
def test_suggestions_keep_to_their_limit(engine, limit):
    assert len(engine.suggest("j", limit)) == min(limit, 1)


@settings(
    deadline=None, suppress_health_check=list(HealthCheck), max_examples=100, derandomize=True
)
@given(st.text(max_size=80))
def test_any_text_is_indexed_and_searched(contract_engine, text):
    contract_engine.index([document(1, text, summary=text, body=text, tag_names=(text,))])
    results = contract_engine.search(Query(text=text))
    assert [hit.id for hit in results.hits] == [1]
    contract_engine.suggest(text)


@pytest.mark.parametrize("size", [40_000, 400_000])
def test_a_very_long_description_is_searched_to_its_end(contract_engine, size):
    body = " ".join(f"mot{number}" for number in range(size // 8)) + " fanfare"
    contract_engine.index([document(1, body=body), document(2)])
    assert [hit.id for hit in contract_engine.search(Query(text="fanfare")).hits] == [1]


@pytest.mark.parametrize(
    "code",
    ["A", "a", "à-côté", "x=y", "a b", "a,b", 'a"b', "a\\b", "a/b", "*", "a*", "a.b", "œ", "🎉",
     "{}", "a:b", "-", "0", "null", "true", "x" * 100],
)  # fmt: skip
def test_codes_are_kept_as_they_are(contract_engine, code):
    others = ["A", "a", "b", "x=yz", "x"]
    listings = [document(1, tags=(code,), extra=(("theme", (code,)),), legal_family=code)]
    listings += [
        document(number, tags=(other,), extra=(("theme", (other,)),), legal_family=other)
        for number, other in enumerate(others, 2)
        if other != code
    ]
    contract_engine.rebuild(listings)
    for name in ("tag", "theme", "legal_family"):
        asked = Query(filters={name: frozenset([code])}, facets=(name,))
        results = contract_engine.search(asked)
        assert [hit.id for hit in results.hits] == [1]
        assert results.counts[name][code] == 1
        assert len(results.counts[name]) == len(listings)
