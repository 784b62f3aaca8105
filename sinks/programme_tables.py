"""Tables of the programme: trainings, specialists, standards, typical cases, spending.

Days are texts, 2026-03-01, or empty: ClickHouse's own type begins in 1970 and has no empty day.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from schemas.programme import (
    ProgrammeKind,
    Record,
    Specialist,
    Spending,
    Standard,
    Training,
    TypicalCase,
)
from sinks.columns import (
    COUNT,
    FLAG,
    SIGNED,
    SMALL,
    TEXT,
    WORD,
    WORDS,
    Column,
    Table,
    column,
    list_of,
)
from sinks.contract import Answer


def _day(name: str, comment: str) -> Column:
    return column(name, WORD, comment, _day_of(name))


def _day_of(name: str) -> Callable[[Any], str]:
    """The attribute as 2026-03-01, or "" for None."""

    def read(thing: Any) -> str:
        day = getattr(thing, name)
        return day.isoformat() if day else ""

    return read


def _text_of(name: str) -> Callable[[Any], str]:
    """The attribute as text, or "" for None."""

    def read(thing: Any) -> str:
        value = getattr(thing, name)
        return "" if value is None else str(value)

    return read


def _signed_of(name: str) -> Callable[[Any], int]:
    """The attribute, or -1 for None."""

    def read(thing: Any) -> int:
        number = getattr(thing, name)
        return -1 if number is None else number

    return read


_ID = column("id", TEXT, "Its id; a row of the same id corrects it.")
_PROVINCE = column("province", WORD, "GB/T 2260 code of province level, or empty.")
_SECTOR = column("sector", WORD, "The sector, or empty.")
_WITHDRAWN = column("withdrawn", FLAG, "Withdrawn: it is not counted.")


def _table(name: str, of: type, comment: str, *columns: Column) -> Table:
    return Table(
        name=f"programme_{name}",
        of=of,
        comment=comment,
        key=(columns[0].name,),
        order_by=(columns[0].name,),
        repeatable=True,
        columns=(*columns, _WITHDRAWN),
    )


TRAININGS = _table(
    "trainings",
    Training,
    "Training sessions.",
    _ID,
    _day("held_on", "The day."),
    column("title", TEXT, "What it was."),
    column("organiser", TEXT, "Who organised it."),
    _PROVINCE,
    _SECTOR,
    column("training_kind", WORD, "classroom, online, practice, other, or empty."),
    column("hours", WORD, "How long, as text; empty: not stated.", _text_of("hours")),
    column("person_times", COUNT, "Attendances."),
    column("persons", SIGNED, "People; -1: not stated.", _signed_of("persons")),
    column("enterprise_ids", WORDS, "Whose people they were.", list_of("enterprise_ids")),
)
SPECIALISTS = _table(
    "specialists",
    Specialist,
    "Specialists, by pseudonym.",
    column("id", TEXT, "A pseudonym; a row of the same one corrects it."),
    _PROVINCE,
    _SECTOR,
    column("qualification", TEXT, "Of what kind."),
    _day("qualified_on", "Since when."),
    _day("valid_until", "Until when, or empty."),
)
STANDARDS = _table(
    "standards",
    Standard,
    "Standards that were initiated.",
    _ID,
    column("title", TEXT, "Its title."),
    column("standard_level", WORD, "national, industry or group."),
    _day("initiated_on", "When it was initiated."),
    _day("published_on", "When it was published, or empty."),
    _PROVINCE,
    _SECTOR,
)
TYPICAL_CASES = _table(
    "cases",
    TypicalCase,
    "Typical cases that were selected.",
    _ID,
    column("title", TEXT, "Its title."),
    _PROVINCE,
    _SECTOR,
    _day("selected_on", "When it was selected."),
    column("enterprise_id", WORD, "Whose it is, or empty."),
)
SPENDINGS = Table(
    name="programme_spendings",
    of=Spending,
    comment="What an enterprise spent on IT in a year, and of that on security.",
    key=("enterprise_id", "year"),
    order_by=("enterprise_id", "year"),
    repeatable=True,
    columns=(
        column("enterprise_id", WORD, "The enterprise."),
        column("year", SMALL, "The year."),
        column("it_spending", COUNT, "Yuan spent on IT."),
        column("security_spending", COUNT, "Yuan of it spent on security."),
        _WITHDRAWN,
    ),
)


PROGRAMME_TABLES: dict[ProgrammeKind, Table] = {
    "training": TRAININGS,
    "specialist": SPECIALISTS,
    "standard": STANDARDS,
    "case": TYPICAL_CASES,
    "spending": SPENDINGS,
}
"""By the kind of record."""


def record_of(kind: ProgrammeKind, answer: Answer) -> Record:
    """A row of the table's view as the record that it was written from."""
    table = PROGRAMME_TABLES[kind]
    values = {name: answer[name] for name in table.column_names}
    stated = {name: value for name, value in values.items() if value not in ("", -1)}
    return msgspec.convert(stated, table.of, strict=False)
