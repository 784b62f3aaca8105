"""Who and what takes part in an event: its columns and its entities, both by the field map."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from pipeline.intake.field_map import (
    ALL_ROWS,
    ANY,
    NUMBERED,
    ROLES_OF_CATEGORY,
    ROLES_OF_ENDS,
    ROWS_OF_FORMAT,
    ROWS_OF_PRODUCT,
    WINDOWS,
)
from pipeline.intake.field_rows import Column, Place, Role, Row, Rows
from pipeline.intake.normal_forms import ADDRESSES, FORMS_KEPT, INSIDE, NORMAL_FORMS
from pipeline.sigma.matching.values import members, read_field
from pipeline.sigma.memo import Memo, Names, by_names, by_text
from schemas.detection import Entity, EntityKind
from schemas.event import Event

NOTHING = frozenset({"", "-", "?", "N/A", "n/a", "(null)", "(none)", "null", "unset"})
"""What sensors write where they have nothing to say."""
MEMBERS_MAX = 8
"""Values of one list that become entities: a sender chooses how long its lists are."""
CHARACTERS_MAX = 1_024
"""Of an entity's value: a sender chooses how long its names are."""

COLUMNS: tuple[Column, ...] = ("host", "account", "source_ip", "destination_ip", "process")
"""The event's columns that the field map fills, in the event's order."""
HOST = COLUMNS.index("host")


class Seat(NamedTuple):
    """A field that is there, and what it is to the row that names it."""

    name: str
    row: Row
    form: Callable[[str], str]
    is_plain: bool
    """Whether nothing but its own value decides whether it says something."""
    shown: Mapping[str, str] | None
    """What the column shows of a text; None where that is not remembered."""


class Present(NamedTuple):
    """Where the field map finds something in an event that has certain fields."""

    columns: tuple[tuple[int, tuple[Seat, ...]], ...]
    """Of each column that may have a value, by its number among COLUMNS."""
    rows: tuple[tuple[Row, tuple[Seat, ...]], ...]


def _present(rows: Rows, names: Names) -> Present:
    known = frozenset(names)

    def seats(places: Iterable[Place]) -> tuple[Seat, ...]:
        return tuple(
            Seat(
                name,
                row,
                NORMAL_FORMS[row.kind],
                not row.event_ids and name not in NUMBERED,
                SHOWN.get(row.kind),
            )
            for name, holders, row in places
            if name in known or not known.isdisjoint(holders)
        )

    columns = ((at, seats(rows.of_column[column])) for at, column in enumerate(COLUMNS))
    by_row = ((row, seats(places)) for row, places in rows.rows)
    return Present(
        tuple((at, found) for at, found in columns if found),
        tuple((row, found) for row, found in by_row if found),
    )


def _shown_of(form: Callable[[str], str], text: str) -> str:
    return text if text not in NOTHING and form(text) else ""


SHOWN: Mapping[EntityKind, Memo[str, str]] = {
    kind: by_text(partial(_shown_of, NORMAL_FORMS[kind]), FORMS_KEPT)
    for kind in ("host", "account", "address")
}
"""What a column shows of a text that names something of this kind: the text itself, or "" where it
says nothing. Of the other kinds' texts NOTHING alone decides, and few come twice."""


_PRESENT: Mapping[Rows, Memo[Names, Present]] = {
    rows: by_names(partial(_present, rows)) for rows in ALL_ROWS
}


def rows_of(format: str, product: str, fields: Mapping[str, object]) -> Rows:
    """The rows for an event of this format and Sigma product; what has a channel is Windows',
    whatever the format under which it was published."""
    if "Channel" in fields:
        return WINDOWS
    return ROWS_OF_PRODUCT.get(product) or ROWS_OF_FORMAT.get(format, ANY)


def columns_of(
    format: str, product: str, fields: Mapping[str, object], names: Names = ()
) -> list[str]:
    """What each of COLUMNS shows: the first value of its rows, spelled as in the event; "" for
    none. `names` are the fields', for who has them at hand."""
    columns = [""] * len(COLUMNS)
    present = _PRESENT[rows_of(format, product, fields)]
    for at, seats in present[names or tuple(fields)].columns:
        for name, row, form, is_plain, shown in seats:
            value = fields.get(name)
            if not is_plain or not isinstance(value, str):  # few are
                text = _first_text(fields, name, row, form)
            elif shown is not None:
                text = shown[value]
            else:
                text = value if value not in NOTHING and form(value) else ""
            if text:
                columns[at] = text
                break
    return columns


def _first_text(
    fields: Mapping[str, object], name: str, row: Row, form: Callable[[str], str]
) -> str:
    if row.event_ids and not _has_event_id(fields, row):
        return ""
    for text in _texts(fields, name):
        if form(text):
            return text
    return ""


def _has_event_id(fields: Mapping[str, object], row: Row) -> bool:
    return str(fields.get("EventID")).strip() in row.event_ids


def _texts(fields: Mapping[str, object], name: str) -> tuple[str, ...] | list[str]:
    """The values of a field that say something, as text."""
    value = fields.get(name)
    if value is None and "." in name:
        value = read_field(fields, name)
    if value is None:
        return ()
    if isinstance(value, str):
        is_number = name in NUMBERED and value.isdigit()
        return () if value in NOTHING or is_number else (value,)
    return list(_member_texts(value, name))


def _member_texts(value: object, name: str) -> Iterator[str]:
    for count, member in enumerate(members(value)):
        if count == MEMBERS_MAX:
            return
        if isinstance(member, str):
            if member not in NOTHING:
                yield member
        elif isinstance(member, int) and not isinstance(member, bool) and name not in NUMBERED:
            yield str(member)


def entities_of(event: Event) -> tuple[Entity, ...]:
    """Who and what takes part in an event, each once, in the field map's order."""
    rows = rows_of(event.format, event.product, event.fields)
    ends = _roles_of_ends(event)
    found: dict[Entity, None] = {}
    read: set[str] = set()
    for row, seats in _PRESENT[rows][tuple(event.fields)].rows:
        if row.event_ids and not _has_event_id(event.fields, row):
            continue
        for value in _values(event.fields, seats, read):
            found[Entity(row.kind, value, ends.get(row.column, row.role))] = None
    return tuple(found)


def _values(fields: Mapping[str, object], seats: tuple[Seat, ...], read: set[str]) -> list[str]:
    """What the first of a row's fields that says something says, in normal form."""
    for name, _, form, *_ in seats:
        forms = [form(text) for text in _texts(fields, name)]
        if any(forms) and name not in read:
            read.add(name)
            return [form[:CHARACTERS_MAX] for form in forms if form]
    return []


def _roles_of_ends(event: Event) -> Mapping[Column, Role]:
    """The roles of who opened a connection and who answered, where the event names both."""
    source, destination = ADDRESSES[event.source_ip], ADDRESSES[event.destination_ip]
    if not source or not destination:
        return {}
    inside = INSIDE[source], INSIDE[destination]
    roles = ROLES_OF_CATEGORY.get(event.category, ROLES_OF_ENDS[inside])
    return dict(zip(("source_ip", "destination_ip"), roles, strict=True))
