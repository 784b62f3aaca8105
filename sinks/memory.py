"""A sink in memory, under the same contract: for tests, dry runs and as the reference of views."""

import time
from collections.abc import Sequence
from typing import Any, cast

import msgspec

from schemas.assessment import ObligationState, state_at
from schemas.moments import Moment, format_moment, parse_moment
from sinks.case_tables import ASSESSMENTS, INCIDENTS, OBLIGATIONS
from sinks.columns import MAYBE_MOMENT, MOMENT, Table
from sinks.contract import Answer, QueryFailed, Row, Rows, RowsRefused
from sinks.ddl import REGIMES, TIER_COLUMNS, view_tables
from sinks.rows import in_order
from sinks.tables import TABLES


class MemorySink:
    """Keeps one row of each identity, as ReplacingMergeTree does once it has merged."""

    def __init__(self, tables: Sequence[Table] = TABLES) -> None:
        self._tables = {table.name: table for table in tables}
        self._views = view_tables(tables)
        self._kept: dict[str, dict[tuple[Any, ...], Row]] = {table.name: {} for table in tables}

    def migrate(self) -> None:
        """Nothing: it is always of this version."""

    def write(self, rows: Rows, token: str) -> None:
        """See `Sink.write`."""
        for table, of_table in in_order(self._tables, rows):
            _require_encodable(table, of_table)
            for row in of_table:
                self._keep(table, row)

    def view(self, name: str) -> list[Answer]:
        """See `Sink.view`."""
        if name not in self._views:
            raise QueryFailed(f"no view {name}; the views are {', '.join(self._views)}")
        answers = self._answers(self._views[name], every_revision=name not in self._tables)
        if name == OBLIGATIONS.name:
            return [_as_it_stands(answer, time.time_ns() // 1_000) for answer in answers]
        return self._with_tiers(answers) if name == INCIDENTS.name else answers

    def close(self) -> None:
        """Nothing to let go of."""

    def _keep(self, table: Table, row: Row) -> None:
        kept = self._kept[table.name]
        identity = tuple(row[index] for index in _indexes(table, table.order_by))
        before = kept.get(identity)
        # Of equal versions the later written, as ReplacingMergeTree has it.
        if before is None or _version(table, row) >= _version(table, before):
            kept[identity] = row

    def _answers(self, table: Table, every_revision: bool) -> list[Answer]:
        """In key order, then by revision; without `every_revision`, the highest of each key."""
        order = (*table.key, table.revision) if table.revision else table.key
        indexes = _indexes(table, order)
        rows = sorted(
            self._kept[table.name].values(), key=lambda row: tuple(row[index] for index in indexes)
        )
        if table.revision and not every_revision:
            rows = list({tuple(row[index] for index in indexes[:-1]): row for row in rows}.values())
        return [_answer(table, row) for row in rows]

    def _with_tiers(self, incidents: list[Answer]) -> list[Answer]:
        assessments = {
            (row["incident_id"], row["regime"]): row
            for row in self._answers(ASSESSMENTS, every_revision=False)
        }
        return [_with_assessments(incident, assessments) for incident in incidents]


def _with_assessments(incident: Answer, assessments: dict[tuple[object, object], Answer]) -> Answer:
    tiers: Answer = {
        f"{regime}_{name}": assessments.get((incident["incident_id"], regime), {}).get(name, "")
        for regime in REGIMES
        for name in TIER_COLUMNS
    }
    return incident | tiers


def _as_it_stands(obligation: Answer, now: Moment) -> Answer:
    """Deadlines pass whether or not anything is written."""
    times = (obligation[name] for name in ("due_soon_at", "due_at"))
    soon_at, due_at = (None if each is None else parse_moment(str(each)) for each in times)
    state = cast(ObligationState, obligation["state"])
    return obligation | {"state": state_at(state, soon_at, due_at, now)}


def _indexes(table: Table, names: Sequence[str]) -> list[int]:
    """Of those that are columns; an expression among them adds nothing to an identity."""
    places = {name: index for index, name in enumerate(table.column_names)}
    return [places[name] for name in names if name in places]


def _version(table: Table, row: Row) -> int:
    if not table.version:
        return 0
    version: int = row[table.column_names.index(table.version)]
    return version


def _answer(table: Table, row: Row) -> Answer:
    return {
        column.name: _shown(column.type, value)
        for column, value in zip(table.columns, row, strict=True)
    }


def _shown(type: str, value: Any) -> object:
    if type in (MOMENT, MAYBE_MOMENT):
        return None if value is None else format_moment(value)
    return list(value) if isinstance(value, (list, tuple)) else value


def _require_encodable(table: Table, rows: Sequence[Row]) -> None:
    """Refuse what no wire format carries: numbers past 64 bits, lone surrogates."""
    try:
        msgspec.msgpack.encode(rows)
    except (OverflowError, UnicodeEncodeError) as fault:
        raise RowsRefused(f"table {table.name}: {fault}") from fault
