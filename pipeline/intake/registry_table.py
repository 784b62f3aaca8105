"""A table of enterprises, as people keep it, to rows of the registry: pure.

Rule 1. Columns are known by their headings in Chinese or English (`schemas/glossary_registry.py`),
        a unit in brackets with them: 年营业收入（万元）.
Rule 2. A field without a column stays as it is in the registry: keys are not in tables. A cell
        that is empty says that it is not known.
Rule 3. Every fault of every cell is told, with row, column, value and remedy.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from re import fullmatch
from typing import Final, NamedTuple

import msgspec

from pipeline.intake.cells import (
    UNIT,
    Cell,
    CellFault,
    Reader,
    Row,
    is_blank,
    parts_of,
    plain,
    read_choice,
    read_code,
    read_count,
    read_date,
    read_flag,
    read_known,
    read_list,
    read_text,
    read_year,
    read_yuan,
)
from pipeline.intake.registry import FIELDS, ParsedRegistry, RegistryFault, take_row
from pipeline.intake.registry_checks import SHOWN, Problem
from schemas.glossary import DATA_CLASS, FIELD, SECTOR, Term, Terms
from schemas.glossary_registry import ALSO_CALLED, LISTING_ABROAD, REGISTRY
from schemas.provinces import PROVINCES, SEPARATE_CITIES
from schemas.registry import Contact, Registry

HEADING_ROWS: Final = 20
"""Among the first so many rows are the headings: a title may stand above them."""
_DATA_CLASSES: Final[Terms] = {
    key: Term(term.zh.removesuffix("数据"), key) for key, term in DATA_CLASS.items()
}
_PROVINCES: Final[Terms] = {
    row.code: Term(row.zh, row.en.partition(" (")[0]) for row in PROVINCES.values()
}
_KIND_OF_PROVINCE: Final = re.compile("(省|市|(壮族|回族|维吾尔)?自治区)$")
_SHORT_PROVINCES: Final = {
    _KIND_OF_PROVINCE.sub("", row.zh): row.code for row in PROVINCES.values()
}
_CITIES: Final[Terms] = {row.code: Term(row.zh, row.en) for row in SEPARATE_CITIES.values()}
_province = read_known(_PROVINCES)
_data_class = read_choice(_DATA_CLASSES)


def read_province(cell: Cell) -> object:
    """The province's code, from its name in either language, short or whole; other text as is."""
    text = plain(read_text(cell))
    return _SHORT_PROVINCES.get(text) or _province(text)


def _read_data_class(cell: Cell) -> object:
    return _data_class(plain(read_text(cell)).removesuffix("数据"))


READERS: Final[Mapping[str, Reader]] = {
    "enterprise_id": read_text,
    "name": read_text,
    "province": read_province,
    "city": read_known(_CITIES),
    "xpcc": read_flag,
    "sector": read_known(SECTOR),
    "industry": read_code,
    "field": read_choice(FIELD),
    "unified_social_credit_code": read_code,
    "annual_revenue": read_yuan(1),
    "revenue_year": read_year,
    "above_designated_size": read_flag,
    "critical_infrastructure": read_flag,
    "central_organ": read_flag,
    "data_classes": read_list(_read_data_class),
    "persons": read_count,
    "sensitive_persons": read_count,
    "graded_on": read_date,
    "assessed_on": read_date,
    "connected_since": read_date,
    "expected_sources": read_list(lambda cell: read_text(cell).lower()),
    "users": read_count,
    "listing_abroad": read_choice(LISTING_ABROAD),
    "contact_name": parts_of,
    "contact_phone": parts_of,
    "contact_email": parts_of,
    "shared_entities": read_list(read_text),
    "key_systems": read_list(read_text),
    "networks": read_list(read_text),
    "time_zone": read_text,
}
"""By column, which is a field, or a part of the field `contacts`."""
_CONTACT: Final = {"contact_name": "name", "contact_phone": "phone", "contact_email": "email"}
_NAMES: Final[Mapping[str, str]] = {
    "".join(plain(name).casefold().replace("_", " ").split()): column
    for column in READERS
    for name in (column, *REGISTRY[column], *ALSO_CALLED.get(column, ()))
}
_MONEY: Final = "annual_revenue"


