"""From the cells of a table to records of the programme: pure.

Rule 1. Columns are known by field name or by their headings in either language
        (`schemas/glossary_programme.py`), in any order; a column that is not known is a fault.
Rule 2. Every fault of every cell is told: row, column, value, what is wrong, what to do. A row
        with a fault is not counted, the others are.
Rule 3. A specialist is a pseudonym. What reads like an identity number or a telephone number is
        refused; a column `identity` is turned into a pseudonym by the organisation's own key and
        never kept.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final, Literal, TypeAlias

import msgspec

from pipeline.intake.cells import (
    Cell,
    CellFault,
    Reader,
    Row,
    is_blank,
    plain,
    read_choice,
    read_count,
    read_date,
    read_flag,
    read_known,
    read_text,
    read_year,
    read_yuan,
)
from schemas.glossary import SECTOR, Term, Terms
from schemas.glossary_programme import COLUMN, STANDARD_LEVEL, TRAINING_KIND
from schemas.programme import RECORD_OF, ProgrammeKind, Record
from schemas.provinces import PROVINCES

FaultKind: TypeAlias = Literal["unreadable", "impossible", "duplicate", "personal"]


class ProgrammeFault(msgspec.Struct, frozen=True):
    """One thing wrong with one row: where, what, and what to do."""

    file: str
    row: int
    column: str
    kind: FaultKind
    problem: str
    remedy: str

    def __str__(self) -> str:
        column = f" [{self.column}]" if self.column else ""
        return f"{self.file}:{self.row}:{column} {self.kind}: {self.problem}; {self.remedy}"


class Numbered(msgspec.Struct, frozen=True):
    """A record, and the row that it stood in."""

    row: int
    record: Record


class Parsed(msgspec.Struct):
    """The sound records of a file in its order, and every fault of the others."""

    records: list[Numbered]
    faults: list[ProgrammeFault]


_PROVINCES: Final[Terms] = {row.code: Term(row.zh, row.en) for row in PROVINCES.values()}
_SUFFIX: Final = re.compile("(省|市|(壮族|回族|维吾尔)?自治区)$")
_SHORT: Final = {_SUFFIX.sub("", row.zh): row.code for row in PROVINCES.values()}
_province = read_choice(_PROVINCES)


def _read_province(cell: Cell) -> object:
    """By code, full name or short name: 330000, 浙江省, 浙江, Zhejiang."""
    text = plain(read_text(cell))
    return _province(_SHORT.get(text, text))


def _read_hours(cell: Cell) -> float:
    text = str(cell) if isinstance(cell, int | float) else plain(read_text(cell))
    if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?", text):
        raise CellFault("is no number of hours", "write it as 7.5")
    return float(text)


def _read_ids(cell: Cell) -> tuple[str, ...]:
    """One id or several in a cell, each once: `E00001、E00002`."""
    names = re.split(r"[,，、;；\s]+", plain(read_text(cell)))
    return tuple(dict.fromkeys(name for name in names if name))


READERS: Final[Mapping[str, Reader]] = {
    "held_on": read_date,
    "province": _read_province,
    "sector": read_known(SECTOR),
    "training_kind": read_choice(TRAINING_KIND),
    "hours": _read_hours,
    "person_times": read_count,
    "enterprise_ids": _read_ids,
    "persons": read_count,
    "qualified_on": read_date,
    "valid_until": read_date,
    "standard_level": read_choice(STANDARD_LEVEL),
    "initiated_on": read_date,
    "published_on": read_date,
    "selected_on": read_date,
    "year": read_year,
    "it_spending": read_yuan(1),
    "security_spending": read_yuan(1),
    "withdrawn": read_flag,
}
"""Field and how its cell is read; text, for one that is not here."""
IDENTITY = "identity"
"""The column of specialists that is never kept."""


def fields_of(kind: ProgrammeKind) -> dict[str, bool]:
    """The fields of a kind, in order, and whether each must be stated."""
    return {field.name: field.required for field in msgspec.structs.fields(RECORD_OF[kind])} | (
        {IDENTITY: False} if kind == "specialist" else {}
    )


def read_table(kind: ProgrammeKind, rows: Sequence[Row], file: str, key: bytes = b"") -> Parsed:
    """A table with its headings; a title may stand above them."""
    parsed = Parsed([], [])
    at = next((at for at, row in enumerate(rows[:HEADING_ROWS]) if _is_heading(kind, row)), None)
    if at is None:
        columns = "、".join(COLUMN[name].zh for name in fields_of(kind))
        problem = f"no headings in the first {HEADING_ROWS} rows"
        parsed.faults.append(_fault(file, 1, "", "unreadable", problem, f"name them {columns}"))
        return parsed
    head = rows[at]
    names = [_field_of(kind, str(cell)) if cell is not None else "" for cell in head.cells]
    for heading, name in zip(head.cells, names, strict=True):
        if not name and not is_blank(heading):
            parsed.faults.append(_unknown_column(kind, heading, file, head.number))
    for row in rows[at + 1 :]:
        cells = {name: cell for name, cell in zip(names, row.cells, strict=False) if name}
        _read_row(kind, parsed, cells, file, row.number, key)
    return parsed


def read_objects(
    kind: ProgrammeKind, lines: Iterable[bytes], file: str, key: bytes = b""
) -> Parsed:
    """One JSON object a line, with the field names or headings as keys."""
    parsed = Parsed([], [])
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            document = msgspec.json.decode(line, type=dict[str, str | int | float | bool | None])
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            remedy = "write one flat JSON object a line"
            parsed.faults.append(_fault(file, number, "", "unreadable", str(fault), remedy))
            continue
        for heading in document:
            if not _field_of(kind, heading):
                parsed.faults.append(_unknown_column(kind, heading, file, number))
        cells = {_field_of(kind, heading): cell for heading, cell in document.items()}
        _read_row(kind, parsed, {**cells}, file, number, key)
    return parsed


HEADING_ROWS: Final = 20


def _is_heading(kind: ProgrammeKind, row: Row) -> bool:
    """Whether two of its cells are headings."""
    return sum(bool(cell) and bool(_field_of(kind, str(cell))) for cell in row.cells) > 1


def _field_of(kind: ProgrammeKind, heading: str) -> str:
    """The field that a heading names; "" for none. A bracket behind it, with a unit, is ignored."""
    bare = re.sub(r"[(（].*[)）]\s*$", "", plain(heading)).strip().casefold().replace("_", " ")
    for name in fields_of(kind):
        if bare in {name.replace("_", " "), *(text.casefold() for text in COLUMN[name])}:
            return name
    return ""


def _unknown_column(kind: ProgrammeKind, heading: object, file: str, row: int) -> ProgrammeFault:
    known = "、".join(COLUMN[name].zh for name in fields_of(kind))
    problem = f"{str(heading)[:40]!r} is no column of this kind"
    return _fault(file, row, str(heading)[:40], "unreadable", problem, f"use {known}")


def _read_row(
    kind: ProgrammeKind,
    parsed: Parsed,
    cells: Mapping[str, Cell],
    file: str,
    row: int,
    key: bytes,
) -> None:
    values: dict[str, Any] = {}
    faults: list[ProgrammeFault] = []
    for name, is_required in fields_of(kind).items():
        cell = cells.get(name)
        if is_blank(cell):
            if is_required and not (name == "id" and not is_blank(cells.get(IDENTITY))):
                problem, remedy = "is not stated", f"fill the column {COLUMN[name].zh}"
                faults.append(_fault(file, row, name, "unreadable", problem, remedy))
            continue
        try:
            values[name] = READERS.get(name, read_text)(cell)
        except CellFault as fault:
            problem = f"{str(cell)[:40]!r} {fault.problem}"
            faults.append(_fault(file, row, name, "unreadable", problem, fault.remedy))
    if kind == "specialist":
        faults += _pseudonymise(values, file, row, key)
    parsed.faults += faults
    if not faults:
        parsed.records.append(Numbered(row, RECORD_OF[kind](**values)))


_NUMBERED_PERSON: Final = re.compile(r"\d{17}[\dXx]|\d{15}|1[3-9]\d{9}")
_NAME: Final = re.compile(r"[\u3400-\u9fff]{2,4}(·[\u3400-\u9fff]+)?")
PSEUDONYM_KEY_BYTES: Final = 16


def _pseudonymise(
    values: dict[str, Any], file: str, row: int, key: bytes
) -> Iterator[ProgrammeFault]:
    """Rule 3; the faults do not repeat what they found."""
    identity = values.pop(IDENTITY, "")
    if identity and len(key) < PSEUDONYM_KEY_BYTES:
        remedy = "name the file of your key with --pseudonym-key"
        yield _fault(file, row, IDENTITY, "personal", "needs a key to become a pseudonym", remedy)
    elif identity:
        values["id"] = pseudonym(identity, key)
    elif _NUMBERED_PERSON.fullmatch(plain(str(values.get("id", "")))):
        problem = "reads like an identity or telephone number"
        remedy = f"put it into the column {COLUMN[IDENTITY].zh} and name a --pseudonym-key"
        yield _fault(file, row, "id", "personal", problem, remedy)
    elif _NAME.fullmatch(plain(str(values.get("id", "")))):
        remedy = f"put it into the column {COLUMN[IDENTITY].zh} and name a --pseudonym-key"
        yield _fault(file, row, "id", "personal", "reads like a name", remedy)


def pseudonym(identity: str, key: bytes) -> str:
    """The same for one identity and key, and of no use without the key: keyed BLAKE2b-128."""
    text = plain(identity).upper().encode()
    return blake2b(text, digest_size=16, key=key[:64], person=b"specialist").hexdigest()


def _fault(
    file: str, row: int, column: str, kind: FaultKind, problem: str, remedy: str
) -> ProgrammeFault:
    return ProgrammeFault(file, row, column, kind, problem, remedy)
