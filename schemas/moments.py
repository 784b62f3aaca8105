"""Moments: points in time as integer microseconds since 1970-01-01T00:00:00Z.

One spelling everywhere: events, windows, timers and store agree to the microsecond,
and arithmetic is exact. Text appears only at the edges.
"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, TypeAlias

import msgspec

from schemas.language import Language

Moment: TypeAlias = int
"""Microseconds since the Unix epoch, UTC."""
ZonedTime: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""RFC 3339 with an offset, where people write or read JSON."""

SECOND: Moment = 1_000_000
MINUTE: Moment = 60 * SECOND
HOUR: Moment = 60 * MINUTE
DAY: Moment = 24 * HOUR
NEVER: Moment = 1 << 62

FIRST_STORED: Moment = -2_208_988_800_000_000
LAST_STORED: Moment = 10_413_791_999_999_999
"""1900-01-01, and the last microsecond of 2299: what ClickHouse's DateTime64(6) can show."""

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China Standard Time: UTC+8 all year since 1991."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_moment(text: str) -> Moment:
    """RFC 3339 or ISO 8601 text to a moment; a text without an offset is UTC.

    Digits beyond microseconds are cut off. Raises ValueError for anything else.
    """
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return moment_of(when)


def moment_of(when: datetime) -> Moment:
    """An aware datetime as a moment; raises TypeError for a naive one."""
    passed = when - _EPOCH  # by its parts: dividing spans goes through numbers of any length
    return (passed.days * 86_400 + passed.seconds) * SECOND + passed.microseconds


def datetime_of(moment: Moment) -> datetime:
    """The moment as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=moment)


def format_moment(moment: Moment) -> str:
    """RFC 3339 in UTC with microseconds: `2026-11-23T09:00:00.000000Z`."""
    return datetime_of(moment).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_moment(moment: Moment, language: Language) -> str:
    """As people in China read it, local and to the minute: `2026年11月27日08时11分`."""
    return _MINUTE[language].format(_minute(moment, language))


def read_day(moment: Moment, language: Language) -> str:
    """The day of it in the same words: `2026年11月27日`."""
    return _day(_minute(moment, language)).rstrip(", ")


def read_span(first: Moment, last: Moment, language: Language) -> str:
    """A period in the same words, shared days said once: `2026年11月27日08时11分至09时30分`."""
    begun, ended = _minute(first, language), _minute(last, language)
    if begun == ended:
        return read_moment(first, language)
    if _day(begun) == _day(ended):
        ended = ended.removeprefix(_day(begun))
    return _MINUTE[language].format(begun + _UNTIL[language] + ended)


_MINUTE: dict[Language, str] = {"zh": "{}", "en": "{} (China Standard Time)"}
_UNTIL: dict[Language, str] = {"zh": "至", "en": " to "}


def _minute(moment: Moment, language: Language) -> str:
    local = datetime_of(moment).astimezone(SHANGHAI)
    if language == "zh":
        return f"{local:%Y年%m月%d日%H时%M分}"
    return f"{local.day} {local:%B %Y, %H:%M}"


def _day(minute: str) -> str:
    """All of it but the six characters of `08时11分`, or the five of `08:11`."""
    return minute[:-6] if minute.endswith("分") else minute[:-5]
