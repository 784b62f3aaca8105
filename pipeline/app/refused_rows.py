"""Rows that a store refuses: each is a dead letter of a fault of our mapping, and an alarm."""

from typing import Any

import msgspec

from pipeline.intake.dead_letters import REMEDIES, ROWS_REFUSED
from schemas.batch import DETAIL_CHARS, DeadLetter, original_of
from schemas.ids import content_id
from schemas.moments import FIRST_STORED, LAST_STORED, Moment
from sinks.tables import TABLES

_TABLE_NAMED = {table.name: table for table in TABLES}
_TIMES = ("received_at", "revised_at", "assessed_at")


def refuse_row(table: str, row: tuple[Any, ...], detail: str) -> DeadLetter:
    """The dead letter of one row; `original` is the row as a JSON object of its columns, or its
    beginning."""
    names = [column.name for column in _TABLE_NAMED[table].columns]
    cells = dict(zip(names, row, strict=True))
    original = msgspec.json.encode(cells, order="sorted")
    return DeadLetter(
        dead_letter_id=content_id("dead_letter", table, original),
        enterprise_id=str(cells.get("enterprise_id", "")),
        batch_id=str(cells.get("batch_id", "")),
        topic=str(cells.get("topic", "")),
        partition=int(cells.get("partition", -1)),
        offset=int(cells.get("offset", -1)),
        line=0,
        received_at=_time_of(cells),
        reason=ROWS_REFUSED,
        detail=f"table {table}: {detail}"[:DETAIL_CHARS],
        remedy=REMEDIES[ROWS_REFUSED],
        events=int(table == "events"),
        drill=str(cells.get("drill", "")),
        **original_of(original),
    )


def _time_of(cells: dict[str, Any]) -> Moment:
    time = next((int(cells[name]) for name in _TIMES if name in cells), 0)
    return min(max(time, FIRST_STORED), LAST_STORED)  # it may be what the row is refused for
