"""The rows of the field map: what one of them says, and where it looks in an event."""

from typing import Literal, NamedTuple, TypeAlias, get_args

from schemas.detection import EntityKind

Role: TypeAlias = Literal["actor", "target", "tool", "observer", ""]
Column: TypeAlias = Literal["host", "account", "source_ip", "destination_ip", "process", ""]


class Row(NamedTuple):
    """One part in an event. Where several rows fill a column, the first that has a value does."""

    kind: EntityKind
    role: Role
    names: tuple[str, ...]
    column: Column = ""
    event_ids: frozenset[str] = frozenset()
    """Windows event ids for which alone the row holds; empty: for all."""


class Place(NamedTuple):
    """Where a row looks."""

    name: str
    holders: tuple[str, ...]
    """Under which an object or a list may hold the name: of `a.b.c` these are `a` and `a.b`."""
    row: Row


def _place(name: str, row: Row) -> Place:
    parts = name.split(".")
    return Place(name, tuple(".".join(parts[:length]) for length in range(1, len(parts))), row)


class Rows:
    """The rows of one source, in order, with the places at which each row and each column looks."""

    __slots__ = ("of_column", "rows")

    def __init__(self, *rows: Row) -> None:
        self.rows = tuple((row, tuple(_place(name, row) for name in row.names)) for row in rows)
        self.of_column: dict[Column, tuple[Place, ...]] = {
            column: tuple(
                place for row, places in self.rows if row.column == column for place in places
            )
            for column in get_args(Column)
            if column
        }
