"""One part of a date, as it is written: no time zone is converted (modifiers appendix)."""

import re
from datetime import date

PARTS = {
    "year": (0, 9999),
    "month": (1, 12),
    "week": (1, 53),
    "day": (1, 31),
    "hour": (0, 23),
    "minute": (0, 59),
}
"""Each part and the range of its numbers; `week` is ISO 8601's."""

_DATE = re.compile(
    r"\s*(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})"
    r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d{2}))?"
)


def date_part(text: str | None, part: str) -> int | None:
    """The number of `part` in `text` (`2025-08-02 10:15:00`); None where it has none."""
    match = _DATE.match(text) if text else None
    if match is None:
        return None
    if part == "week":
        return _week(int(match["year"]), int(match["month"]), int(match["day"]))
    return int(match[part]) if match[part] is not None else None


def _week(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).isocalendar().week
    except ValueError:
        return None
