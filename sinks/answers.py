"""What the native protocol returns, as what the embedded engine writes in JSON: pure.

Moments become RFC 3339 text in UTC with as many digits as their type has, dates ISO 8601,
numbers that JSON lacks (NaN, infinities) None, and whatever else has no JSON form its text.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from re import search
from typing import Any

from sinks.contract import Answer


def answer_of(columns: Sequence[tuple[str, str]], row: Sequence[Any]) -> Answer:
    """One row by column name; `columns` are (name, ClickHouse type)."""
    return {
        name: shown(value, _digits(type)) for (name, type), value in zip(columns, row, strict=True)
    }


def shown(value: Any, digits: int) -> object:
    """The value as JSON has it; `digits` of a second's fraction for moments."""
    if isinstance(value, datetime):
        return _moment_text(value, digits)
    if isinstance(value, (list, tuple)):
        return [shown(item, digits) for item in value]
    if isinstance(value, dict):
        return {str(key): shown(of_key, digits) for key, of_key in value.items()}
    return _SHOWN.get(type(value), str)(value)


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


_SHOWN: dict[type, Callable[[Any], object]] = {
    type(None): lambda _: None,
    bool: bool,
    int: int,
    str: str,
    float: _finite,
    Decimal: float,
    date: date.isoformat,
}


def _digits(type: str) -> int:
    found = search(r"DateTime64\((\d)", type)
    return int(found[1]) if found else 0


def _moment_text(when: datetime, digits: int) -> str:
    """A moment without a time zone is UTC: the session's."""
    utc = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    text = utc.strftime("%Y-%m-%dT%H:%M:%S.%f")
    return f"{text[: 19 + digits + bool(digits)]}Z"
