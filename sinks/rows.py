"""Decisions to rows, and the last check of rows before they leave: pure."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from re import findall
from typing import Any

import msgspec

from schemas.decision import Decision
from schemas.event import Event
from schemas.sighting import Sighting
from sinks.columns import WRITTEN_AS, Table
from sinks.contract import Row, Rows, RowsRefused
from sinks.rollups import count_events, sources_seen
from sinks.tables import TABLE_OF


def rows_of(decisions: Iterable[Decision]) -> dict[str, list[Row]]:
    """The decisions as rows by table name, in order, and the counts of their events.

    Sightings have no rows: what comes of them has. All events of a batch come in one call: the
    counts are the batch's (sinks/rollups.py).
    """
    of_kind: dict[type, list[Any]] = {}
    for each in decisions:
        of_kind.setdefault(type(each), []).append(each)
    of_kind.pop(Sighting, None)
    counts = count_events(of_kind.get(Event, ()))
    for count in (*counts, *sources_seen(counts)):
        of_kind.setdefault(type(count), []).append(count)
    return {TABLE_OF[kind].name: TABLE_OF[kind].rows(things) for kind, things in of_kind.items()}


def in_order(tables: Mapping[str, Table], rows: Rows) -> list[tuple[Table, Sequence[Row]]]:
    """The tables that have rows, in the order in which they are written, their rows checked.

    Raises RowsRefused for an unknown table, or a row whose values its columns cannot hold.
    """
    for name in rows:
        if name not in tables:
            raise RowsRefused(f"table {name}: unknown; the tables are {', '.join(tables)}")
    return [
        (table, _checked(table, rows[name])) for name, table in tables.items() if rows.get(name)
    ]


def _checked(table: Table, rows: Sequence[Row]) -> Sequence[Row]:
    try:
        checked: Sequence[Row] = msgspec.convert(rows, _row_type(table))
    except msgspec.ValidationError as fault:
        raise RowsRefused(f"table {table.name}: {_explain(table, str(fault))}") from fault
    return checked


@cache
def _row_type(table: Table) -> Any:
    cells = tuple(WRITTEN_AS[column.type] for column in table.columns)
    return list[tuple[cells]]  # type: ignore[valid-type]


def _explain(table: Table, fault: str) -> str:
    """`… - at `$[3][7]`` with the row counted from 1 and the column named."""
    cause, _, path = fault.partition(" - at ")
    indexes = [int(index) for index in findall(r"\[(\d+)\]", path)]
    if len(indexes) < 2:
        return fault
    name = table.columns[indexes[1]].name
    return f"row {indexes[0] + 1}, column {name}: {cause}"
