"""Read a file of rows: CSV, Excel, JSON, JSON Lines or GeoJSON; encoding and separator found."""

from __future__ import annotations

import csv
import datetime
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import charset_normalizer
import openpyxl
from django.utils.translation import gettext as _

from .errors import UnreadableFile

SEPARATORS = (",", ";", "\t", "|")
# What French spreadsheets have written in; others are mistaken for these on short texts.
ENCODINGS = ["utf_8", "utf_16", "cp1252", "iso8859_15", "mac_roman", "cp850"]
# One cell of a description may be long; the default limit of 128 kB refuses honest files.
csv.field_size_limit(4 * 1024 * 1024)
MAX_UNPACKED_MB = 200
MAX_COLUMNS = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number as a spreadsheet shows it (1 is the header), its values by column."""

    number: int
    values: dict[str, Any]
    #: Why the row cannot be trusted, "" when it is whole.
    fault: str = ""


@dataclass
class Table:
    """The rows of a file, and how they were read."""

    rows: list[Row]
    columns: list[str]
    format: str
    encoding: str = ""
    separator: str = ""


@dataclass(frozen=True)
class ReadOptions:
    """What a mapping may say of its file; empty means: find out."""

    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    records: str = ""
    #: Texts that mean « no value ».
    empty: tuple[str, ...] = field(default=())


def read_table(path: Path, options: ReadOptions | None = None) -> Table:
    """Return every row of the file at ``path``; raises ``UnreadableFile`` and reads nothing."""
    options = options or ReadOptions()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            path, _("%(error)s. Check its name and its rights.") % {"error": error.strerror}
        ) from error
    if not content.strip():
        raise UnreadableFile(path, _("it is empty."))
    if content[:4] == b"PK\x03\x04":
        table = _read_workbook(path, content, options)
    else:
        text, encoding = _decode(path, content, options.encoding)
        if text.lstrip()[:1] in "{[":
            table = _read_json(path, text, options)
        else:
            table = _read_csv(path, text, options)
        table.encoding = encoding
    if not table.rows:
        raise UnreadableFile(path, _("it has a header but no row."))
    if options.empty:
        void = set(options.empty)
        for row in table.rows:
            for column, value in row.values.items():
                if isinstance(value, str) and value.strip() in void:
                    row.values[column] = ""
    return table


def _decode(path: Path, content: bytes, encoding: str) -> tuple[str, str]:
    if encoding:
        try:
            return content.decode(encoding), encoding
        except (LookupError, UnicodeDecodeError) as error:
            raise UnreadableFile(
                path,
                _("it is not written in %(encoding)s (%(error)s).")
                % {"encoding": encoding, "error": error},
            ) from error
    for known, marks in (
        ("utf-8-sig", b"\xef\xbb\xbf"),
        ("utf-16", b"\xff\xfe"),
        ("utf-16", b"\xfe\xff"),
    ):
        if content.startswith(marks):
            try:
                return content.decode(known), known
            except UnicodeDecodeError as error:
                raise UnreadableFile(
                    path, _("it is cut or damaged (%(error)s).") % {"error": error}
                ) from error
    try:
        text, encoding = content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        # Bytes over a sample decide; the file itself is then decoded whole.
        best = charset_normalizer.from_bytes(content[:400_000], cp_isolation=ENCODINGS).best()
        encoding = best.encoding if best else "cp1252"
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            try:
                text, encoding = content.decode("cp1252"), "cp1252"
            except UnicodeDecodeError as error:
                raise UnreadableFile(
                    path, _("its encoding is not recognised; save it in UTF-8.")
                ) from error
    if "\0" in text:
        raise UnreadableFile(
            path, _("it holds null bytes: it is not a text file, or it is damaged.")
        )
    return text, encoding


def _header(path: Path, names: list[str]) -> list[str]:
    columns = [name.strip() for name in names]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise UnreadableFile(
            path, _("two columns bear the name %(name)s: rename one.") % {"name": ", ".join(twice)}
        )
    return columns


def _find_separator(text: str) -> str:
    """Return the separator that parts the header best; a quoted name may hold the others."""
    start = text.lstrip("\r\n")[:20_000]

    def width(separator: str) -> int:
        return len(next(csv.reader(io.StringIO(start, newline=""), delimiter=separator), []))

    return max(SEPARATORS, key=width)


def _read_csv(path: Path, text: str, options: ReadOptions) -> Table:
    separator = options.separator or _find_separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[Row] = []
    columns: list[str] = []
    try:
        for number, cells in enumerate(reader, start=1):
            if not columns:
                columns = _header(path, cells) if any(cells) else []
            elif any(cell.strip() for cell in cells):
                rows.append(_csv_row(number, columns, cells))
    except csv.Error as error:
        raise UnreadableFile(
            path,
            _("line %(line)d: %(error)s. A quotation mark is open, or the file is cut.")
            % {"line": reader.line_num, "error": error},
        ) from error
    return Table(rows, columns, "csv", separator=separator)


def _csv_row(number: int, columns: list[str], cells: list[str]) -> Row:
    fault = ""
    if len(cells) < len(columns) or any(cell.strip() for cell in cells[len(columns) :]):
        fault = f"{len(cells)} values for {len(columns)} columns"
    padded = cells + [""] * (len(columns) - len(cells))
    values = {c: v for c, v in zip(columns, padded, strict=False) if c}
    return Row(number, values, fault)


def _read_workbook(path: Path, content: bytes, options: ReadOptions) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # No more than these sizes is ever unpacked: a small file may claim gigabytes.
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED_MB * 1024 * 1024:
            raise UnreadableFile(
                path,
                _("it unpacks to more than %(max)d MB: save it as CSV.") % {"max": MAX_UNPACKED_MB},
            )
        return _read_sheet(path, content, options)
    except UnreadableFile:
        raise
    except Exception as error:
        # A damaged workbook makes its reader raise almost anything, here or in the last row.
        raise UnreadableFile(
            path,
            _("it is not an Excel workbook (.xlsx), or it is damaged (%(error)s).")
            % {"error": error},
        ) from error


def _read_sheet(path: Path, content: bytes, options: ReadOptions) -> Table:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        if options.sheet and options.sheet not in book.sheetnames:
            raise UnreadableFile(
                path,
                _("it has no sheet “%(sheet)s”; it has %(names)s.")
                % {"sheet": options.sheet, "names": ", ".join(book.sheetnames)},
            )
        sheet = book[options.sheet] if options.sheet else book.worksheets[0]
        # The size a sheet declares for itself may be a million empty rows of 16,384 columns.
        sheet.reset_dimensions()
        rows: list[Row] = []
        columns: list[str] = []
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            if len(cells) > MAX_COLUMNS:
                raise UnreadableFile(
                    path, _("it has more than %(max)d columns.") % {"max": MAX_COLUMNS}
                )
            values = [_cell_text(cell) for cell in cells]
            if not any(values):
                continue
            if not columns:
                columns = _header(path, values)
            else:
                padded = values + [""] * (len(columns) - len(values))
                named = {c: v for c, v in zip(columns, padded, strict=False) if c}
                rows.append(Row(number, named))
    finally:
        book.close()
    return Table(rows, columns, "xlsx")


def _cell_text(value: Any) -> str:
    """Return a cell as a person sees it: 75011.0 is "75011", a date is 2026-03-03."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value).strip()


