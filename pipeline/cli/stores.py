"""Which store a command works on: an embedded one in a folder, or a ClickHouse server (shell)."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from pipeline.app.delivery import DeliveryAbandoned
from pipeline.kafka.secrets import SecretFault, secret_of
from sinks.contract import (
    DEFAULT_DATABASE,
    SchemaOutdated,
    SinkError,
    SinkUnavailable,
    Store,
    StoreFull,
)
from sinks.ddl import quote_name

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
def open_sink(
    store: Path | None, database: str = DEFAULT_DATABASE, must_exist: bool = False
) -> Iterator[Store]:
    """The store, closed afterwards; a fault of it ends the command with exit code 1.

    `must_exist` is for commands that only read: a folder that is no store stays as it is.
    """
    check_database(database)
    if store is not None:
        _check_folder(store, must_exist)
    try:
        sink = _open(store, database)
        try:
            yield sink
        finally:
            sink.close()
    except SinkError as fault:
        raise click.ClickException(_explain(fault, store, database)) from fault
    except DeliveryAbandoned as end:
        raise click.ClickException(_explain(end.fault, store, database)) from end


def check_database(database: str) -> None:
    """Raises BadParameter for what cannot be the name of a database."""
    try:
        quote_name(database)
    except ValueError as fault:
        raise click.BadParameter(str(fault), param_hint="--database") from fault


def _check_folder(store: Path, must_exist: bool) -> None:
    if must_exist and not (store / "metadata").is_dir():
        raise click.ClickException(f"{store}: no such store; `fenghuo run --store` makes one")
    try:
        store.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise click.ClickException(
            f"{store}: {fault.strerror}; name a folder that you may write"
        ) from fault


def _explain(fault: SinkError, store: Path | None, database: str) -> str:
    """The store's own words, and the remedy where they lack one."""
    text = str(fault)
    if isinstance(fault, StoreFull):
        return f"{text}; then give the command again: what is stored does not count twice"
    if "UNKNOWN_TABLE" in text:
        cause = text.partition(". In scope")[0]
        return f"{cause}; database {database} is not Fenghuo's, or `fenghuo migrate` is due"
    if (
        store is None
        and isinstance(fault, SinkUnavailable)
        and not isinstance(fault, SchemaOutdated)
    ):
        return f"{text}; start it, set ${ADDRESS_VARIABLE}, or name an embedded store (--store)"
    return text


def _open(store: Path | None, database: str) -> Store:
    if store is not None:
        from sinks.chdb import ChdbSink

        return ChdbSink(store, database)
    from sinks.clickhouse import ClickHouseSink

    # The driver logs a traceback for each refused connection; the fault itself is raised anyway.
    logging.getLogger("clickhouse_driver").addHandler(logging.NullHandler())
    try:
        return ClickHouseSink(secret_of(ADDRESS_VARIABLE) or DEFAULT_ADDRESS, database)
    except SecretFault as fault:
        raise click.ClickException(str(fault)) from fault
    except ValueError as fault:
        raise click.ClickException(f"${ADDRESS_VARIABLE}: {fault}") from fault
