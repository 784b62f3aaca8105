"""ClickHouse's error codes, by whose fault they are: one table for both engines."""

from re import search

from sinks.contract import (
    QueryFailed,
    RowsRefused,
    SchemaOutdated,
    SinkError,
    SinkUnavailable,
    StoreFull,
)

OUTDATED = frozenset({10, 16, 47, 60, 81})
"""NOT_FOUND_COLUMN_IN_BLOCK, NO_SUCH_COLUMN_IN_TABLE, UNKNOWN_IDENTIFIER, UNKNOWN_TABLE,
UNKNOWN_DATABASE."""

REFUSED = frozenset({6, 20, 25, 26, 27, 38, 41, 43, 44, 50, 53, 69, 70, 72, 117, 131, 349, 407})
"""CANNOT_PARSE_*, NUMBER_OF_COLUMNS_DOESNT_MATCH, ILLEGAL_*, UNKNOWN_TYPE, TYPE_MISMATCH,
ARGUMENT_OUT_OF_BOUND, CANNOT_CONVERT_TYPE, INCORRECT_DATA, TOO_LARGE_STRING_SIZE,
CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN, DECIMAL_OVERFLOW."""

FULL = frozenset({243})
"""NOT_ENOUGH_SPACE."""
FULL_DISK = ("No space left on device", "Disk quota exceeded")
"""How the operating system says it (ENOSPC, EDQUOT), whatever code ClickHouse puts before it."""

UNREACHABLE = frozenset({3, 159, 202, 209, 210, 236, 241, 242, 279, 425, 999})
"""UNEXPECTED_END_OF_FILE, TIMEOUT_EXCEEDED, TOO_MANY_SIMULTANEOUS_QUERIES, SOCKET_TIMEOUT,
NETWORK_ERROR, ABORTED, MEMORY_LIMIT_EXCEEDED, TABLE_IS_READ_ONLY, ALL_CONNECTION_TRIES_FAILED,
SYSTEM_ERROR, KEEPER_EXCEPTION: for a query, too, these are the store's fault."""


def code_of(message: str) -> int:
    """The code in ClickHouse's message, 0 where it has none."""
    found = search(r"Code: (\d+)", message)
    return int(found[1]) if found else 0


def write_fault(table: str, code: int, message: str) -> SinkError:
    """What a failed write raises. A code that no table here knows is waited for: rows that
    could be saved by patience must not be set aside."""
    if is_full(code, message):
        return StoreFull(f"table {table}: {message}; the store's disk is full: make room there")
    if code in REFUSED:
        return RowsRefused(f"table {table}: {message}")
    if code in OUTDATED:
        return SchemaOutdated(f"table {table}: {message}; run `fenghuo migrate`")
    return SinkUnavailable(f"table {table}: {message}")


def query_fault(code: int, message: str) -> SinkError:
    """What a failed query raises."""
    if is_full(code, message):
        return StoreFull(f"{message}; the store's disk is full: make room there")
    return SinkUnavailable(message) if code in UNREACHABLE else QueryFailed(message)


def is_full(code: int, message: str) -> bool:
    """Whether a fault is that of a full disk."""
    return code in FULL or any(said in message for said in FULL_DISK)
