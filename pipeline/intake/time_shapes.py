"""How sensors write a moment: the shapes as one table, from ISO 8601 to what syslog leaves out.

A text without an offset is read in the zone of `LocalTime`; one without a year takes the last
year in which it was not past its receipt. Nothing is guessed beyond these two.
"""

import re
from calendar import month_abbr
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

from schemas.moments import DAY, SECOND, Moment, datetime_of, moment_of
from schemas.time_zones import zone_of


class LocalTime(NamedTuple):
    """What a text that leaves out its offset or year is read by."""

    zone: tzinfo = UTC
    received_at: Moment | None = None


UNIVERSAL = LocalTime()
LONGEST = 80
"""Characters; no longer text is a moment."""

_LEAST_MILLISECONDS = 10**11
_EPOCH_UNITS = ((10**17, 1_000), (10**14, 1), (_LEAST_MILLISECONDS, 0))
"""Numbers at least this large are nanoseconds, microseconds, milliseconds; else seconds."""
_FILETIME = range(119_600_064_000_000_000, 160_000_000_000_000_000)
"""100 ns since 1601, from 1980 to 2108; as nanoseconds since 1970 these are no event's time."""
_COMPACT = range(19_800_101_000_000, 22_000_101_000_000)
"""20240301080000; as milliseconds since 1970 these are centuries ahead."""
_FILETIME_EPOCH = 116_444_736_000_000_000

_CLOCK = (
    r"(?P<half>上午|下午)?\s*(?P<hour>\d{1,2})[:时](?P<minute>\d{2})"
    r"(?:[:分](?P<second>\d{2}))?(?:[.,](?P<fraction>\d{1,12}))?秒?(?:\s*(?P<noon>[AaPp])\.?[Mm]\b\.?)?"
)
_ZONE = (
    r"\s*(?P<zone>[Zz]|(?:UTC|GMT)?[+\-\u2212]\d{1,2}(?::?\d{2}){0,2}|[A-Z]{2,5}|[A-Z]\w+(?:/\w+){1,2})?"
    r"(?:\s?\[[\w/+\-]+\]|\s\([\w ]+\)|\s[A-Z]{2,5}|\s[+\-]\d\d)?(?:\sm=[+\-][\d.]+)?"
)
_NAMED = r"(?P<name>[A-Za-z]{3,9})"
_WEEKDAY = r"(?:[A-Z][a-z]{2,8},?\s+)?"

SHAPES: dict[str, str] = {
    "2024-03-01 08:00:00.1 +0800, 2024年03月01日 08时00分00秒": (
        r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
        rf"(?:[Tt\s_:]*{_CLOCK}{_ZONE})?"
    ),
    "20240301T080000.1Z": (
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)[Tt\s]?"
        r"(?P<hour>\d\d):?(?P<minute>\d\d):?(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,12}))?" + _ZONE
    ),
    "01/Mar/2024:08:00:00 +0000, Fri, 01 Mar 2024 08:00:00 GMT": (
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})[/\s-]{_NAMED}[/\s-](?P<year>\d{{4}}|\d\d)[:\s]+{_CLOCK}{_ZONE}"
    ),
    "Fri Mar  1 08:00:00 UTC 2024": (
        rf"{_WEEKDAY}{_NAMED}\s+(?P<day>\d{{1,2}}),?\s+{_CLOCK}"
        r"(?:\s+(?P<zone>[A-Z]{2,5}|[+\-]\d\d:?\d\d))?\s+(?P<year>\d{4})"
    ),
    "Mar 01 2024 08:00:00, Mar 1, 2024 @ 08:00:00.000": (
        rf"{_WEEKDAY}{_NAMED}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}}),?(?:\s+@)?\s+{_CLOCK}{_ZONE}"
    ),
    "2024 Mar  1 08:00:00": (
        rf"(?P<year>\d{{4}})\s+{_NAMED}\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_ZONE}"
    ),
    "03/01/2024-08:00:00.123456, 03/01-08:00:00.123456": (  # Suricata's and Snort's fast alerts
        rf"(?P<month>\d\d)/(?P<day>\d\d)(?:/(?P<year>\d{{4}}|\d\d))?-{_CLOCK}"
    ),
    "Mar  1 08:00:00": rf"{_WEEKDAY}{_NAMED}\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_ZONE}",
    "31/12/2024 8:00:00 AM": (  # no month is past 12
        rf"(?P<day>1[3-9]|2\d|3[01])/(?P<month>\d{{1,2}})/(?P<year>\d{{4}}),?\s+{_CLOCK}{_ZONE}"
    ),
    "3/1/2024 8:00:00 AM": (
        rf"(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})/(?P<year>\d{{4}}),?\s+{_CLOCK}{_ZONE}"
    ),
    "01.03.2024 08:00:00": (
        rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}}),?\s+{_CLOCK}{_ZONE}"
    ),
    "01-MAR-24 08.00.00.123456 AM +08:00": (
        rf"(?P<day>\d{{1,2}})-{_NAMED}-(?P<year>\d{{4}}|\d\d)\s+(?P<hour>\d{{1,2}})\.(?P<minute>\d\d)"
        rf"\.(?P<second>\d\d)(?:\.(?P<fraction>\d{{1,12}}))?(?:\s*(?P<noon>[AaPp])[Mm])?{_ZONE}"
    ),
}
"""An example of each shape, and its expression; the first that fits the whole text counts."""

