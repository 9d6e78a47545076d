"""What the gazetteer answers with: places, commune matches, and the errors of a match."""

from dataclasses import dataclass, field
from typing import Any, Literal

PlaceType = Literal[
    "commune", "postcode", "department", "region", "former_region", "epci", "country"
]

#: Rules by which ``match_commune`` recognises a commune, surest first.
MatchRule = Literal[
    "code",  # official code of a current commune
    "former_code",  # code of a former, delegated or associated commune
    "postcode_name",  # name among the communes of the postcode
    "postcode_former_name",  # name of a former commune among those of the postcode
    "department_name",  # name alone in the département of the postcode
    "postcode_close_name",  # misspelt name among the communes of the postcode
    "department_close_name",  # misspelt name, alone in the département of the postcode
    "name",  # name borne by one commune of the country
    "postcode",  # postcode of one commune only
    "point",  # commune whose centre is nearest to the point
    "postcode_point",  # nearest to the point among the communes of the postcode
    "name_point",  # nearest to the point among the communes of that name
]


@dataclass(frozen=True, slots=True)
class Place:
    """A place somebody may have meant; ``code`` is official, the point WGS 84 degrees.

    ``code`` is the INSEE code of a commune, département or region, the SIREN number of an EPCI,
    or the postcode itself. ``department`` and ``region`` are names, and codes in the fields of
    that name. ``communes`` lists the INSEE codes behind a postcode or an EPCI. ``matched`` is the
    name that was recognised when it is not ``name``: a former commune, a nickname.
    """

    type: PlaceType
    code: str
    name: str
    department: str | None = None
    region: str | None = None
    lat: float | None = None
    lon: float | None = None
    population: int | None = None
    department_code: str | None = None
    region_code: str | None = None
    postcodes: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    matched: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the public shape of ``GET /api/v1/places``."""
        return {
            "type": self.type,
            "code": self.code,
            "name": self.name,
            "department": self.department,
            "department_code": self.department_code,
            "region": self.region,
            "region_code": self.region_code,
            "lat": self.lat,
            "lon": self.lon,
            "population": self.population,
        }


@dataclass(frozen=True, slots=True)
class CommuneMatch:
    """The commune recognised, by which rule, and what had to be repaired to get there.

    ``repairs`` holds short stable keys for reports: ``lost_zero``, ``cedex``, ``former_commune``,
    ``misspelt``, ``code_disagrees`` (the name contradicts the code, which won),
    ``postcode_disagrees`` (the name won over a postcode of elsewhere), ``name_unknown`` (the
    postcode or the point won over a name that nobody there bears). ``distance_km`` is measured
    from the point given to the centre of the commune.
    """

    code: str
    name: str
    department_code: str
    region_code: str
    lat: float | None
    lon: float | None
    rule: MatchRule
    repairs: tuple[str, ...] = ()
    distance_km: float | None = None


@dataclass
class CommuneNotFound(LookupError):
    """No commune answers to what was given."""

    code: str | None = None
    postcode: str | None = None
    name: str | None = None
    lat: float | None = None
    lon: float | None = None

    def __str__(self) -> str:
        given = ", ".join(
            f"{key} {value!r}"
            for key in ("code", "postcode", "name", "lat", "lon")
            if (value := getattr(self, key)) not in (None, "")
        )
        return f"No commune for {given}." if given else "No commune: nothing was given."


@dataclass
class AmbiguousCommune(CommuneNotFound):
    """Several communes answer to what was given: ``candidates`` holds their codes."""

    candidates: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return f"{CommuneNotFound.__str__(self)} Several fit: {', '.join(self.candidates[:8])}."
