"""Tables as people keep them, CSV and .xlsx, as rows of cells (shell).

Rule 1. What a file is its first bytes say, not its name.
Rule 2. A workbook is a compressed archive of XML, and may be made to fill the memory: what it says
        of its own sizes is bounded before anything is read (an archive's parts cannot be longer
        than it says), entities are refused, rows and columns are counted.
Rule 3. Whatever is wrong with the file is a SheetFault that says what to do.
"""

import csv
import zlib
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import IO, Any, Final
from zipfile import BadZipFile, ZipFile

import msgspec

from pipeline.intake.cells import Row

FILE_BYTES: Final = 256 * 2**20
UNPACKED_BYTES: Final = 512 * 2**20
STRING_BYTES: Final = 128 * 2**20
"""Of a workbook's shared strings, which its reader holds in memory as a whole."""
ROWS: Final = 200_000
COLUMNS: Final = 200
LAST_ROW: Final = 2**20
"""Of a workbook, by its format."""
MADE_COLUMNS: Final = 2_000
"""Cells of a row that are there, most of them empty."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_DELIMITERS: Final = (",", "\t", ";", "；", "，")
_SPOILT: Final = (
    BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    SyntaxError,  # what both parsers of XML raise
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,
)
"""What the library raises for workbooks that are cut off, encrypted or not what they say."""


class SheetFault(Exception):
    """A file that is no table, or too large for one: what and what to do."""


class Sheet(msgspec.Struct, frozen=True):
    """A table: "" names the only one of a CSV file."""

    name: str
    rows: list[Row]


def read_sheets(path: Path) -> list[Sheet] | None:
    """The file's tables, without empty rows; None where it is JSON, one object a line.

    Raises SheetFault, and OSError where it cannot be read.
    """
    if path.exists() and not path.is_file():
        raise SheetFault(f"{path} is no regular file; name one")  # a pipe would be waited for
    with path.open("rb") as file:
        if path.stat().st_size > FILE_BYTES:
            raise SheetFault(f"{path} is larger than {FILE_BYTES >> 20} MB; divide it")
        start = file.read(4096)
        file.seek(0)
        if start.startswith(_OLE):
            raise SheetFault(f"{path} is an old or encrypted workbook; save it as .xlsx or CSV")
        if start.startswith(_ZIP):
            return _read_workbook(path, file)
        if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
            return None
        return [Sheet("", [*_csv_rows(path, file.read())])]


def _read_workbook(path: Path, file: IO[bytes]) -> list[Sheet]:
    from openpyxl import load_workbook

    try:
        _check_sizes(path, file)
        with closing(load_workbook(file, read_only=True, data_only=True)) as book:
            return [
                Sheet(sheet.title, [*_bounded(path, sheet.title, _sheet_rows(path, sheet))])
                for sheet in book.worksheets
            ]
    except _SPOILT as fault:
        problem = f"{type(fault).__name__}: {fault}"
        raise SheetFault(f"{path} is no sound workbook ({problem}); save it anew") from fault


def _check_sizes(path: Path, file: IO[bytes]) -> None:
    with ZipFile(file) as archive:
        sizes = {part.filename: part.file_size for part in archive.infolist()}
    strings = sum(size for name, size in sizes.items() if "sharedstrings" in name.lower())
    if sum(sizes.values()) > UNPACKED_BYTES or strings > STRING_BYTES:
        raise SheetFault(
            f"{path} unpacks to {sum(sizes.values()) >> 20} MB, more than a table of "
            f"{ROWS} rows needs; remove what is not part of it, or save it as CSV"
        )
    file.seek(0)


def _sheet_rows(path: Path, sheet: Any) -> Iterator[Row]:
    """Rows that are not empty. Those that only look like something, to the end of what a workbook
    can have, are passed over; beyond it nothing is waited for."""
    sheet.reset_dimensions()  # what a sheet says of its own size may be wrong
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > LAST_ROW or len(cells) > MADE_COLUMNS:
            where = f"{path}[{sheet.title}]:{number}"
            raise SheetFault(f"{where}: {len(cells)} columns; remove what is not of the table")
        filled = [place for place, cell in enumerate(cells, 1) if cell is not None]
        if filled:
            yield Row(number, cells[: filled[-1]])


def _csv_rows(path: Path, content: bytes) -> Iterator[Row]:
    text = _decode(path, content)
    yield from _bounded(path, "", _csv_lines(path, text))


def _csv_lines(path: Path, text: str) -> Iterator[Row]:
    head = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    lines = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        for cells in lines:
            if any(cells):
                yield Row(number, tuple(cells))
            number = lines.line_num + 1
    except csv.Error as fault:
        raise SheetFault(f"{path}:{number}: {fault}; mend this row, or save the table anew") from (
            fault
        )


def _decode(path: Path, content: bytes) -> str:
    """UTF-8, or UTF-16 by its mark, or what Excel writes in China."""
    encodings = (
        ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    )
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise SheetFault(f"{path} is no text in UTF-8 or GB 18030; save it as CSV (UTF-8) or .xlsx")


def _bounded(path: Path, sheet: str, rows: Iterator[Row]) -> Iterator[Row]:
    for count, row in enumerate(rows, 1):
        where = f"{path}[{sheet}]" if sheet else str(path)
        if max(count, row.number if sheet else 0) > ROWS:
            raise SheetFault(f"{where} has more than {ROWS} rows; divide it")
        if len(row.cells) > COLUMNS:
            raise SheetFault(f"{where}:{row.number}: more than {COLUMNS} columns; remove the rest")
        yield row