_SHAPES = tuple(re.compile(expression) for expression in SHAPES.values())
_SLASHED = re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", re.ASCII)
_ACCESS = re.compile(
    r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d:\d\d:\d\d) ([+\-](?:[01]\d|2[0-3])[0-5]\d)", re.ASCII
)
_BSD = re.compile(r"[A-Za-z]{3} [ \d]\d \d\d:\d\d:\d\d", re.ASCII)
_BSD_PARTS = ("name", "day", "hour", "minute", "second")
"""The three that syslog, firewalls and web servers write most, for which a dozen expressions are
dear."""
_MONTHS = {name.lower(): number for number, name in enumerate(month_abbr) if name}
_DOTNET = re.compile(r"\\?/Date\((-?\d{1,17})(?:[+-]\d{4})?\)\\?/")
_EPOCH_TEXT = re.compile(r"\d{1,20}(?:\.\d{1,20})?")
_COMPACT_LENGTHS = frozenset({8, 14, 17})
"""Digits of 20240301, 20240301080000 and 20240301080000123."""


def moment_in(value: object, local: LocalTime = UNIVERSAL) -> Moment | None:
    """The moment that a field's value writes, as text, number, or in a holder of one; else None."""
    if isinstance(value, str):  # nearly all are
        return _of_text(value, local)
    if isinstance(value, float):
        return _of_number(value, local)
    if isinstance(value, list) and len(value) == 1:
        return _of_scalar(value[0], local)
    if isinstance(value, dict):
        return _of_holder(value, local)
    return _of_scalar(value, local)


def _of_scalar(value: object, local: LocalTime) -> Moment | None:
    if isinstance(value, str):
        return _of_text(value, local)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_number(value, local)
    return None


def _of_holder(value: Mapping[str, Any], local: LocalTime) -> Moment | None:
    """`{"$date": …}` of MongoDB's JSON, and seconds with nanoseconds of Protocol Buffers'."""
    seconds, nanoseconds = value.get("seconds"), value.get("nanos", 0)
    if isinstance(seconds, int | str) and isinstance(nanoseconds, int):
        whole = _of_scalar(seconds, local)
        return None if whole is None else whole + nanoseconds // 1_000
    for key in ("$date", "SystemTime", "value"):  # the last: a DateTime of PowerShell's JSON
        if key in value:
            return _of_scalar(value[key], local)
    return None


def _of_text(text: str, local: LocalTime) -> Moment | None:
    if len(text) > LONGEST:
        return None
    text = text.strip()
    if text[4:5] == "-" or (text[:1].isdigit() and not text.isdigit()):
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            return moment_of(when if when.tzinfo else when.replace(tzinfo=local.zone))
    return _of_rare_text(text, local)


def _of_rare_text(text: str, local: LocalTime) -> Moment | None:
    if text.isascii() and _EPOCH_TEXT.fullmatch(text):
        return _of_digits(text, local)
    if text[4:5] == "/" and _SLASHED.fullmatch(text):  # ISO's but for its signs, and as quick then
        try:
            when = datetime.fromisoformat(text.replace("/", "-"))
            return moment_of(when.replace(tzinfo=local.zone))
        except (ValueError, OverflowError):
            pass  # hour 24 and second 60 are not ISO's
    if text[2:3] == "/" and (access := _ACCESS.fullmatch(text)):
        day, name, year, clock, zone = access.groups()
        month = _MONTHS.get(name.lower(), 0)
        try:
            return moment_of(datetime.fromisoformat(f"{year}-{month:02}-{day}T{clock}{zone}"))
        except (ValueError, OverflowError):
            pass
    dotnet = _DOTNET.fullmatch(text) if "Date" in text else None
    if dotnet:
        return int(dotnet[1]) * 1_000
    return _by_shape(text, local)


@lru_cache(256)
def _by_shape(text: str, local: LocalTime) -> Moment | None:
    """Remembered, because such texts seldom tell more than seconds, and a busy sensor writes many
    events a second."""
    for part in _readings(text):
        try:
            return _assembled(part, local)
        except (ValueError, OverflowError):
            continue
    return None


