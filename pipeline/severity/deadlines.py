"""Limits to deadlines: minutes exactly; days and working days by China's calendar.

Rule 1. Days are local days of Asia/Shanghai; the day of the event is not counted, and the
        last day ends at 24:00 (Civil Code Art. 201, 203): 23:59:59 here.
Rule 2. Working days are those of the State Council's calendar, make-up days included. A term
        in days whose last day is a holiday ends with the next working day (Art. 203(1)).
Rule 3. Beyond the years that calendar knows, Monday to Friday count, except the days that are
        holidays in any year; the deadline is marked uncertain, because festivals of the lunar
        calendar and make-up days are missing: it is never called confirmed.
"""

from datetime import date, datetime, time, timedelta

import chinese_calendar
import msgspec

from schemas.moments import MINUTE, SHANGHAI, Moment, datetime_of, moment_of


class Deadline(msgspec.Struct, frozen=True):
    """When something is due; `certain` is False beyond the known calendar (rule 3)."""

    at: Moment
    certain: bool = True


def after_minutes(start: Moment, minutes: int) -> Deadline:
    """Exactly so many minutes later."""
    return Deadline(start + minutes * MINUTE)


def after_days(start: Moment, days: int) -> Deadline:
    """The end of the local day so many days later, or of the next working day (rules 1, 2)."""
    # The day itself is not counted (Art. 201(1)): so many days later is the last one.
    day = _local_day(start) + timedelta(days=days)
    works, certain = is_working_day(day)
    while not works:
        day += timedelta(days=1)
        works, known = is_working_day(day)
        certain = certain and known
    return Deadline(_end_of(day), certain)


def after_working_days(start: Moment, count: int) -> Deadline:
    """The end of the `count`-th working day after the local day of `start` (rules 1 to 3)."""
    day, left, certain = _local_day(start), count, True
    while left > 0:
        day += timedelta(days=1)
        works, known = is_working_day(day)
        left -= works
        certain = certain and known
    return Deadline(_end_of(day), certain)


FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""(month, day) of holidays in any year: New Year, Labour Day, National Day."""


def is_working_day(day: date) -> tuple[bool, bool]:
    """Whether people work that day, and whether the calendar knows its year (rule 3)."""
    try:
        return chinese_calendar.is_workday(day), True
    # What chinese_calendar raises for years that the State Council has not arranged yet.
    except NotImplementedError:
        return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS, False


def _local_day(moment: Moment) -> date:
    return datetime_of(moment).astimezone(SHANGHAI).date()


def _end_of(day: date) -> Moment:
    return moment_of(datetime.combine(day, time(23, 59, 59), SHANGHAI))
