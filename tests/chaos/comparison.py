"""Stores held against each other, row for row."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import msgspec

from schemas.columns import Table
from schemas.tables import TABLES
from sinks.chdb import ChdbSink

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


def read_stores(folders: Iterable[Path]) -> Contents:
    """The union of what these stores hold, every revision of everything."""
    contents: dict[str, defaultdict[str, set[str]]] = {
        table.name: defaultdict(set) for table in TABLES
    }
    for folder in folders:
        sink = ChdbSink(folder)
        try:
            for table in TABLES:
                for row in sink.view(table.history or table.name):
                    contents[table.name][_identity(table, row)].add(_text(row))
        finally:
            sink.close()
    return contents


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
