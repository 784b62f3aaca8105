"""Which store a command works on: an embedded one in a folder, or a ClickHouse server (shell)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from pipeline.app.stores import StoreFault, StorePlace, open_store
from sinks.contract import DEFAULT_DATABASE, Store
from sinks.ddl import quote_name

Command = TypeVar("Command", bound=Callable[..., object])


class ChosenStore(StorePlace, frozen=True):
    """The store that the options name."""

    def open(self) -> AbstractContextManager[Store]:
        """For who writes: a folder becomes a store. See `open_sink`."""
        return open_sink(self.folder, self.database)

    def read(self) -> AbstractContextManager[Store]:
        """For who only reads: a folder that is no store stays as it is. See `open_sink`."""
        return open_sink(self.folder, self.database, must_exist=True)


def store_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options `--store` and `--database`; the command gets `store`, a ChosenStore."""

    @sink_options
    @wraps(command)
    def placed(*given: Any, store: Path | None, database: str, **named: Any) -> object:
        return command(*given, store=ChosenStore(store, database), **named)

    return placed


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


def keep_option(command: Command) -> Command:
    """The option `--no-keep`, for who may read the store and no more."""
    return click.option(
        "--no-keep", "is_kept", flag_value=False, default=True, help="Only read: write no rows."
    )(command)


@contextmanager
def open_sink(
    store: Path | None, database: str = DEFAULT_DATABASE, must_exist: bool = False
) -> Iterator[Store]:
    """The store, closed afterwards; a fault of it ends the command with exit code 1.

    `must_exist` is for commands that only read: a folder that is no store stays as it is.
    """
    check_database(database)  # a name that cannot be is a wrong call (2), not a failure (1)
    try:
        with open_store(store, database, must_exist) as sink:
            yield sink
    except StoreFault as fault:
        raise click.ClickException(str(fault)) from fault


def check_database(database: str) -> None:
    """Raises BadParameter for what cannot be the name of a database."""
    try:
        quote_name(database)
    except ValueError as fault:
        raise click.BadParameter(str(fault), param_hint="--database") from fault
