"""A ClickHouse server over its native protocol. One thread, one connection.

Rule 1. Every setting that decides what an insert means is sent with it (`WRITE_SETTINGS`).
Rule 2. After any fault the connection is dropped; the next call connects anew, to the next of
        several hosts when the first does not answer. Nothing is retried here: the caller knows
        whether it may wait.
Rule 3. Integers go into DateTime64 as they are: microseconds stay exact.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

import msgspec
from clickhouse_driver import Client
from clickhouse_driver.errors import Error
from clickhouse_driver.util.helpers import parse_url

from sinks import migrations
from sinks.answers import answer_of
from sinks.columns import Table
from sinks.contract import (
    DEFAULT_DATABASE,
    Answer,
    Row,
    Rows,
    RowsRefused,
    SinkUnavailable,
)
from sinks.ddl import WRITE_SETTINGS, quote_name, select_view
from sinks.faults import query_fault, write_fault
from sinks.layout import SINGLE, Layout
from sinks.rows import in_order
from sinks.tables import TABLES

SERVER_SETTINGS: Mapping[str, int | str] = WRITE_SETTINGS | {"session_timezone": "UTC"}

_TIMEOUTS_S = {"connect_timeout": 5, "send_receive_timeout": 60, "sync_request_timeout": 5}


class ClickHouseSink:
    """A database of the server at `address`: `clickhouse://user:password@host:port?option=…`.

    `clickhouses://` is TLS. Options are those of clickhouse-driver, among them
    `alt_hosts=h2:9000,h3:9000`, `compression=lz4` and `send_receive_timeout` (seconds), and
    `cluster=NAME`: replicated and distributed tables on that cluster (`sinks/layout.py`).
    Nothing is sent before the first call. `steps` and `settings` speak to servers of another age.
    """

    def __init__(
        self,
        address: str,
        database: str = DEFAULT_DATABASE,
        tables: Sequence[Table] = TABLES,
        steps: Sequence[migrations.Migration] | None = None,
        settings: Mapping[str, int | str] = SERVER_SETTINGS,
    ) -> None:
        self._tables = {table.name: table for table in tables}
        self.layout = layout_of(address, database)
        self._steps = migrations.migrations_of(self.layout) if steps is None else steps
        self._database = quote_name(database)
        self._client = _client(address, database, settings)
        self._lobby = _client(address, "default", settings)
        self._writes = count(1)

    @property
    def is_copy(self) -> bool:
        """See `Store.is_copy`: a server has no copies."""
        return False

    def migrate(self) -> None:
        """See `Sink.migrate`; makes the database first."""
        with _faults_of_query(self._lobby):
            self._lobby.execute(
                f"CREATE DATABASE IF NOT EXISTS {self._database}{self.layout.on_cluster}"
            )
        self._lobby.disconnect()
        migrations.run(self._execute, self.query, self._steps, tuple(self._tables.values()))

    def write(self, rows: Rows, token: str) -> None:
        """See `Sink.write`; the token begins the id of each query in the server's log."""
        attempt = next(self._writes)
        for table, of_table in in_order(self._tables, rows):
            self._insert(table, of_table, f"{token}/{table.name}/{attempt}")

    def view(self, name: str) -> list[Answer]:
        """See `Sink.view`."""
        return self.query(select_view(tuple(self._tables.values()), name))

    def query(self, sql: str) -> list[Answer]:
        """See `Store.query`."""
        with _faults_of_query(self._client):
            rows, columns = self._client.execute(sql, with_column_types=True) or ([], [])
        return [answer_of(columns, row) for row in rows]

    def lines(self, sql: str) -> Iterator[bytes]:
        """See `Store.lines`."""
        with _faults_of_query(self._client):
            rows = self._client.execute_iter(sql, with_column_types=True)
            columns = next(rows, ())
            for row in rows:
                yield msgspec.json.encode(answer_of(columns, row)) + b"\n"

    def close(self) -> None:
        """See `Sink.close`."""
        self._client.disconnect()

    def _execute(self, statement: str) -> None:
        with _faults_of_query(self._client):
            self._client.execute(statement)

    def _insert(self, table: Table, rows: Sequence[Row], query_id: str) -> None:
        columns = ", ".join(f"`{name}`" for name in table.column_names)
        insert = f"INSERT INTO {table.stored_name} ({columns}) VALUES"
        with _faults_of_write(self._client, table.name):
            self._client.execute(insert, rows, query_id=query_id)


def layout_of(address: str, database: str) -> Layout:
    """What the address says: the option `cluster`, or one server.

    Raises ValueError for a cluster whose name is more than letters, digits and `_`.
    """
    cluster = str(parse_url(address)[1].get("settings", {}).get("cluster", ""))
    if not cluster:
        return SINGLE
    quote_name(cluster)
    return Layout(cluster, database)


def _client(address: str, database: str, settings: Mapping[str, int | str]) -> Any:
    host, options = parse_url(address)
    if not host:
        raise ValueError(f"{address!r} is no address: write clickhouse://user:password@host:9000")
    merged = {**options.pop("settings", {}), **settings}
    # Ours and not the server's: it would refuse an unknown setting.
    merged.pop("cluster", None)
    return Client(host, **_TIMEOUTS_S | options | {"database": database, "settings": merged})


@contextmanager
def _faults_of_query(client: Any) -> Iterator[None]:
    """Every lower exception as one of ours; the connection is dropped."""
    try:
        yield
    except Error as fault:
        client.disconnect()
        raise query_fault(fault.code, _without_trace(fault)) from fault
    except (OSError, EOFError) as fault:
        client.disconnect()
        raise SinkUnavailable(_without_trace(fault)) from fault


@contextmanager
def _faults_of_write(client: Any, table: str) -> Iterator[None]:
    try:
        yield
    except Error as fault:
        client.disconnect()
        raise write_fault(table, fault.code, _without_trace(fault)) from fault
    except (OSError, EOFError) as fault:
        client.disconnect()
        raise SinkUnavailable(f"table {table}: {_without_trace(fault)}") from fault
    except (OverflowError, UnicodeEncodeError) as fault:
        client.disconnect()
        raise RowsRefused(f"table {table}: {fault}") from fault


def _without_trace(fault: Exception) -> str:
    """The message without the server's stack trace."""
    return (str(fault).strip() or type(fault).__name__).split("Stack trace:", 1)[0].strip()
