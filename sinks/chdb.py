"""The embedded store: ClickHouse's engine inside this process, a directory on this machine.

Rule 1. One process has a directory open at a time, and one directory at a time is open in a
        process; several sinks of one process may share it, with a database each.
Rule 2. Rows travel as MessagePack, whose integers DateTime64 takes as they are: microseconds
        stay exact. The engine reads the values of rows one after another, without frames.
Rule 3. They are read as a file (INFILE): a fault of the disk is raised then. The package's own
        `send_insert` counts rows as written that a full disk did not take (chDB 4.4.0).
Rule 4. Before the disk is full the sink says that it is: merges, and what is kept beside the
        tables, need room too (`sinks/room.py`).
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import chdb
import msgspec
from chdb.state.sqlitelike import Connection

from sinks import migrations
from sinks.columns import Table
from sinks.contract import (
    DEFAULT_DATABASE,
    Answer,
    QueryFailed,
    Row,
    Rows,
    RowsRefused,
    SchemaOutdated,
    SinkError,
    SinkUnavailable,
    StoreFull,
)
from sinks.ddl import WRITE_SETTINGS, quote_name, select_view
from sinks.faults import code_of, is_full, query_fault, write_fault
from sinks.layout import SINGLE, Layout
from sinks.room import require_room
from sinks.rows import in_order
from sinks.tables import TABLES

_SESSION = (
    "SET date_time_output_format = 'iso', session_timezone = 'UTC',"
    " output_format_json_quote_64bit_integers = 0"
)
_SETTINGS = ", ".join(
    f"{name} = {value!r}"
    for name, value in {**WRITE_SETTINGS, "input_format_parallel_parsing": 0}.items()
)
"""In one thread: the same rows make the same blocks, and small writes cost less."""
_NOT_STREAMED = "Streaming query is not supported"
"""What the engine says to EXPLAIN, SHOW and the like."""
_FAULTS = (chdb.ChdbError, RuntimeError)


class ChdbSink:
    """A store in `directory`, made when it is not there; `read_only` needs one that is.

    Raises SinkUnavailable when another process has it open, or this process another one, and
    SchemaOutdated when `read_only` finds no such store.
    """

    def __init__(
        self,
        directory: str | Path,
        database: str = DEFAULT_DATABASE,
        read_only: bool = False,
        tables: Sequence[Table] = TABLES,
        steps: Sequence[migrations.Migration] | None = None,
    ) -> None:
        self._tables = {table.name: table for table in tables}
        self._steps = migrations.migrations_of() if steps is None else steps
        self._directory = Path(directory)
        self._is_read_only = read_only
        if (
            not read_only and not self._directory.exists()
        ):  # one that is there can be read when its disk is full
            self._directory.mkdir(parents=True)
            require_room(self._directory)
        self._connection = _connect(Path(directory), read_only)
        try:
            self._enter(quote_name(database), read_only)
        except BaseException:
            self._connection.close()
            raise

    @property
    def layout(self) -> Layout:
        """See `Store.layout`: always one server."""
        return SINGLE

    @property
    def is_copy(self) -> bool:
        """See `Store.is_copy`: what is opened to be read only is."""
        return self._is_read_only

    def migrate(self) -> None:
        """See `Sink.migrate`."""
        migrations.run(self._run, self.query, self._steps, tuple(self._tables.values()))

    def write(self, rows: Rows, token: str) -> None:
        """See `Sink.write`; the embedded engine has no query log for the token."""
        require_room(self._directory)
        for table, of_table in in_order(self._tables, rows):
            self._insert(table, _values(table, of_table))

    def view(self, name: str) -> list[Answer]:
        """See `Sink.view`."""
        return self.query(select_view(tuple(self._tables.values()), name))

    def query(self, sql: str) -> list[Answer]:
        """See `Store.query`."""
        answer = self._run(sql)
        try:
            return [msgspec.json.decode(line, type=Answer) for line in answer.splitlines() if line]
        except msgspec.DecodeError as fault:
            raise QueryFailed("the query names a FORMAT of its own; leave it out") from fault

    def lines(self, sql: str) -> Iterator[bytes]:
        """See `Store.lines`."""
        try:
            with self._connection.send_query(sql, "JSONEachRow") as chunks:
                for chunk in chunks:
                    yield chunk.bytes()
        except _FAULTS as fault:
            if _NOT_STREAMED not in str(fault):
                raise _query_fault(fault) from fault
            yield self._run(sql)

    def close(self) -> None:
        """See `Sink.close`."""
        self._connection.close()

    def _enter(self, database: str, read_only: bool) -> None:
        try:
            if not read_only:
                self._connection.query(f"CREATE DATABASE IF NOT EXISTS {database}")
            self._connection.query(f"USE {database}")
            self._connection.query(_SESSION)
        except _FAULTS as fault:
            raise SchemaOutdated(f"{_plain(fault)}: is this a store?") from fault

    def _run(self, sql: str) -> bytes:
        try:
            answer: bytes = self._connection.query(sql, "JSONEachRow").bytes()
        except _FAULTS as fault:
            raise _query_fault(fault) from fault
        return answer

    def _insert(self, table: Table, values: bytes) -> None:
        columns = ", ".join(f"`{name}`" for name in table.column_names)
        insert = f"INSERT INTO {table.stored_name} ({columns})"
        try:
            with _as_file(values) as file:
                self._connection.query(
                    f"{insert} FROM INFILE '{file}' COMPRESSION 'none'"
                    f" SETTINGS {_SETTINGS} FORMAT MsgPack"
                )
        except OSError as fault:
            raise SinkUnavailable(f"table {table.name}: {fault}") from fault
        except _FAULTS as fault:
            where = f"{self._directory}: {_plain(fault)}"
            raise write_fault(table.name, code_of(str(fault)), where) from fault


def _connect(directory: Path, read_only: bool) -> Connection:
    if read_only and not directory.is_dir():
        raise SchemaOutdated(f"{directory}: no such store")
    try:
        engine: Any = chdb  # the package has no types
        opened: Connection = engine.connect(f"{directory}?mode=ro" if read_only else str(directory))
        return opened
    except _FAULTS as fault:
        if is_full(code_of(str(fault)), str(fault)):
            raise StoreFull(f"{directory}: {_plain(fault)}; make room on its disk") from fault
        hint = "a store is open in one process at a time: is another one using it?"
        raise SinkUnavailable(f"{directory}: {_plain(fault)}; {hint}") from fault


@contextmanager
def _as_file(values: bytes) -> Iterator[str]:
    """The path under which this process can read the values: in memory where the system can."""
    in_memory = hasattr(os, "memfd_create")  # Linux
    with os.fdopen(os.memfd_create("rows"), "w+b") if in_memory else TemporaryFile() as file:
        file.write(values)
        file.flush()
        yield f"/dev/fd/{file.fileno()}"


def _values(table: Table, rows: Sequence[Row]) -> bytes:
    """All values, row after row: one MessagePack array without its header."""
    values = list(chain.from_iterable(rows))
    try:
        encoded = msgspec.msgpack.encode(values)
    except (OverflowError, UnicodeEncodeError) as fault:
        raise RowsRefused(f"table {table.name}: {fault}") from fault
    return encoded[_header_bytes(len(values)) :]


def _header_bytes(length: int) -> int:
    """Of a MessagePack array: fixarray, array 16, array 32 (MessagePack specification)."""
    if length < 1 << 4:
        return 1
    return 3 if length < 1 << 16 else 5


def _query_fault(fault: Exception) -> SinkError:
    return query_fault(code_of(str(fault)), _plain(fault))


def _plain(fault: Exception) -> str:
    """ClickHouse's message without the wrapping that the Python package puts around it."""
    message = str(fault)
    start = message.find("Code:")
    return message[start:] if start >= 0 else message
