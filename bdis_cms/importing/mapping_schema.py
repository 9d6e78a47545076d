"""Rules of the mapping format; each fault comes with its key and a remedy."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

from .errors import MappingProblem

TEXT_FIELDS = {
    "title", "acronym", "summary", "description", "address", "opening_hours", "siret", "rna",
    "postcode", "commune_code", "commune_name", "country", "latitude", "longitude",
    "point_precision", "founded_year", "workforce", "served_radius_km", "confirmed_on",
    "website", "facebook", "instagram", "mastodon", "linkedin", "peertube", "youtube", "other_link",
    "contact_name", "contact_role", "contact_email", "contact_phone", "contact_visibility",
    "agreement_kind", "agreement_label", "agreement_authority", "agreement_starts_on",
    "agreement_ends_on",
}  # fmt: skip
#: Fields that hold one code of a nomenclature.
CODE_FIELDS = {"legal_family", "legal_status", "main_activity"}
#: Fields that hold several values.
MANY_FIELDS = {
    "families", "activities", "tags",
    "served_regions", "served_departments", "served_epcis", "served_communes",
}  # fmt: skip
FIELDS = TEXT_FIELDS | CODE_FIELDS | MANY_FIELDS
TOP_KEYS = {
    "key", "label", "source", "licence", "attribution", "homepage", "read", "id", "fields",
    "defaults", "tables",
}  # fmt: skip
READ_KEYS = {"encoding", "separator", "sheet", "records", "empty"}
SPEC_KEYS = {
    "from", "join", "with", "value", "template", "split", "table", "table_by", "match", "transform",
    "unknown",
}  # fmt: skip
UNKNOWN_CHOICES = {"report", "ignore", "keep", "reject"}
TABLE_BY_CHOICES = {"value", "prefix"}
_KEY = re.compile(r"^[a-z][a-z0-9_-]{1,49}$")


def check_mapping(data: Any, transforms: set[str]) -> list[MappingProblem]:
    """Return every fault of a mapping as read from YAML; [] when it can be used."""
    if not isinstance(data, dict):
        return [
            MappingProblem("(file)", "it is not a table of keys.", "Begin with key: and fields:.")
        ]
    problems = list(_unknown_keys("", data, TOP_KEYS))
    problems += [
        MappingProblem(
            key,
            f"“{data.get(key, '')}” is not a key.",
            "Write 2 to 50 lower-case letters, digits, hyphens, beginning with a letter.",
        )
        for key in ("key", "source")
        if (key == "key" or key in data) and not _KEY.match(str(data.get(key, "")))
    ]
    if not data.get("id"):
        problems.append(
            MappingProblem(
                "id",
                "it is missing.",
                "Name the column, or the list of columns, that recognises a listing next time.",
            )
        )
    problems += _unknown_keys("read.", data.get("read") or {}, READ_KEYS)
    tables = data.get("tables") or {}
    problems += _check_tables(tables)
    problems += _unknown_keys("defaults.", data.get("defaults") or {}, FIELDS)
    fields = data.get("fields")
    if not isinstance(fields, dict) or "title" not in fields:
        problems.append(
            MappingProblem("fields.title", "it is missing.", "Name the column of the name.")
        )
    if isinstance(fields, dict):
        problems += _check_place(fields)
        for name, raw in fields.items():
            problems += _check_field(str(name), raw, set(tables), transforms)
    return problems


def _check_place(fields: dict[str, Any]) -> Iterable[MappingProblem]:
    if not set(fields) & {"commune_code", "postcode", "commune_name", "latitude"}:
        yield MappingProblem(
            "fields",
            "no column says where listings are.",
            "Map commune_code, or postcode and commune_name, or latitude and longitude.",
        )
    if ("latitude" in fields) != ("longitude" in fields):
        yield MappingProblem("fields", "one coordinate is missing.", "Map latitude and longitude.")


def _check_tables(tables: Any) -> Iterable[MappingProblem]:
    if not isinstance(tables, dict):
        yield MappingProblem("tables", "it is not a table of tables.", "Write name: {value: code}.")
        return
    for name, table in tables.items():
        if not isinstance(table, dict) or not table:
            yield MappingProblem(f"tables.{name}", "it is not a table.", "Write value: code lines.")


def _unknown_keys(prefix: str, given: dict[str, Any], known: set[str]) -> Iterable[MappingProblem]:
    for key in given:
        if key not in known:
            close = difflib.get_close_matches(str(key), known, 1)
            remedy = (
                f"Did you mean “{close[0]}”?" if close else f"Known: {', '.join(sorted(known))}."
            )
            yield MappingProblem(f"{prefix}{key}", "this key is not known.", remedy)


def _check_field(
    name: str, raw: Any, tables: set[str], transforms: set[str]
) -> Iterable[MappingProblem]:
    where = f"fields.{name}"
    if name not in FIELDS:
        yield from _unknown_keys("fields.", {name: raw}, FIELDS)
        return
    for index, item in enumerate(raw if isinstance(raw, list) else [raw]):
        at = f"{where}[{index}]" if isinstance(raw, list) else where
        if isinstance(item, str):
            continue
        if not isinstance(item, dict):
            yield MappingProblem(at, "it is neither a column nor a rule.", "Write {from: column}.")
            continue
        yield from _unknown_keys(f"{at}.", item, SPEC_KEYS)
        yield from _check_spec(at, item, tables, transforms)


def _check_spec(
    at: str, item: dict[str, Any], tables: set[str], transforms: set[str]
) -> Iterable[MappingProblem]:
    origins = [key for key in ("from", "join", "value", "template") if key in item]
    if len(origins) != 1:
        yield MappingProblem(
            at,
            f"it has {' and '.join(origins) or 'no origin'}.",
            "Write exactly one of from, join, value, template.",
        )
    table = item.get("table")
    if isinstance(table, str) and table not in tables:
        close = difflib.get_close_matches(table, tables, 1)
        remedy = f"Did you mean “{close[0]}”?" if close else "Write it under tables."
        yield MappingProblem(f"{at}.table", f"there is no table “{table}”.", remedy)
    used = item.get("transform", [])
    names = [used] if isinstance(used, str) else list(used)
    for part in str(item.get("template", "")).split("{")[1:]:
        if "}" not in part:
            yield MappingProblem(f"{at}.template", "a brace is not closed.", "Write {column}.")
        names += [n for n in part.split("}", 1)[0].split("|")[1:] if n not in tables]
    for name in names:
        if name not in transforms:
            close = difflib.get_close_matches(str(name), transforms, 1)
            remedy = (
                f"Did you mean “{close[0]}”?"
                if close
                else f"Known: {', '.join(sorted(transforms))}."
            )
            yield MappingProblem(f"{at}.transform", f"there is no transform “{name}”.", remedy)
    for key, choices in (("unknown", UNKNOWN_CHOICES), ("table_by", TABLE_BY_CHOICES)):
        if key in item and item[key] not in choices:
            yield MappingProblem(
                f"{at}.{key}",
                f"“{item[key]}” is not a choice.",
                f"Write {', '.join(sorted(choices))}.",
            )
    for number, rule in enumerate(item.get("match", [])):
        if not isinstance(rule, dict) or set(rule) != {"words", "give"}:
            yield MappingProblem(
                f"{at}.match[{number}]",
                "it needs words and give.",
                "Write {words: [...], give: code}.",
            )
