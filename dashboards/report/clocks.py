"""Moments and durations as people read them, in China Standard Time."""

from typing import Final

from dashboards.words import Language, Text
from schemas.moments import DAY, HOUR, MINUTE, SHANGHAI, Moment, datetime_of

_UNITS: Final = (
    (DAY, Text("天", " d")),
    (HOUR, Text("小时", " h")),
    (MINUTE, Text("分", " min")),
)
_LEFT: Final = Text("剩余 {}", "{} left")
_OVERDUE: Final = Text("逾期 {}", "{} overdue")
_GAP: Final = Text("", " ")


def format_time(moment: Moment) -> str:
    """`2026-11-20 18:00`, in China Standard Time."""
    return datetime_of(moment).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def format_clock(moment: Moment) -> str:
    """`18:00:07`, in China Standard Time."""
    return datetime_of(moment).astimezone(SHANGHAI).strftime("%H:%M:%S")


def format_duration(duration: Moment, language: Language) -> str:
    """The two greatest units: `3 h 12 min`; below a minute `0 min`."""
    parts: list[str] = []
    rest = abs(duration)
    for unit, name in _UNITS:
        count, rest = divmod(rest, unit)
        if count or (unit == MINUTE and not parts):
            parts.append(f"{count}{name.of(language)}")
    return _GAP.of(language).join(parts[:2])


def format_remaining(due: Moment, now: Moment, language: Language) -> str:
    """How long until `due`, or for how long it has passed."""
    text = _LEFT if due >= now else _OVERDUE
    return text.of(language).format(format_duration(due - now, language))
