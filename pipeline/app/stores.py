"""Opening a store: an embedded one in a folder, or a ClickHouse server (shell)."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from pipeline.app.delivery import DeliveryAbandoned
from pipeline.kafka.secrets import SecretFault, secret_of
from pipeline.state import StateFault
from sinks.contract import SchemaOutdated, SinkError, SinkUnavailable, Store, StoreFull
from sinks.ddl import quote_name
from sinks.linked_copy import is_open_elsewhere, linked_copy

ADDRESS_VARIABLE = "FENGHUO_CLICKHOUSE"
DEFAULT_ADDRESS = "clickhouse://127.0.0.1:9000"


class StorePlace(msgspec.Struct, frozen=True):
    """Which store: a folder, or None for the server's, and the database in it."""

    folder: Path | None
    database: str

    @property
    def is_there(self) -> bool:
        """Whether there may be one to read: a folder that is none stays as it is."""
        return self.folder is None or (self.folder / "metadata").is_dir()


class StoreFault(Exception):
    """What a store refuses, and what to do about it."""


@contextmanager
def open_store(store: Path | None, database: str, must_exist: bool = False) -> Iterator[Store]:
    """The store, closed afterwards; whatever is wrong with it is raised as StoreFault.

    `must_exist` is for those who only read: a folder that is no store stays as it is, and of one
    that another process has open they read a copy (`is_copy`).
    """
    try:
        quote_name(database)
    except ValueError as fault:
        raise StoreFault(f"{fault}: name another database") from fault
    if store is not None:
        _check_folder(store, must_exist)
    try:
        with ExitStack() as stack:
            sink = _open(store, database, must_exist, stack)
            stack.callback(sink.close)
            yield sink
    except SinkError as fault:
        raise StoreFault(_explain(fault, store, database)) from fault
    except DeliveryAbandoned as end:
        raise StoreFault(_explain(end.fault, store, database)) from end
    except StateFault as fault:  # of the states beside an embedded store
        raise StoreFault(f"{fault}; nothing was changed") from fault


def _check_folder(store: Path, must_exist: bool) -> None:
    if must_exist and not (store / "metadata").is_dir():
        raise StoreFault(f"{store}: no such store; `fenghuo run --store` makes one")
    try:
        store.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise StoreFault(f"{store}: {fault.strerror}; name a folder that you may write") from fault


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


def _open(store: Path | None, database: str, reads: bool, stack: ExitStack) -> Store:
    if store is not None:
        from sinks.chdb import ChdbSink

        if not (reads and is_open_elsewhere(store)):
            try:
                return ChdbSink(store, database)
            except StoreFull:
                raise
            except SinkUnavailable:  # or another process opens it in this moment
                if not reads:
                    raise
        copy = stack.enter_context(linked_copy(store))
        return ChdbSink(copy, database, read_only=True)
    from sinks.clickhouse import ClickHouseSink

    # The driver logs a traceback for each refused connection; the fault itself is raised anyway.
    logging.getLogger("clickhouse_driver").addHandler(logging.NullHandler())
    try:
        return ClickHouseSink(secret_of(ADDRESS_VARIABLE) or DEFAULT_ADDRESS, database)
    except SecretFault as fault:
        raise StoreFault(str(fault)) from fault
    except ValueError as fault:
        raise StoreFault(f"${ADDRESS_VARIABLE}: {fault}") from fault
