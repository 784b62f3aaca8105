"""Which store a command works on: an embedded one in a folder, or a ClickHouse server (shell)."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from sinks.contract import DEFAULT_DATABASE, SinkError, Store

Command = TypeVar("Command", bound=Callable[..., object])

ADDRESS_VARIABLE = "FENGHUO_CLICKHOUSE"
DEFAULT_ADDRESS = "clickhouse://127.0.0.1:9000"


def sink_options(command: Command) -> Command:
    """The options `--store` and `--database` of every command that reads or writes a store."""
    store = click.option(
        "--store",
        type=click.Path(file_okay=False, path_type=Path),
        default=None,
        envvar="FENGHUO_STORE",
        help="Folder of an embedded store. Without it: the server of $FENGHUO_CLICKHOUSE.",
    )
    database = click.option(
        "--database", default=DEFAULT_DATABASE, show_default=True, envvar="FENGHUO_DATABASE"
    )
    return store(database(command))


@contextmanager
def open_sink(store: Path | None, database: str = DEFAULT_DATABASE) -> Iterator[Store]:
    """The store, closed afterwards; a fault of it ends the command with exit code 1."""
    try:
        sink = _open(store, database)
        try:
            yield sink
        finally:
            sink.close()
    except SinkError as fault:
        raise click.ClickException(str(fault)) from fault


def _open(store: Path | None, database: str) -> Store:
    if store is not None:
        from sinks.chdb import ChdbSink

        return ChdbSink(store, database)
    from sinks.clickhouse import ClickHouseSink

    return ClickHouseSink(os.environ.get(ADDRESS_VARIABLE, DEFAULT_ADDRESS), database)
