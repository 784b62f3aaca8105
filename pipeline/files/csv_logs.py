"""Logs that are tables in CSV: each row under the names of the header.

EvtxECmd and Hayabusa write such files, PowerShell's Export-Csv, and most consoles that export what
was searched for. A line alone says nothing of its columns: without its header it is refused
(`pipeline/intake/formats/csv_rows.py`).
"""

import csv
from collections.abc import Iterator
from itertools import chain

import orjson

from pipeline.files.text_logs import Found
from pipeline.intake.formats.csv_rows import header_separator
from pipeline.intake.texts import text_of_line

_TYPE = b"#TYPE "
"""What PowerShell before 6 writes before the header."""
SHOWN_OF_A_FAULT = 1_000


def is_csv_log(first: bytes) -> bool:
    """Whether a file that begins with this line is a table of events."""
    return first.startswith(_TYPE) or bool(header_separator(text_of_line(first)[0]))


def read_csv_log(first: bytes, lines: Iterator[bytes], number: int) -> Iterator[Found]:
    """Each row as one JSON object, without its empty cells; a cell may go over several lines. A
    row whose cells are not the header's comes with that as its problem."""
    if first.startswith(_TYPE):
        first, number = next(lines, b""), number + 1
    header = text_of_line(first)[0]
    separator = header_separator(header) or ","
    texts = map(_text, chain((header.encode() + b"\n",), lines))
    names: list[str] = []
    begin = number
    while True:
        rows = csv.reader(texts, delimiter=separator)  # anew behind a fault: it may stand in quotes
        try:
            for row in rows:
                line, begin = begin, number + rows.line_num
                if not names:
                    names = row
                elif len(row) == len(names):
                    cells = zip(names, row, strict=True)
                    yield orjson.dumps({name: cell for name, cell in cells if cell}), line, ""
                elif row:
                    problem = f"{len(row)} cells where the header has {len(names)}"
                    yield separator.join(row).encode()[:SHOWN_OF_A_FAULT], line, problem
            return
        except csv.Error as error:
            problem = f"no CSV ({error}): is a quote not closed?"
            yield b"", begin, problem
            number += rows.line_num
            begin = number


def _text(line: bytes) -> str:
    """With its end and its spaces: they may be a cell's."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return text_of_line(line)[0] + "\n"
