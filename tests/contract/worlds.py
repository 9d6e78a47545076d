"""Small worlds, corpora and searches drawn by hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from bdis_cms.gazetteer.index import Gazetteer
from bdis_cms.gazetteer.places import Place as GazetteerPlace
from bdis_search.documents import InitiativeDocument
from bdis_search.geography import served
from bdis_search.query import BBox, Geography, Point, Query, Sort

from .oracle import Listing, Place, World

# Two regions, three départements; E2 lies over two départements; L3 is an arrondissement of L.
WORLD = World(
    [
        Place("A1", "D1", "R1", 44.75, 5.37, epci="E1"),
        Place("A2", "D1", "R1", 44.69, 5.48, epci="E1"),
        Place("A3", "D1", "R1", 44.92, 4.90, epci="E2"),
        Place("L", "D2", "R1", 45.76, 4.83, epci="E3"),
        Place("L3", "D2", "R1", 45.75, 4.87, parent="L"),
        Place("B1", "D2", "R1", 45.10, 4.80, epci="E2"),
        Place("C1", "D3", "R2", 43.94, 4.83),
        Place("C2", "D3", "R2", 44.05, 5.05, epci="E4"),
    ]
)
REGIONS = ["R1", "R2"]
DEPARTMENTS = ["D1", "D2", "D3"]
EPCI = ["E1", "E2", "E3", "E4"]
COMMUNES = [place.code for place in WORLD.communes]
FAMILIES = ["amap", "sel", "ressourcerie", "cae"]
LEGAL = ["association", "cooperative"]
ACTIVITIES = ["ali", "ali.pain", "ali.pain.bio", "ali.miel", "cul", "cul.cirque"]
TAGS = ["vert", "bleu", "bio-local", "à-part", "x=y"]
THEMES = ["eau", "feu"]
# Words whose stems, prefixes and typos never meet.
WORDS = ["tournesol", "girafe", "pistache", "brioche", "dynamo"]
VALUES = {
    "family": FAMILIES,
    "legal_family": LEGAL,
    "activity": ACTIVITIES,
    "tag": TAGS,
    "region": REGIONS,
    "department": DEPARTMENTS,
    "theme": THEMES,
}
AREAS = [
    "country:",
    *(f"region:{code}" for code in REGIONS),
    *(f"department:{code}" for code in DEPARTMENTS),
    *(f"epci:{code}" for code in EPCI),
    *(f"commune:{code}" for code in COMMUNES),
]
TODAY = 739_000


def gazetteer_of(world: World) -> Gazetteer:
    """Return the small world as the gazetteer that documents and filters are compiled with."""
    members: dict[str, list[str]] = {}
    for place in world.communes:
        if place.epci:
            members.setdefault(place.epci, []).append(place.code)
    return Gazetteer(
        regions={code: GazetteerPlace("region", code, code) for code in REGIONS},
        departments={
            place.department: GazetteerPlace(
                "department", place.department, place.department, region_code=place.region
            )
            for place in world.communes
        },
        epci={
            code: GazetteerPlace("epci", code, code, communes=tuple(communes))
            for code, communes in members.items()
        },
        communes={
            place.code: GazetteerPlace(
                "commune",
                place.code,
                place.code,
                lat=place.lat,
                lon=place.lon,
                department_code=place.department,
                region_code=place.region,
            )
            for place in world.communes
        },
        parents={place.code: place.parent for place in world.communes if place.parent},
        epci_of={place.code: place.epci for place in world.communes if place.epci},
    )


GAZETTEER = gazetteer_of(WORLD)


def some(values, most=3):
    return st.lists(st.sampled_from(values), max_size=most, unique=True).map(tuple)


def points():
    exact = st.sampled_from([(place.lat, place.lon) for place in WORLD.communes])
    anywhere = st.tuples(
        st.floats(43.5, 46.2, allow_nan=False), st.floats(4.3, 5.9, allow_nan=False)
    )
    return st.one_of(exact, anywhere)


@st.composite
def listings(draw, identifier: int) -> Listing:
    place = draw(st.one_of(st.none(), st.sampled_from(WORLD.communes)))
    point = draw(st.one_of(st.none(), points())) if place else None
    words = draw(some(WORDS))
    leaves = draw(some(ACTIVITIES))
    rolled_up = {
        ".".join(code.split(".")[:depth])
        for code in leaves
        for depth in range(1, code.count(".") + 2)
    }
    declared = draw(st.one_of(st.just(()), some(AREAS)))
    radius = draw(st.one_of(st.none(), st.sampled_from([5, 30, 80])))
    lat, lon = point or (None, None)
    reach = served(
        GAZETTEER,
        declared,
        place.code if place else "",
        Point(lat, lon) if point else None,
        radius,
    )
    spread = [draw(st.integers(0, 3)) for _ in words]
    fields = ["", "", "", ""]
    for word, where in zip(words, spread, strict=True):
        fields[where] += f" {word}"
    tags = draw(some(TAGS))
    document = InitiativeDocument(
        id=identifier,
        title=draw(st.sampled_from(["Alpha", "beta", "Gamma", "delta"])) + fields[0],
        acronym="",
        summary=fields[1],
        body=fields[2],
        keywords=fields[3],
        tags=tags,
        tag_names=(),
        place_names="",
        families=draw(some(FAMILIES)),
        legal_family=draw(st.sampled_from(["", *LEGAL])),
        activities=tuple(sorted(rolled_up)),
        region=place.region if place else "",
        department=place.department if place else "",
        epci=WORLD.epci_of(place) if place else "",
        commune=place.code if place else "",
        parent_commune=place.parent if place else "",
        served_regions=reach.regions,
        served_departments=reach.departments,
        served_areas=reach.areas,
        served_touches=reach.touches,
        lat=lat,
        lon=lon,
        confirmed=draw(st.sampled_from([0, 738_000, 738_500])),
        public_until=draw(st.sampled_from([TODAY - 1, TODAY, TODAY + 300])),
        completeness=draw(st.integers(0, 100)),
        extra=(("theme", draw(some(THEMES))),),
    )
    return Listing(document, declared, radius, frozenset(words))


@st.composite
def corpora(draw, most: int = 25) -> list[Listing]:
    size = draw(st.integers(0, most))
    return [draw(listings(identifier)) for identifier in range(1, size + 1)]


@st.composite
def boxes(draw) -> BBox:
    south, north = sorted(draw(st.tuples(st.floats(43.5, 46.2), st.floats(43.5, 46.2))))
    west, east = sorted(draw(st.tuples(st.floats(4.3, 5.9), st.floats(4.3, 5.9))))
    return BBox(west, south, east, north)


@st.composite
def queries(draw) -> Query:
    chosen = draw(st.lists(st.sampled_from([*VALUES, "epci", "commune"]), max_size=3, unique=True))
    filters = {}
    for name in chosen:
        known = VALUES.get(name) or (EPCI if name == "epci" else COMMUNES)
        filters[name] = frozenset(draw(some(known)))
    near = draw(st.one_of(st.none(), points()))
    return Query(
        text=" ".join(draw(some(WORDS, 2))),
        filters=filters,
        near=Point(*near) if near else None,
        radius_km=draw(st.one_of(st.none(), st.sampled_from([0.5, 10.0, 35.0, 120.0])))
        if near
        else None,
        bbox=draw(st.one_of(st.none(), st.none(), boxes())),
        geography=draw(st.sampled_from(list(Geography))),
        sort=draw(st.sampled_from([Sort.NAME, Sort.RECENT, Sort.DISTANCE, Sort.RELEVANCE])),
        page=draw(st.integers(1, 3)),
        page_size=draw(st.sampled_from([1, 3, 7, 40])),
        facets=tuple(VALUES),
    )
