"""Recognise the commune of a record from its code, postcode, name or point."""

from .places import CommuneMatch


def match_commune(
    code: str | None = None,
    postcode: str | None = None,
    name: str | None = None,
    lat: float | None = None,
    lon: float | None = None,
) -> CommuneMatch:
    """Return the commune meant by what is known of it, and the rule that found it.

    Tried in order: INSEE code (former codes lead to the commune of today, a lost leading zero is
    restored); postcode + name (upper case, ST/STE, CEDEX, former communes, one-letter typos);
    name alone if a single commune bears it; postcode alone if it has a single commune; point
    (WGS 84 degrees). A point also settles a postcode or name shared by several communes.

    Raises ``AmbiguousCommune`` when several fit equally, ``CommuneNotFound`` when none does.
    """
    raise NotImplementedError
