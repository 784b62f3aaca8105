"""When an event happened, and the first telling text: tables, first present wins.

Names are those that rules see (Sigma's taxonomy; dotted names for ECS, Zeek and OCSF).
"""

from collections.abc import Mapping

from schemas.moments import Moment, parse_moment

TIME_FIELDS = (
    "@timestamp",
    "TimeCreated",
    "SystemTime",
    "time_dt",
    "time",
    "ts",
    "timestamp",
    "UtcTime",
    "eventTime",
    "EventTime",
)
"""The collector's moment before the sensor's local one: `EventTime` carries no offset."""

_EPOCH_DIGITS = ((1e17, 1_000), (1e14, 1), (1e11, 1 / 1_000))
"""Numbers at least this large are nanoseconds, microseconds, milliseconds; else seconds."""


def first_text(fields: Mapping[str, object], names: tuple[str, ...]) -> str:
    """The first of these fields that holds a telling text; "" where none does."""
    for name in names:
        value = fields.get(name)
        if value and value != "-":
            if isinstance(value, str):
                return value
            if isinstance(value, int):
                return str(value)
    return ""


def time_of(fields: Mapping[str, object]) -> Moment | None:
    """When the sensor saw it; None where no time field can be read."""
    for name in TIME_FIELDS:
        value = fields.get(name)
        if value is None or value == "":
            continue
        moment = _moment(value)
        if moment is not None:
            return moment
    return None


def _moment(value: object) -> Moment | None:
    if isinstance(value, str):
        try:
            return parse_moment(value)
        except ValueError:
            return _epoch_text(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _epoch(value)
    return None


def _epoch_text(text: str) -> Moment | None:
    if "_" in text:  # Python's own digit separator, nobody's time
        return None
    try:
        return _epoch(float(text))
    except ValueError:
        return None


def _epoch(number: int | float) -> Moment | None:
    if not 0 < number < 1e20:
        return None
    for floor, divisor in _EPOCH_DIGITS:
        if number >= floor:
            return int(number // divisor) if divisor >= 1 else int(number * 1_000)
    return round(number * 1_000_000)
