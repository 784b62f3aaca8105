"""Tables as people keep them: CSV of any encoding, workbooks, and files that only look so."""

import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random

import openpyxl
import pytest

from pipeline.files import spreadsheets
from pipeline.files.spreadsheets import COLUMNS, ROWS, SheetFault, read_sheets

HEADINGS = ["单位编号", "单位名称"]
ENTITIES = "".join(
    f'<!ENTITY {chr(98 + depth)} "{f"&{chr(97 + depth)};" * 10}">' for depth in range(10)
)


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook(write_only=True)
    for name, rows in (sheets or {"企业": [[*HEADINGS], ["E1", "一号"]]}).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def remade(path: Path, change: Callable[[str], str]) -> Path:
    """The workbook with the XML of its first sheet changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = change(parts[sheet].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def cells(path: Path) -> list[list[object]]:
    sheets = read_sheets(path)
    assert sheets is not None
    return [list(row.cells) for sheet in sheets for row in sheet.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_in_whatever_excel_writes(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    file = tmp_path / "a.csv"
    rows = [HEADINGS, ["E1", '"烽火,;"']]
    file.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    assert cells(file) == [HEADINGS, ["E1", "烽火,;"]]


def test_a_row_is_placed_by_the_line_that_it_begins_in(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('单位编号,单位名称\n\nE1,"一\n号"\nE2,x\n', "utf-8")
    sheets = read_sheets(file)
    assert sheets is not None
    assert [row.number for row in sheets[0].rows] == [1, 3, 5]


def test_a_workbook_is_read_with_its_kinds_of_cells_and_all_its_sheets(tmp_path: Path) -> None:
    day = datetime(2025, 3, 1)
    rows: list[list[object]] = [[], ["E1", 1.5, 3, True, day, None]]
    path = workbook(tmp_path / "a.xlsx", first=rows, second=[["x"]])
    sheets = read_sheets(path)
    assert sheets is not None
    assert [(sheet.name, [row.number for row in sheet.rows]) for sheet in sheets] == [
        ("first", [2]),
        ("second", [1]),
    ]
    assert cells(path) == [["E1", 1.5, 3, True, day], ["x"]]


def test_json_is_no_table(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('\ufeff {"enterprise_id": "E1"}', "utf-8")
    assert read_sheets(file) is None


def billion_laughs(xml: str) -> str:
    row = '<row r="9"><c r="A9" t="inlineStr"><is><t>&k;</t></is></c></row></sheetData>'
    start = xml.index("<worksheet")
    document = f'<!DOCTYPE s [<!ENTITY a "ha">{ENTITIES}]>'
    return f"{xml[:start]}{document}{xml[start:].replace('</sheetData>', row)}"


def with_cell(place: str) -> Callable[[str], str]:
    number = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    row = f'<row r="{number}"><c r="{place}"><v>1</v></c></row></sheetData>'
    return lambda xml: xml.replace("</sheetData>", row)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        # Expat counts what entities grow to; lxml, which development tools bring, expands none.
        (billion_laughs, "amplification|invalid XML"),
        (with_cell("A9999999"), "columns"),
        (with_cell(f"A{ROWS + 1}"), "more than 200000 rows"),
        (with_cell("XFD9"), "16384 columns"),
        (with_cell("GZ9"), f"more than {COLUMNS} columns"),
        (lambda xml: xml[:-20], "no sound workbook"),
    ],
    ids=["entities", "far-below", "below", "far-right", "right", "cut"],
)
def test_a_workbook_made_to_fill_the_memory_is_a_fault(
    tmp_path: Path, change: Callable[[str], str], problem: str
) -> None:
    path = remade(workbook(tmp_path / "a.xlsx"), change)
    with pytest.raises(SheetFault, match=problem):
        read_sheets(path)


def test_a_workbook_that_unpacks_to_more_than_a_table_needs_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheets, "UNPACKED_BYTES", 2**20)
    path = remade(workbook(tmp_path / "a.xlsx"), lambda xml: xml + " " * (2 << 20))
    with pytest.raises(SheetFault, match="unpacks to 2 MB"):
        read_sheets(path)


def test_a_sheet_that_says_it_is_smaller_is_read_whole(tmp_path: Path) -> None:
    dimension = '<dimension ref="A1:A1"/><sheetData>'
    path = remade(workbook(tmp_path / "a.xlsx"), lambda xml: xml.replace("<sheetData>", dimension))
    assert cells(path) == [HEADINGS, ["E1", "一号"]]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old or encrypted"),
        (b"PK\x03\x04" + b"\0" * 600, "no sound workbook"),
        (b"\xff\xfe\x00", "no text"),
        (b"a,b\n\x00\x01,c", "no text"),
        ("单位编号\nE1,“x".encode() + b"\xff", "no text"),
        (b'a,b\nE1,"x\n', "mend this row"),
    ],
)
def test_what_is_no_table_is_told_with_its_remedy(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(content)
    with pytest.raises(SheetFault, match=problem):
        read_sheets(file)


def test_a_damaged_workbook_is_a_fault_or_a_table_and_nothing_else(tmp_path: Path) -> None:
    sound = workbook(tmp_path / "a.xlsx").read_bytes()
    random, file = Random(7), tmp_path / "b.xlsx"
    faults = 0
    for _ in range(300):
        damaged = bytearray(sound[: random.randrange(4, len(sound) + 1)])
        for _ in range(random.randrange(4)):
            damaged[random.randrange(4, len(damaged)) - 1] = random.randrange(256)
        file.write_bytes(b"PK\x03\x04" + damaged[4:])
        try:
            assert read_sheets(file) is not None
        except SheetFault:
            faults += 1
    assert faults
