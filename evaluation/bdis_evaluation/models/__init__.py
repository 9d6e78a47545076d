"""The charter ledger, progress grids and evaluations."""

from bdis_evaluation.models.adhesions import (
    AdhesionKind,
    CharterAdhesion,
    Signatory,
    SigningWay,
)
from bdis_evaluation.models.charter import CharterStatus, CharterText, CharterVersion

__all__ = [
    "AdhesionKind",
    "CharterAdhesion",
    "CharterStatus",
    "CharterText",
    "CharterVersion",
    "Signatory",
    "SigningWay",
]
