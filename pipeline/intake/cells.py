"""Cells of a table that a person keeps, as values: pure.

A cell is text in a CSV file, and text, number, date or truth value in a workbook. Each reader
returns the value, None for a cell that says that it is not known, or raises CellFault.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from re import fullmatch, split
from typing import Final, NamedTuple, TypeAlias
from unicodedata import normalize

from schemas.glossary import Terms

Cell: TypeAlias = str | int | float | bool | date | None
Reader: TypeAlias = Callable[[Cell], object]


class Row(NamedTuple):
    """A row of a table: its 1-based number (in text, the line it begins in) and its cells."""

    number: int
    cells: Sequence[Cell]


EXACT: Final = 10**15
"""From here on a spreadsheet's number has lost digits."""
UNIT: Final[Mapping[str, int]] = {"": 1, "千": 10**3, "万": 10**4, "百万": 10**6, "亿": 10**8}
_YES: Final = frozenset({"是", "有", "yes", "y", "true", "t", "1", "√", "✓"})
_NO: Final = frozenset({"否", "无", "no", "n", "false", "f", "0", "×", "✗", "x"})
_UNKNOWN: Final = frozenset(
    {"", "-", "--", "—", "——", "/", "未知", "尚不明确", "不详", "unknown", "n/a", "null"}
)
_DATE: Final = r"(\d{4})([-/.年])(\d{1,2})([-/.月])(\d{1,2})日?(?:[ T]0{1,2}:00(?::00)?)?"


class CellFault(Exception):
    """What is wrong with a cell, and what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


def is_blank(cell: Cell) -> bool:
    """Whether the cell states nothing."""
    return cell is None or (isinstance(cell, str) and plain(cell).casefold() in _UNKNOWN)


def plain(text: str) -> str:
    """The text with full-width letters and digits as plain ones, and no spaces around it."""
    return normalize("NFKC", text).strip()


def read_text(cell: Cell) -> str:
    """Any text, as it stands; a number without a fraction as its digits."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool | date) or cell is None:
        raise CellFault("is no text", "format the column as text")
    if abs(cell) >= EXACT:
        raise CellFault(
            "is kept as a number, which has lost digits", "format the column as text, type it anew"
        )
    return str(int(cell)) if cell == int(cell) else str(cell)


def read_code(cell: Cell) -> str:
    """An official code: in capitals, full-width characters as plain ones, without spaces."""
    return "".join(plain(read_text(cell)).upper().split())


def read_count(cell: Cell) -> int:
    """A whole number: `1,200`, `120万`."""
    number = _number(cell, 1)
    if number != number.to_integral_value():
        raise CellFault("is no whole number", "write it without a fraction")
    return int(number)


def read_yuan(per: int) -> Reader:
    """An amount of which one unit is `per` yuan, rounded to the yuan: `1.2亿元` says its own."""

    def read(cell: Cell) -> int:
        return int(_number(cell, per).quantize(Decimal(1), ROUND_HALF_UP))

    return read


def _number(cell: Cell, per: int) -> Decimal:
    """The number; a text may end in its own unit, which then holds instead of `per`."""
    if isinstance(cell, bool | date) or cell is None:
        raise CellFault("is no number", "write digits, such as 1200000")
    if not isinstance(cell, str):
        return Decimal(repr(cell)) * per
    text = plain(cell).replace(",", "").replace(" ", "")
    found = fullmatch(
        r"(-?\d{1,24}(?:\.\d{1,12})?)(千|百万|万|亿|)(元|人|户|个|家|rmb|cny|yuan|)", text.lower()
    )
    if found is None:
        raise CellFault("is no number", "write digits, such as 1200000")
    return Decimal(found[1]) * (UNIT[found[2]] if found[2] or found[3] else per)


def read_year(cell: Cell) -> int:
    """A year: `2025`, `2025年`, `2025年度`."""
    text = plain(read_text(cell)).removesuffix("度").removesuffix("年")
    if not fullmatch(r"\d{4}", text):
        raise CellFault("is no year", "write it as 2025")
    return int(text)


def read_date(cell: Cell) -> date:
    """A day: `2025-03-01`, `2025/3/1`, `2025年3月1日`, `20250301`, or a date of the workbook."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = plain(cell) if isinstance(cell, str) else read_text(cell)
    found = fullmatch(_DATE, text) or fullmatch(r"(\d{4})()(\d{2})()(\d{2})", text)
    if found is not None and (found[2], found[4]) in _SEPARATORS:
        try:
            return date(int(found[1]), int(found[3]), int(found[5]))
        except ValueError as fault:
            raise CellFault(f"is no day ({fault})", "write it as 2025-03-01") from fault
    raise CellFault("is no date", "write it as 2025-03-01, or format the column as a date")


_SEPARATORS: Final = {("-", "-"), ("/", "/"), (".", "."), ("年", "月"), ("", "")}


def read_flag(cell: Cell) -> bool:
    """Yes or no, as people tick it."""
    if isinstance(cell, bool):
        return cell
    text = plain(read_text(cell)).casefold()
    if text not in _YES | _NO:
        raise CellFault("is neither yes nor no", "write 是 or 否, yes or no")
    return text in _YES


def read_choice(terms: Terms) -> Reader:
    """One of the terms, by its key or its name in either language."""
    keys = {_folded(name): key for key, term in terms.items() for name in (key, *term)}

    def read(cell: Cell) -> str:
        key = keys.get(_folded(read_text(cell)))
        if key is None:
            raise CellFault(
                "is none of the choices", f"write {', '.join(t.zh for t in terms.values())}"
            )
        return key

    return read


def read_known(terms: Terms) -> Reader:
    """Like a choice, but any other word is taken as it is."""
    keys = {_folded(name): key for key, term in terms.items() for name in (key, *term)}

    def read(cell: Cell) -> str:
        text = read_text(cell)
        return keys.get(_folded(text), text)

    return read


def _folded(text: str) -> str:
    return plain(text).casefold().replace("_", " ")


def read_list(one: Reader) -> Reader:
    """Several in one cell, parted by `;`, `,`, `、` or a new line."""

    def read(cell: Cell) -> tuple[object, ...]:
        return tuple(one(part) for part in parts_of(cell) if part)

    return read


def parts_of(cell: Cell) -> list[str]:
    """The cell's parts, the empty ones among them kept in their place."""
    return [part.strip() for part in split(r"[;；、,，\n]", read_text(cell))]
