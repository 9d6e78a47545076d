"""A small source written for the tests: its mapping, its rows, and how to import them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from bdis_cms.importing.mapping import load_mapping
from bdis_cms.importing.report import Report
from bdis_cms.importing.runner import ImportOptions, run_import
from bdis_cms.models import InitiativePage

MAPPING = """
key: essai
label: Source d’essai
id: ref
fields:
  title: nom
  acronym: sigle
  description: texte
  families: {from: genre, table: {amap: amap, "repair café": repair-cafe}}
  activities: {from: domaine, split: "|"}
  legal_family: {value: association}
  tags: {from: mots, split: ","}
  siret: siret
  address: adresse
  postcode: cp
  commune_name: ville
  latitude: lat
  longitude: lon
  website: site
  contact_email: courriel
  workforce: salaries
  confirmed_on: maj
  agreement_kind: {from: agrement, table: {esus: esus}}
"""
COLUMNS = [
    *(
        "ref",
        "nom",
        "sigle",
        "texte",
        "genre",
        "domaine",
        "mots",
        "siret",
        "adresse",
        "cp",
        "ville",
    ),
    *("lat", "lon", "site", "courriel", "salaries", "maj", "agrement"),
]


def row(ref: str, **values: str) -> dict[str, str]:
    """Return a whole row, in Die unless told otherwise."""
    filled = dict.fromkeys(COLUMNS, "")
    filled |= {
        "ref": ref,
        "nom": f"Initiative {ref}",
        "texte": "On y répare des vélos ensemble, chaque samedi. Entrée libre.",
        "genre": "repair café",
        "domaine": "reparation|velos",
        "mots": "vélo, Entraide",
        "cp": "26150",
        "ville": "Die",
        "lat": "44.7540",
        "lon": "5.3710",
        "site": "https://exemple.fr",
    }
    return filled | values


def write_rows(folder: Path, rows: list[dict[str, str]], name: str = "essai.csv") -> Path:
    """Write rows as CSV and return the file."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


class Source:
    """Imports rows of the sample source into the test database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mapping_file = folder / "essai.yaml"
        self.mapping_file.write_text(MAPPING, "utf-8")

    def file(self, *rows: dict[str, str]) -> Path:
        return write_rows(self.folder, list(rows))

    def run(self, *rows: dict[str, str], **options: Any) -> Report:
        """Import the rows; options are those of ``ImportOptions``."""
        options.setdefault("publish", True)
        return run_import(
            self.file(*rows), load_mapping(self.mapping_file), ImportOptions(**options)
        )

    @staticmethod
    def page(ref: str) -> InitiativePage:
        return InitiativePage.objects.get(source="essai", external_id=ref)
