"""Read the territory tables, shipped or official, and say where they are wrong."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

TERRITORIES = Path(__file__).resolve().parent.parent / "data" / "territories"
MOST_ERRORS = 20

Row = dict[str, str]

#: ``coord_source`` of points that only stand for the neighbourhood of a commune.
APPROXIMATIONS = frozenset(
    {"postcode", "epci", "departement", "moyenne-code-postal", "centre-commune"}
)
LISTED_TYPES = frozenset({"commune-actuelle", "arrondissement-municipal"})
REQUIRED_COLUMNS = frozenset(
    {"code", "nom", "type", "departement", "lat", "lon", "population", "codes_postaux"}
)
_COMMUNE_CODE = re.compile(r"(\d{2}|2[AB])\d{3}")
_POSTCODES = re.compile(r"\d{5}( \d{5})*")


@dataclass(frozen=True)
class CellError:
    """One wrong cell: line as an editor counts them, column, value, and what would be right."""

    line: int
    column: str
    value: str
    remedy: str

    def __str__(self) -> str:
        return _("line %(line)d, column “%(column)s”, “%(value)s”: %(remedy)s") % {
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "remedy": self.remedy,
        }


@dataclass
class TableRefused(ValueError):
    """A table cannot be loaded; nothing of it was."""

    path: Path
    errors: list[CellError] = field(default_factory=list)
    reason: str = ""

    def __str__(self) -> str:
        lines = [self.reason] if self.reason else []
        lines += [f"  {error}" for error in self.errors[:MOST_ERRORS]]
        if len(self.errors) > MOST_ERRORS:
            lines.append("  …")
        return "\n".join(
            [_("%(file)s was not loaded, nothing changed.") % {"file": self.path.name}, *lines]
        )


@dataclass(frozen=True)
class CommuneRow:
    """A commune as a table gives it, checked."""

    code: str
    name: str
    department: str
    epci: str
    parent: str
    postcodes: str
    population: int | None
    lat: float | None
    lon: float | None
    is_approximate: bool


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a UTF-8 CSV, gzipped or not.

    Raises ``TableRefused`` when the file is missing or is no such thing.
    """
    opener: Callable[..., gzip.GzipFile] = gzip.open if path.suffix == ".gz" else open  # type: ignore[assignment]
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as lines:
            yield from csv.DictReader(lines)  # type: ignore[arg-type]
    except FileNotFoundError as error:
        raise TableRefused(path, reason=_("There is no such file: check its path.")) from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TableRefused(
            path,
            reason=_("It cannot be read (%(error)s). A CSV in UTF-8, gzipped or not, is expected.")
            % {"error": error},
        ) from error


def read_communes(path: Path, *, departments: set[str], epci: set[str]) -> dict[str, CommuneRow]:
    """Return the communes and arrondissements of a table by code.

    Raises ``TableRefused`` with every wrong cell (line, column, value, remedy).
    """
    rows: dict[str, CommuneRow] = {}
    errors: list[CellError] = []
    for line, raw in enumerate(read_rows(path), start=2):
        if line == 2 and (missing := REQUIRED_COLUMNS - raw.keys()):
            raise TableRefused(
                path,
                reason=_("These columns are missing: %(columns)s.")
                % {"columns": ", ".join(sorted(missing))},
            )
        if raw["type"] not in LISTED_TYPES:
            continue
        reader = _CommuneReader(line, raw, errors)
        row = reader.read(departments, epci)
        if row.code in rows:
            reader.refuse("code", _("this code is already on another line; keep one of them."))
        rows[row.code] = row
    for line, raw in enumerate(read_rows(path), start=2):
        parent = raw.get("commune_parente") or ""
        if parent and raw["type"] in LISTED_TYPES and parent not in rows:
            errors.append(
                CellError(line, "commune_parente", parent, _("no commune of this table has it."))
            )
    if errors:
        raise TableRefused(path, sorted(errors, key=lambda error: error.line))
    if not rows:
        raise TableRefused(path, reason=_("It holds no commune."))
    return rows


class _CommuneReader:
    """Checks the cells of one line."""

    def __init__(self, line: int, raw: Row, errors: list[CellError]) -> None:
        self.line, self.raw, self.errors = line, raw, errors

    def refuse(self, column: str, remedy: str) -> None:
        self.errors.append(CellError(self.line, column, self.raw.get(column) or "", remedy))

    def read(self, departments: set[str], epci: set[str]) -> CommuneRow:
        raw = {key: (value or "").strip() for key, value in self.raw.items() if key}
        if not _COMMUNE_CODE.fullmatch(raw["code"]):
            self.refuse("code", _("an INSEE code has five characters, as 26113 or 2A004."))
        if not raw["nom"]:
            self.refuse("nom", _("a commune needs a name."))
        if raw["departement"] not in departments:
            self.refuse("departement", _("no département has this code."))
        siren = raw.get("epci_siren", "")
        if siren and siren not in epci:
            self.refuse("epci_siren", _("no EPCI has this SIREN number; leave it empty or add it."))
        if raw["codes_postaux"] and not _POSTCODES.fullmatch(raw["codes_postaux"]):
            self.refuse("codes_postaux", _("postcodes have five digits and a space between them."))
        lat = self._number(raw, "lat", 90)
        lon = self._number(raw, "lon", 180)
        if (raw["lat"] == "") != (raw["lon"] == ""):
            self.refuse("lat" if raw["lat"] == "" else "lon", _("give both coordinates or none."))
            lat = lon = None
        population = None
        if raw["population"]:
            if raw["population"].isdigit():
                population = int(raw["population"])
            else:
                self.refuse("population", _("a whole number is expected."))
        return CommuneRow(
            code=raw["code"],
            name=raw["nom"],
            department=raw["departement"],
            epci=siren,
            parent=raw.get("commune_parente", ""),
            postcodes=raw["codes_postaux"],
            population=population,
            lat=lat,
            lon=lon,
            is_approximate=raw.get("coord_source", "") in APPROXIMATIONS,
        )

    def _number(self, raw: Row, column: str, limit: float) -> float | None:
        if not raw[column]:
            return None
        try:
            value = float(raw[column])
        except ValueError:
            value = float("nan")
        if not -limit <= value <= limit:
            self.refuse(
                column,
                _("decimal degrees from -%(limit)d to %(limit)d are expected, as 48.8566.")
                % {"limit": limit},
            )
            return None
        return value
