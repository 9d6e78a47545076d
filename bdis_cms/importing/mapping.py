"""Mappings: how the columns of a source become the facts of a listing.

The format is documented in ``docs/how-to/import-listings.md``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml
from wagtail import hooks

from .errors import InvalidMapping, MappingProblem, UnknownSource
from .mapping_schema import check_mapping
from .readers import ReadOptions

SHIPPED = Path(__file__).parent / "mappings"
HOOK = "register_bdis_importer"

Transform = Callable[[str], str]
#: Receives the columns of a row, returns them as the mapping expects, or ``None`` to leave it out.
Prepare = Callable[[dict[str, Any]], dict[str, Any] | None]


@dataclass(frozen=True)
class Spec:
    """How one value is found: columns, then splitting, transforms, tables, rules."""

    columns: tuple[str, ...] = ()
    joined_by: str | None = None
    value: Any = None
    template: str = ""
    split: str = ""
    table: Mapping[str, Any] | None = None
    table_by: str = "value"
    match: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    transforms: tuple[str, ...] = ()
    unknown: str = "report"


@dataclass(frozen=True)
class ListingMapping:
    """A mapping read and checked, ready to be applied to rows."""

    key: str
    label: str
    path: str
    source: str
    id_columns: tuple[str, ...]
    fields: Mapping[str, tuple[Spec, ...]]
    #: What a field is worth when the row says nothing of it.
    defaults: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Mapping[str, Any]]
    read: ReadOptions
    fingerprint: str
    licence: str = ""
    attribution: str = ""
    transforms: Mapping[str, Transform] = field(default_factory=dict)
    prepare: Prepare | None = None

    @cached_property
    def columns(self) -> list[str]:
        """Every column that the mapping reads, in its order."""
        found = list(self.id_columns)
        for specs in self.fields.values():
            for spec in specs:
                found.extend(spec.columns)
                found.extend(placeholder.split("|")[0] for placeholder in placeholders(spec))
        return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Importer:
    """What a third party gives to the hook ``register_bdis_importer``.

    ``mapping`` is a YAML file; ``transforms`` are named text functions that it may use; ``prepare``
    sees each row first.
    """

    mapping: Path
    transforms: Mapping[str, Transform] = field(default_factory=dict)
    prepare: Prepare | None = None


def placeholders(spec: Spec) -> list[str]:
    """Return the « column|table|transform » inside the braces of a template."""
    return [part.split("}", 1)[0] for part in spec.template.split("{")[1:]]


@lru_cache(maxsize=32)
def _read_yaml(path: Path, _modified: float) -> tuple[Any, str]:
    text = path.read_text("utf-8")
    try:
        return yaml.safe_load(text), hashlib.sha256(text.encode()).hexdigest()[:16]
    except yaml.YAMLError as error:
        fault = MappingProblem("(file)", f"not YAML: {error}.", "Check its indentation and quotes.")
        raise InvalidMapping(path.name, [fault]) from error


def load_mapping(path: Path, importer: Importer | None = None) -> ListingMapping:
    """Return the mapping of a YAML file; raises ``InvalidMapping`` with every fault it has."""
    from .transforms import TRANSFORMS

    try:
        data, fingerprint = _read_yaml(path, path.stat().st_mtime)
    except OSError as error:
        fault = MappingProblem("(file)", f"{error.strerror}.", "Check its name and its rights.")
        raise InvalidMapping(path.name, [fault]) from error
    own = dict(importer.transforms) if importer else {}
    problems = check_mapping(data, {*TRANSFORMS, *own})
    if problems:
        raise InvalidMapping(path.name, problems)
    tables = {name: _as_table(table) for name, table in (data.get("tables") or {}).items()}
    read = data.get("read") or {}
    return ListingMapping(
        key=data["key"],
        label=data.get("label", data["key"]),
        path=path.name,
        source=data.get("source", data["key"]),
        id_columns=_as_tuple(data["id"]),
        fields={
            name: tuple(_spec(item, tables) for item in _as_list(raw))
            for name, raw in data["fields"].items()
        },
        defaults={k: _as_tuple(v) for k, v in (data.get("defaults") or {}).items()},
        tables=tables,
        read=ReadOptions(
            encoding=read.get("encoding", ""),
            separator=read.get("separator", ""),
            sheet=read.get("sheet", ""),
            records=read.get("records", ""),
            empty=_as_tuple(read.get("empty", ())),
        ),
        fingerprint=fingerprint,
        licence=data.get("licence", ""),
        attribution=data.get("attribution", ""),
        transforms={**TRANSFORMS, **own},
        prepare=importer.prepare if importer else None,
    )


def registered_importers() -> list[Importer]:
    """Return the importers that installed apps offer through the hook."""
    found: list[Importer] = []
    for register in hooks.get_hooks(HOOK):
        offered = register()
        found.extend([offered] if isinstance(offered, Importer) else offered)
    return found


def available_mappings() -> dict[str, ListingMapping]:
    """Return every mapping by its key: those shipped, then those of the hook, which may replace."""
    found = {m.key: m for m in (load_mapping(path) for path in sorted(SHIPPED.glob("*.yaml")))}
    for importer in registered_importers():
        mapping = load_mapping(importer.mapping, importer)
        found[mapping.key] = mapping
    return dict(sorted(found.items()))


def find_mapping(key: str, path: Path | None = None) -> ListingMapping:
    """Return the mapping of a source, or of ``path`` under that key; raises ``UnknownSource``."""
    if path is not None:
        own = next((i for i in registered_importers() if i.mapping == path), None)
        mapping = load_mapping(path, own)
        if mapping.key != key:
            fault = MappingProblem(
                "key", f"it is “{mapping.key}”, and the source asked is “{key}”.",
                f"Write key: {key} in the file, or ask --source {mapping.key}.",
            )  # fmt: skip
            raise InvalidMapping(path.name, [fault])
        return mapping
    known = available_mappings()
    if key not in known:
        raise UnknownSource(key, tuple(known))
    return known[key]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _as_tuple(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in (value if isinstance(value, list | tuple) else [value]))


def _as_table(table: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a table whose keys are compared folded: case, accents, spaces do not count."""
    from bdis_cms.text import fold

    return {fold(str(key)): value for key, value in table.items()}


def _spec(raw: Any, tables: Mapping[str, Mapping[str, Any]]) -> Spec:
    if isinstance(raw, str):
        return Spec(columns=(raw,))
    table = raw.get("table")
    return Spec(
        columns=_as_tuple(raw.get("from", raw.get("join", ()))),
        joined_by=str(raw.get("with", " ")) if "join" in raw else None,
        value=raw.get("value"),
        template=raw.get("template", ""),
        split=raw.get("split", ""),
        table=tables[table] if isinstance(table, str) else _as_table(table) if table else None,
        table_by=raw.get("table_by", "value"),
        match=tuple(
            (_as_tuple(rule["words"]), _as_tuple(rule["give"])) for rule in raw.get("match", ())
        ),
        transforms=_as_tuple(raw.get("transform", ())),
        unknown=raw.get("unknown", "report"),
    )
