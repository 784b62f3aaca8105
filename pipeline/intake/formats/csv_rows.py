"""Rows of CSV: told from lines of text, so that none is dated and stored as a syslog message.

What a row's cells mean, its header says, and the header is a line of its own: a file is read with
it (`pipeline/files/csv_logs.py`), a line alone is refused. Logs whose columns are always the same
(PostgreSQL, MariaDB) have their format, which is asked before.
"""

import csv
import re
from typing import Final

from pipeline.intake.event_times import TIME_NAMES
from pipeline.intake.time_shapes import leading_time

SEPARATORS: Final = (",", "\t", ";")
FEWEST_COLUMNS: Final = 3
FEWEST_CELLS: Final = 4
"""Of a row without its header: two commas are a sentence's."""
LONGEST_BEGINNING: Final = 4_000
"""Characters of a line that are looked at."""
_NAME = re.compile(r"[^\W\d][\w @.#()/\-]{0,63}\Z|@timestamp\Z")
_SPACED = re.compile(r"[,;]\s")
"""Behind a comma, people and messages write a space; tables do not."""


def cells_of(text: str, separator: str = ",") -> list[str]:
    """The cells of a row; none where it cannot be one."""
    try:
        return next(csv.reader([text], delimiter=separator), [])
    except csv.Error:
        return []


def header_separator(text: str) -> str:
    """What separates the columns of a header; "" where the line is none: names, each once, of
    which one means a time."""
    if len(text) > LONGEST_BEGINNING:
        return ""
    for separator in SEPARATORS:
        names = cells_of(text, separator) if separator in text else []
        if (
            FEWEST_COLUMNS <= len(names) == len(set(names))
            and all(map(_NAME.match, names))
            and any(TIME_NAMES[tuple(names)])
        ):
            return separator
    return ""


def is_csv_row(text: str) -> bool:
    """Whether a line that no format knows is a row, or the header, of a table: a time with a comma
    behind it, a text in quotes with one, or a time in one of its cells."""
    beginning = text[:LONGEST_BEGINNING]
    _, rest = leading_time(beginning)
    cells = cells_of(beginning)
    if len(cells) < FEWEST_CELLS:
        return bool(header_separator(text))
    if rest is not beginning and rest[:1] == ",":
        return True
    is_quoted = beginning[:1] == '"' and '","' in beginning
    is_timed = not _SPACED.search(rest) and any(leading_time(cell)[0] for cell in cells)
    return is_quoted or is_timed or bool(header_separator(text))
