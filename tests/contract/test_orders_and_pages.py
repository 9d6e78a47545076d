"""Orders stable under ties, pages without gaps or repeats, however many there are."""

from __future__ import annotations

import pytest

from bdis_cms.text import fold
from bdis_search.query import Point, Query, Sort

from .documents import document
from .oracle import haversine

HERE = Point(45.0, 3.0)
# Five names, five days, five addresses and none: nearly everything is tied with something.
NAMES = ["Fanfare du lac", "fanfare du Lac", "Fânfare bis", "Œuvre fanfare", "L’Île fanfare"]
PLACES = [(45.0, 3.0), (45.2, 3.0), (45.0, 3.3), (-17.0, 179.9), (None, None)]
MANY = 137


def tied(number):
    lat, lon = PLACES[number * 7 % 5]
    return document(
        number,
        NAMES[number % 5],
        confirmed=738_000 + number * 3 % 5,
        completeness=50,
        summary="Une fanfare.",
        lat=lat,
        lon=lon,
    )


DOCUMENTS = {number: tied(number) for number in range(1, MANY + 1)}


def expected(sort, text=""):
    def key(one):
        name = (fold(one.title), one.id)
        if sort is Sort.RECENT:
            return (-one.confirmed, *name)
        if sort is Sort.DISTANCE:
            away = None if one.lat is None else haversine(HERE.lat, HERE.lon, one.lat, one.lon)
            return (away is None, away or 0.0, *name)
        return name

    return [one.id for one in sorted(DOCUMENTS.values(), key=key)]


@pytest.fixture(scope="module")
def engine(new_engine):
    engine = new_engine()
    engine.rebuild(DOCUMENTS[number] for number in sorted(DOCUMENTS, key=lambda n: n * 31 % 139))
    return engine


def pages(engine, size, **query):
    found = []
    for page in range(1, 200):
        hits = engine.search(Query(page=page, page_size=size, facets=(), **query)).hits
        if not hits:
            return [hit.id for hit in found]
        assert len(hits) <= size
        found += hits
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("text", ["", "fanfare"])
@pytest.mark.parametrize("sort", [Sort.NAME, Sort.RECENT, Sort.DISTANCE])
@pytest.mark.parametrize("size", [1, 7, 50, 100, 137, 500])
def test_ties_are_settled_by_name_then_id(engine, sort, size, text):
    if size == 1 and text:
        text = "fanfares"
    assert pages(engine, size, sort=sort, near=HERE, text=text) == expected(sort)


@pytest.mark.parametrize("size", [1, 10, 33, 136])
@pytest.mark.parametrize("text", ["", "fanfare", "fnafare", "fanfare lac"])
def test_relevance_is_one_order_whatever_the_size_of_pages(engine, size, text):
    whole = engine.search(Query(text=text, page_size=500))
    paged = pages(engine, size, text=text)
    assert paged == [hit.id for hit in whole.hits]
    assert len(set(paged)) == whole.total > 50


def test_equal_scores_are_ordered_by_name_then_id(contract_engine):
    names = {n: f"Fanfare z{chr(97 + n * 5 % 26)}" for n in range(1, 120)}
    contract_engine.rebuild(document(n, name) for n, name in names.items())
    found = [hit.id for hit in contract_engine.search(Query(text="fanfare", page_size=200)).hits]
    assert found == sorted(names, key=lambda n: (names[n], n))


def test_listings_equal_in_all_are_ordered_by_id(contract_engine):
    contract_engine.rebuild(document(n, "Fanfare") for n in (30, 4, 100, 22, 1))
    for sort in Sort:
        asked = Query(text="fanfare", sort=sort, near=HERE)
        found = [hit.id for hit in contract_engine.search(asked).hits]
        assert found == [1, 4, 22, 30, 100]


@pytest.mark.parametrize("page", [15, 16, 1_000, 10**6])
def test_a_page_past_the_last_is_empty_and_keeps_the_total(engine, page):
    results = engine.search(Query(page=page, page_size=10))
    assert results.total == MANY
    assert results.hits == ()
    assert results.counts["family"] == {}


def test_a_page_of_no_listing_counts_all_the_same(engine):
    results = engine.search(Query(page_size=0))
    assert results.total == MANY
    assert results.hits == ()


def test_names_are_ordered_as_in_a_dictionary(contract_engine):
    names = ["zèbre", "Œuf", "éclair", "Eclat", "abeille", "Île", "100 pas", "ours", "Zinc", "ici"]
    contract_engine.rebuild(document(n, name) for n, name in enumerate(names))
    hits = contract_engine.search(Query(sort=Sort.NAME)).hits
    assert [names[hit.id] for hit in hits] == [
        "100 pas", "abeille", "éclair", "Eclat", "ici", "Île", "Œuf", "ours", "zèbre", "Zinc",
    ]  # fmt: skip


def test_the_distance_order_without_a_point_is_that_of_relevance(engine):
    def found(sort):
        return [hit.id for hit in engine.search(Query(text="lac", sort=sort)).hits]

    assert found(Sort.DISTANCE) == found(Sort.RELEVANCE)


@pytest.mark.parametrize("km", [1.0, 20.0, 111.0, 400.0])
@pytest.mark.parametrize("page", [1, 3])
def test_distances_are_exact_among_many(many, km, page):
    engine, places = many
    away = sorted((haversine(HERE.lat, HERE.lon, *point), n) for n, point in places.items())
    within = [distance for distance, _ in away if distance <= km]
    asked = Query(near=HERE, radius_km=km, sort=Sort.DISTANCE, page=page, page_size=50, facets=())
    results = engine.search(asked)
    assert results.total == len(within)
    found = [hit.distance_km for hit in results.hits]
    assert found == pytest.approx(within[50 * (page - 1) : 50 * page], abs=1e-3)


THOUSANDS = 12_345


@pytest.fixture(scope="module")
def many(new_engine):
    places = {n: (43 + n % 71 / 20, 1 + n * 37 % 97 / 20) for n in range(1, THOUSANDS + 1)}
    engine = new_engine()
    engine.rebuild(
        document(
            n,
            f"Fanfare {n % 100:02d}",
            lat=lat,
            lon=lon,
            confirmed=738_000 + n % 90,
            completeness=n % 101,
            families=(f"f{n % 3}",),
        )
        for n, (lat, lon) in places.items()
    )
    return engine, places


@pytest.mark.slow
@pytest.mark.parametrize("sort", Sort)
def test_beyond_ten_thousand_nothing_is_missing_or_twice(many, sort):
    engine, _ = many
    asked = Query(text="fanfare", sort=sort, near=HERE, page_size=1_500, facets=("family",))
    seen = []
    for page in range(1, 11):
        results = engine.search(Query(**{**_fields(asked), "page": page}))
        assert results.total == THOUSANDS
        seen += [hit.id for hit in results.hits]
    assert len(seen) == THOUSANDS
    assert set(seen) == set(range(1, THOUSANDS + 1))
    assert sum(results.counts["family"].values()) == THOUSANDS


@pytest.mark.slow
def test_a_page_far_beyond_ten_thousand_is_that_of_the_order(many):
    engine, _ = many
    order = sorted(range(1, THOUSANDS + 1), key=lambda n: (f"{n % 100:02d}", n))
    for page in (1, 101, 500, 617):
        hits = engine.search(Query(sort=Sort.NAME, page=page, page_size=20, facets=())).hits
        assert [hit.id for hit in hits] == order[20 * (page - 1) : 20 * page]


def _fields(query):
    return {name: getattr(query, name) for name in Query.__dataclass_fields__}
