"""Stores held against each other, row for row.

Two workers with a store each write the versions of one row into either; in one store the highest
would replace the others (ReplacingMergeTree), so the highest of both counts.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from schemas.moments import Moment, parse_moment
from sinks.chdb import ChdbSink
from sinks.columns import Table
from sinks.tables import TABLES

Contents: TypeAlias = Mapping[str, dict[str, set[str]]]
"""By table: key and revision of a row, and the different rows found under it (one, if right)."""


class Difference(msgspec.Struct, frozen=True):
    """One table: rows of the undisturbed run, and what the disturbed one has otherwise."""

    table: str
    rows: int
    lost: tuple[str, ...]
    extra: tuple[str, ...]
    doubled: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Row for row the same."""
        return not (self.lost or self.extra or self.doubled)


BROUGHT_BY_TIME = {
    "detections": "received_at",
    "incidents": "revised_at",
    "assessments": "assessed_at",
    "obligations": "revised_at",
}
"""Tables that grow without a record (a quiet incident closes, a duty falls overdue), and the moment
at which each row was due: of two runs, the one that ends later has more. Up to a moment that both
have passed they are the same, whenever either looked at its timers."""


def read_stores(folders: Iterable[Path], until: Moment) -> Contents:
    """The union of what these stores hold, every revision of everything.

    What time alone brought after `until`, the receipt of the last record, is left out.
    """
    union = {table.name: Union(table) for table in TABLES}
    for folder in folders:
        sink = ChdbSink(folder)
        try:
            for table in TABLES:
                rows = sink.view(table.history or table.name)
                union[table.name].take(each for each in rows if not is_later(table, each, until))
        finally:
            sink.close()
    return {name: each.rows for name, each in union.items()}


def is_later(table: Table, row: Mapping[str, Any], until: Moment) -> bool:
    """Whether time alone brought it, after that moment."""
    column = BROUGHT_BY_TIME.get(table.name)
    return column is not None and parse_moment(row[column]) > until


class Union:
    """The rows of one table in several stores, by identity; of versions, the highest."""

    def __init__(self, table: Table) -> None:
        self.rows: defaultdict[str, set[str]] = defaultdict(set)
        self._table = table
        self._version = "" if table.revision else table.version
        self._highest: dict[str, Any] = {}

    def take(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """The rows of another store."""
        for row in rows:
            identity = _identity(self._table, row)
            version = row[self._version] if self._version else 0
            highest = self._highest.get(identity, version)
            if version > highest:
                self.rows[identity].clear()
            if version >= highest:
                self._highest[identity] = version
                self.rows[identity].add(_text(row))


def compare(expected: Contents, found: Contents) -> list[Difference]:
    """Table by table; `doubled` are keys under which the stores disagree among themselves."""
    return [
        Difference(
            table=name,
            rows=sum(map(len, rows.values())),
            lost=tuple(_rows(rows) - _rows(found[name])),
            extra=tuple(_rows(found[name]) - _rows(rows)),
            doubled=tuple(key for key, variants in found[name].items() if len(variants) > 1),
        )
        for name, rows in expected.items()
    ]


def _rows(rows: Mapping[str, set[str]]) -> set[str]:
    return {row for variants in rows.values() for row in variants}


def _identity(table: Table, row: Mapping[str, object]) -> str:
    names = (*table.key, table.revision) if table.revision else table.key
    return json.dumps([row[name] for name in names])


def _text(row: Mapping[str, object]) -> str:
    return json.dumps(row, sort_keys=True, ensure_ascii=False)