@lru_cache(256)
def _readings(text: str) -> tuple[dict[str, str | None], ...]:
    """The parts of a text by each shape that it has; remembered, because of an event in a carrier
    it is asked twice, the first time whatever its zone."""
    if _BSD.fullmatch(text):  # no other shape has it
        return (dict(zip(_BSD_PARTS, (text[:3], text[4:6], *text[7:].split(":")), strict=True)),)
    return tuple(found.groupdict() for shape in _SHAPES if (found := shape.fullmatch(text)))


def _of_digits(text: str, local: LocalTime) -> Moment | None:
    if len(text) in _COMPACT_LENGTHS and text.isdigit():
        padded = text.ljust(17, "0")
        try:
            when = datetime.strptime(padded[:14], "%Y%m%d%H%M%S").replace(tzinfo=local.zone)
        except ValueError:
            pass
        else:
            if 1980 <= when.year < 2200:
                return moment_of(when) + int(padded[14:]) * 1_000
        if len(text) == 14:
            return None
    return _of_number(float(text) if "." in text else int(text), local)


def _of_number(number: float, local: LocalTime) -> Moment | None:
    if not 0 < number < 10**20:
        return None
    if number < _LEAST_MILLISECONDS:
        return round(number * SECOND)
    if isinstance(number, int) and number in _COMPACT:
        return _of_digits(str(number), local)
    if isinstance(number, int) and number in _FILETIME:
        return (number - _FILETIME_EPOCH) // 10
    divisor = next(divisor for floor, divisor in _EPOCH_UNITS if number >= floor)
    return int(number // divisor) if divisor else int(number * 1_000)


def _assembled(part: dict[str, str | None], local: LocalTime) -> Moment:
    """Raises ValueError where a part is out of its range or a zone's name is not known."""
    zone = zone_of(part["zone"]) if part.get("zone") else local.zone
    month = (
        int(part["month"] or 0)
        if "month" in part
        else _MONTHS.get(str(part["name"])[:3].lower(), 0)
    )
    day, hour = int(part["day"] or 0), _hour(part)
    second = int(part.get("second") or 0)
    leaps = second == 60  # RFC 3339, 5.7: the moment after second 59
    clock = (hour % 24, int(part.get("minute") or 0), 59 if leaps else second)
    fraction = int((part.get("fraction") or "0")[:6].ljust(6, "0"))
    year = part.get("year")
    if year is None:
        when = _in_last_year(month, day, clock, zone, local.received_at)
    else:
        when = datetime(
            int(year) + (2000 if len(year) == 2 else 0), month, day, *clock, tzinfo=zone
        )
    return moment_of(when) + fraction + leaps * SECOND + (DAY if hour == 24 else 0)


def _hour(part: Mapping[str, str | None]) -> int:
    hour = int(part.get("hour") or 0)
    half = (part.get("noon") or part.get("half") or "").lower()
    if half and not 1 <= hour <= 12:
        return hour if half in ("p", "下午") and hour <= 23 else hour % 24
    if half in ("p", "下午"):
        return hour % 12 + 12
    if half in ("a", "上午"):
        return hour % 12
    if hour > 24:
        raise ValueError(f"hour {hour}")
    return hour


def _in_last_year(
    month: int, day: int, clock: tuple[int, int, int], zone: tzinfo, received_at: Moment | None
) -> datetime:
    """The last time that the calendar showed this, a day of grace for clocks that are ahead."""
    if received_at is None:
        raise ValueError("a time without a year, and no receipt to tell it")
    limit = datetime_of(received_at + DAY).astimezone(zone)
    for year in range(limit.year, limit.year - 9, -1):  # 29 February: at most 8 years back
        try:
            when = datetime(year, month, day, *clock, tzinfo=zone)
        except ValueError:
            continue
        if when <= limit:
            return when
    raise ValueError(f"no day {day} in month {month}")


_LEADING = re.compile(
    r"[*.\[]?(?P<time>"
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ]\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d{1,9})?"
    r"(?:Z|[+\-]\d\d:?\d\d| [+\-]\d\d:?\d\d(?=\s)| (?:UTC|GMT|CST)(?=[\s:]))?"
    r"|\d{4} [A-Z][a-z]{2} {1,2}\d{1,2} \d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?"
    r"(?: (?:UTC|GMT|CST)(?=[\s:]))?"
    r"|(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?"
    r"(?: (?:UTC|GMT|CST)(?=[\s:]))?(?: \d{4}(?=[\s:]))?"
    r")(?=[\s:,\]|]|\Z)"
)
"""A time at the start of a line: ISO's forms and those of BSD's syslog and its many variants."""


def leading_time(text: str) -> tuple[str, str]:
    """The time that a line begins with and the rest of the line; ("", text) where there is none."""
    found = _LEADING.match(text, 0, LONGEST)
    if found is None:
        return "", text
    rest = text[found.end() :]
    return found["time"], rest.removeprefix("]") if text[0] == "[" else rest
