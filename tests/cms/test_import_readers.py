"""Files of rows are read whatever their format, encoding and separator."""

import json
import zipfile

import openpyxl
import pytest
from django.utils import translation

from bdis_cms.importing.errors import UnreadableFile
from bdis_cms.importing.readers import ReadOptions, read_table

LINES = [
    ["id", "nom", "commune", "latitude"],
    ["1", "Café « L’Été à Die »", "Die", "44,7536"],
    ["2", "Ressourcerie du Diois ; atelier, vélo", "Châtillon-en-Diois", "44,6946"],
]


@pytest.fixture(autouse=True)
def in_english():
    """Sentences are checked as they are written in the code."""
    with translation.override("en"):
        yield


def written(folder, separator=",", encoding="utf-8", newline="\n"):
    quoted = [separator.join(f'"{cell}"' for cell in line) for line in LINES]
    path = folder / "fiches.csv"
    path.write_bytes((newline.join(quoted) + newline).encode(encoding))
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separator_and_encoding_are_found(tmp_path, separator, encoding):
    table = read_table(written(tmp_path, separator, encoding))
    assert table.columns == LINES[0]
    assert [list(row.values.values()) for row in table.rows] == LINES[1:]
    assert table.separator == separator


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path):
    table = read_table(written(tmp_path, newline="\r\n"))
    assert [row.number for row in table.rows] == [2, 3]


def test_a_workbook_gives_what_a_person_sees_in_its_cells(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["id", "code postal", "jour"])
    book.active.append([1, 26150.0, None])
    book.active.append([])
    book.active.append([2, "01000", None])
    book.save(tmp_path / "fiches.xlsx")
    table = read_table(tmp_path / "fiches.xlsx")
    assert [row.values for row in table.rows] == [
        {"id": "1", "code postal": "26150", "jour": ""},
        {"id": "2", "code postal": "01000", "jour": ""},
    ]
    assert [row.number for row in table.rows] == [2, 4]


def test_geojson_gives_properties_and_the_point(tmp_path):
    path = tmp_path / "fiches.geojson"
    feature = {
        "type": "Feature",
        "id": "a1",
        "properties": {"nom": "Café", "tags": ["bar", "bal"], "adresse": {"ville": "Die"}},
        "geometry": {"type": "Point", "coordinates": [5.3703, 44.7536]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    table = read_table(path)
    assert table.format == "geojson"
    assert table.rows[0].values == {
        "nom": "Café",
        "tags": ["bar", "bal"],
        "adresse.ville": "Die",
        "id": "a1",
        "geometry.lon": "5.3703",
        "geometry.lat": "44.7536",
    }


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ('[{"id": 1}, {"id": 2}]', ""),
        ('{"count": 2, "results": [{"id": 1}, {"id": 2}]}', ""),
        ('{"data": {"items": [{"id": 1}, {"id": 2}]}}', "data.items"),
        ('{"id": 1}\n{"id": 2}\n', ""),
    ],
)
def test_json_records_are_found_where_they_are(tmp_path, text, records):
    path = tmp_path / "fiches.json"
    path.write_text(text, "utf-8")
    table = read_table(path, ReadOptions(records=records))
    assert [row.values["id"] for row in table.rows] == ["1", "2"]


def test_a_row_with_too_few_values_is_marked_as_cut(tmp_path):
    path = tmp_path / "fiches.csv"
    path.write_text("id,nom,commune\n1,Café,Die\n2,Resso\n", "utf-8")
    assert [bool(row.fault) for row in read_table(path).rows] == [False, True]


def test_texts_that_mean_nothing_are_emptied(tmp_path):
    path = tmp_path / "fiches.csv"
    path.write_text("id,nom\n1,NC\n", "utf-8")
    assert read_table(path, ReadOptions(empty=("NC",))).rows[0].values == {"id": "1", "nom": ""}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"id,nom\n", "no row"),
        (b'id,nom\n1,"caf\n2,bar\n', "open"),
        (b"id,nom,nom\n1,a,b\n", "two columns"),
        (b"PK\x03\x04 not a workbook", "Excel"),
        (b"id,nom\n1,\x00\n", "null bytes"),
        (b'[{"id": 1}, {"id', "not JSON"),
        (b'{"a": 1}', "no list of objects"),
    ],
)
def test_an_unreadable_file_says_why(tmp_path, content, told):
    path = tmp_path / "fiches"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=told):
        read_table(path)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 5_000 + "1" + "}" * 5_000,
        '[{"id": ' + "9" * 5_000 + "}]",
        '{"type": "FeatureCollection", "features": [3, "x", null]}',
        '{"type": "FeatureCollection", "features": 3}',
    ],
)
def test_hostile_json_is_refused_in_words(tmp_path, text):
    path = tmp_path / "fiches.json"
    path.write_text(text)

    with pytest.raises(UnreadableFile):
        read_table(path)


def test_json_gives_text_that_a_database_takes(tmp_path):
    path = tmp_path / "fiches.json"
    path.write_text('[{"id": 1, "nom": "a\\u0000b\\ud800c", "tags": ["\\ud800"]}]')

    (row,) = read_table(path).rows

    assert row.values == {"id": "1", "nom": "ab?c", "tags": ["?"]}


def test_strange_shapes_have_no_point(tmp_path):
    path = tmp_path / "fiches.json"
    feature = {"properties": "x", "geometry": {"coordinates": [10**400, 2]}, "id": 1}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))

    (row,) = read_table(path).rows

    assert row.values == {"id": "1"}


def test_a_workbook_that_unpacks_to_gigabytes_is_refused(tmp_path):
    path = tmp_path / "bombe.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as sheet,
    ):
        for _ in range(201):
            sheet.write(bytes(1024 * 1024))

    with pytest.raises(UnreadableFile, match="unpacks"):
        read_table(path)


def test_the_size_a_sheet_declares_is_not_believed(tmp_path):
    plain, path = tmp_path / "plain.xlsx", tmp_path / "large.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["id", "nom"])
    book.active.append(["1", "Die"])
    book.active.cell(200_000, 1, "2")
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b"A1:B200000", b"A1:XFD1048576")
            new.writestr(name, content)

    table = read_table(path)

    assert [(row.number, row.values) for row in table.rows] == [
        (2, {"id": "1", "nom": "Die"}),
        (200_000, {"id": "2", "nom": ""}),
    ]


def test_a_workbook_damaged_inside_is_refused_in_words(tmp_path):
    plain, path = tmp_path / "plain.xlsx", tmp_path / "damaged.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["id", "nom"])
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[:-30] if "sheet1" in name else content)

    with pytest.raises(UnreadableFile, match="damaged"):
        read_table(path)