class _Column(NamedTuple):
    name: str
    place: int
    heading: str
    read: Reader


class Table(msgspec.Struct, frozen=True):
    """A table's columns and the rows below its headings; `unknown` are headings of no field."""

    columns: tuple[_Column, ...]
    rows: Sequence[Row]
    heading_row: int
    unknown: tuple[str, ...]


def find_table(rows: Sequence[Row]) -> Table | None:
    """The table whose headings are the first row that has one of the enterprise's id."""
    for index, row in enumerate(rows[:HEADING_ROWS]):
        columns = [_column_of(place, cell) for place, cell in enumerate(row.cells)]
        known = tuple(column for column in columns if column is not None)
        if any(column.name == "enterprise_id" for column in known):
            unknown = [
                str(cell)
                for cell, column in zip(row.cells, columns, strict=True)
                if column is None and not is_blank(cell)
            ]
            return Table(known, rows[index + 1 :], row.number, tuple(unknown))
    return None


def _column_of(place: int, cell: Cell) -> _Column | None:
    """The column that the heading names; an amount's with its unit."""
    heading = plain(str(cell or "")).strip("*")
    folded = "".join(heading.casefold().replace("_", " ").split())
    if folded in _NAMES:
        return _Column(_NAMES[folded], place, heading, READERS[_NAMES[folded]])
    bracketed = fullmatch(r"(.+?)\((.*)\)", folded)
    name = _NAMES.get(bracketed[1]) if bracketed else None
    if bracketed is None or name is None:
        return None
    unit = fullmatch("(|千|万|百万|亿)(元|人民币|yuan|cny|rmb)", bracketed[2])
    read = read_yuan(UNIT[unit[1]]) if unit and name == _MONEY else READERS[name]
    return _Column(name, place, heading, read)


def parse_table(parsed: ParsedRegistry, table: Table, file: str, before: Registry) -> None:
    """Enter the table's rows; what has no column is as in `before`."""
    twice = _repeated(table, file)
    if twice:
        parsed.faults += twice
        return
    named = {"contacts" if one.name in _CONTACT else one.name for one in table.columns}
    kept = [name for name in FIELDS if name not in named]
    for row in table.rows:
        fields, faulty = _read_row(table.columns, row)
        registered = before.get(str(fields.get("enterprise_id", "")))
        held = {} if registered is None else {name: getattr(registered, name) for name in kept}
        take_row(parsed, held | fields, faulty, (file, row.number))


def _repeated(table: Table, file: str) -> list[RegistryFault]:
    names = [column.name for column in table.columns]
    return [
        RegistryFault(
            file,
            table.heading_row,
            f"heading {column.heading!r} names {column.name}, as an earlier column does",
            "keep one of the two columns",
            column.name,
            column.heading,
        )
        for index, column in enumerate(table.columns)
        if column.name in names[:index]
    ]


def _read_row(columns: Iterable[_Column], row: Row) -> tuple[dict[str, object], list[Problem]]:
    values: dict[str, object] = {}
    faulty: list[Problem] = []
    for column in columns:
        cell = row.cells[column.place] if column.place < len(row.cells) else None
        if is_blank(cell):
            continue
        try:
            values[column.name] = column.read(cell)
        except CellFault as fault:
            value = str(cell)[:SHOWN]
            problem = f"{column.heading} {value!r} {fault.problem}"
            faulty.append(Problem(column.name, value, problem, fault.remedy))
    return _with_contacts(values), faulty


def _with_contacts(values: dict[str, object]) -> dict[str, object]:
    """The three columns of contacts, whose parts belong together by their order, as one field."""
    columns = {part: values.pop(name, ()) for name, part in _CONTACT.items()}
    parts = {part: list(them) for part, them in columns.items() if isinstance(them, list)}
    length = max((len(them) for them in parts.values()), default=0)
    people = [
        Contact(**{part: them[place] for part, them in parts.items() if place < len(them)})
        for place in range(length)
    ]
    stated = tuple(person for person in people if person != Contact())
    return values | ({"contacts": stated} if stated else {})