def _read_json(path: Path, text: str, options: ReadOptions) -> Table:
    try:
        return _read_json_records(path, text, options)
    except RecursionError as error:
        raise UnreadableFile(path, _("its objects are nested too deeply.")) from error


def _read_json_records(path: Path, text: str, options: ReadOptions) -> Table:
    try:
        data = json.loads(text)
        shape = "json"
    except ValueError as error:  # a number of thousands of digits is no JSONDecodeError
        data, shape = _read_json_lines(path, text, error), "jsonl"
    if isinstance(data, dict) and data.get("type") == "FeatureCollection":
        shape = "geojson"
        features = _records(path, data, "features")
        records = [_feature_record(item) for item in features if isinstance(item, dict)]
    else:
        records = _records(path, data, options.records)
    rows = [
        Row(number, dict(_flatten(record)))
        for number, record in enumerate(records, start=1)
        if isinstance(record, dict)
    ]
    columns = list(dict.fromkeys(column for row in rows for column in row.values))
    return Table(rows, columns, shape)


def _read_json_lines(path: Path, text: str, error: ValueError) -> list[Any]:
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        if len(lines) < 2:
            raise error
        return [json.loads(line) for line in lines]
    except ValueError as fault:
        raise UnreadableFile(path, _("it is not JSON: %(error)s.") % {"error": fault}) from fault


def _records(path: Path, data: Any, where: str) -> list[Any]:
    """Return the list of records: at the dotted path ``where``, else the first list of objects."""
    for key in filter(None, where.split(".")):
        data = data.get(key) if isinstance(data, dict) else None
    if isinstance(data, dict):
        lists = (v for v in data.values() if isinstance(v, list) and v and isinstance(v[0], dict))
        data = next(lists, None)
    if not isinstance(data, list):
        raise UnreadableFile(
            path, _("no list of objects was found in it; say where it is with read.records.")
        )
    return data


def _feature_record(feature: dict[str, Any]) -> dict[str, Any]:
    """Return the properties of a feature, with its id and ``geometry.lat``, ``geometry.lon``."""
    properties, geometry = feature.get("properties"), feature.get("geometry")
    record = dict(properties) if isinstance(properties, dict) else {}
    if "id" in feature:
        record.setdefault("id", feature["id"])
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    points = list(_positions(coordinates if isinstance(coordinates, list) else []))
    if points:
        # The middle of the box: a shape is a place to find, not an area to measure.
        for axis, name in ((0, "geometry.lon"), (1, "geometry.lat")):
            values = [point[axis] for point in points]
            record[name] = (min(values) + max(values)) / 2
    return record


def _positions(coordinates: list[Any]) -> Iterator[list[float]]:
    if len(coordinates) >= 2 and all(
        isinstance(c, int | float) and abs(c) <= 360 for c in coordinates[:2]
    ):
        yield coordinates
        return
    for part in coordinates:
        if isinstance(part, list):
            yield from _positions(part)


def _flatten(record: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield columns named by their dotted path; lists of plain values stay lists of text."""
    for key, value in record.items():
        name = _storable(f"{prefix}{key}")
        if isinstance(value, dict):
            yield from _flatten(value, f"{name}.")
        elif isinstance(value, list):
            yield name, [_storable(item) for item in value if not isinstance(item, dict | list)]
        elif value is None:
            yield name, ""
        elif isinstance(value, bool):
            yield name, "true" if value else "false"
        else:
            yield name, _storable(value)


def _storable(value: Any) -> str:
    """Return text that a database takes: JSON may escape null bytes and halves of characters."""
    return str(value).replace("\0", "").encode("utf-8", "replace").decode()
