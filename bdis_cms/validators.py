"""Validation of French registration numbers."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siret

_RNA = re.compile(r"^W[0-9A-Z]\d{8}$")


def validate_siret(value: str) -> None:
    """Raise unless ``value`` is a SIRET: 14 digits with a right check digit (INSEE)."""
    try:
        siret.validate(value)
    except NumberError as error:
        raise ValidationError(
            _("“%(value)s” is not a SIRET: 14 digits, of which the last checks the others."),
            code="siret",
            params={"value": value},
        ) from error


def validate_rna(value: str) -> None:
    """Raise unless ``value`` is a number of the national register of associations."""
    if not _RNA.match(value):
        raise ValidationError(
            _("“%(value)s” is not an RNA number: the letter W and nine characters."),
            code="rna",
            params={"value": value},
        )
