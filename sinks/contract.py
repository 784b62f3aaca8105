"""The contract of a sink: where decisions are written, and read back as views.

SinkError
├── SinkUnavailable     the world's: wait, then write the same rows again
│   ├── StoreFull       the disk's: nothing more goes in until there is room
│   └── SchemaOutdated  the operator's: the store lacks a table or column; migrate, then go on
├── RowsRefused         our mapping's: these rows will never be taken; dead letter and alarm
└── QueryFailed         the asker's: ClickHouse's own message

Rule 1. `write` returns only when every row of every table is durable. When it raises, some may
        be: the caller writes the same rows again.
Rule 2. Writing a row again changes no view, in whatever grouping and order, because rows are
        told apart by keys that are derived from content (`sinks/tables.py`). Only where a
        table is `repeatable` (the registry) does the later of two different rows hold.
Rule 3. Tables are written in the order of TABLES: a batch's account comes after its rows.
Rule 4. Moments go in as int microseconds and come out as RFC 3339 text in UTC.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from sinks.layout import Layout

Row: TypeAlias = tuple[Any, ...]
"""In column order of its table: text, int, bool, list or None."""
Rows: TypeAlias = Mapping[str, Sequence[Row]]
"""Rows by table name."""
Answer: TypeAlias = dict[str, object]
"""One row of a view or query by column name: text, int, float, bool, list, dict or None."""

DEFAULT_DATABASE = "fenghuo"


class SinkError(Exception):
    """Any fault of a sink."""


class SinkUnavailable(SinkError):
    """The store could not be reached or would not take rows now: retry with the same rows."""


class StoreFull(SinkUnavailable):
    """The store's disk is full, or nearly: the remedy is room."""


class SchemaOutdated(SinkUnavailable):
    """The store lacks what these rows need; the remedy is `fenghuo migrate`."""


class RowsRefused(SinkError):
    """Rows that no retry will get in: names table, row, column and cause."""


class QueryFailed(SinkError):
    """A query that the store could not answer; the message is ClickHouse's."""


class Sink(Protocol):
    """Where rows go. Not thread-safe: one thread, one sink."""

    def migrate(self) -> None:
        """Bring the store's tables and views to this version; nothing where they are."""

    def write(self, rows: Rows, token: str) -> None:
        """All rows, durably, or SinkUnavailable (write them again) or RowsRefused.

        `token` says which records the rows are from; it appears in the store's query log.
        It decides nothing: two writes with one token and other rows are both taken.
        """

    def view(self, name: str) -> list[Answer]:
        """Every row of a view, ordered by its key; QueryFailed where there is no such view."""

    def close(self) -> None:
        """Let go of the store. A closed sink is not used again."""


class Store(Sink, Protocol):
    """A sink that answers SQL, its tables laid out on one server or on a cluster."""

    @property
    def layout(self) -> Layout:
        """How its tables are laid out."""

    @property
    def is_copy(self) -> bool:
        """Whether it is a store that another process writes, as it was: nothing is written."""

    def query(self, sql: str) -> list[Answer]:
        """The rows of one statement; QueryFailed or SinkUnavailable."""

    def lines(self, sql: str) -> Iterator[bytes]:
        """The rows of one statement as JSON lines in chunks, however many there are."""
