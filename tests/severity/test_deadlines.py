"""Deadlines worked by hand on the published calendars of 2025 and 2026."""

import pytest

from pipeline.severity.deadlines import after_days, after_minutes, after_working_days
from tests.severity.builders import at

# National Day 2026: 1 to 7 October off; Sunday 20 September and Saturday 10 October worked.
#   Wed 30 Sep | 1-7 off | Thu 8 (1) Fri 9 (2) Sat 10 (3) | Sun | Mon 12 (4) Tue 13 (5) ... 20 (10)
# Spring Festival 2026: 15 to 23 February off; Saturdays 14 and 28 February worked.
#   Fri 13 | Sat 14 (1) | 15-23 off | Tue 24 (2) Wed 25 (3) Thu 26 (4) Fri 27 (5) Sat 28 (6) ...
# New Year 2026: 1 to 3 January off; Sunday 4 January worked.
#   Tue 30 Dec | Wed 31 (1) | 1-3 off | Sun 4 (2) Mon 5 (3) Tue 6 (4) Wed 7 (5)
WORKED = [
    ("2026-09-30 17:00", 5, "2026-10-13", "over National Day, with its make-up Saturday"),
    ("2026-09-30 17:00", 10, "2026-10-20", "over National Day"),
    ("2026-09-18 09:00", 1, "2026-09-20", "a make-up Sunday is a working day"),
    ("2026-02-13 23:30", 5, "2026-02-27", "over Spring Festival, with its make-up Saturdays"),
    ("2026-02-13 23:30", 10, "2026-03-05", "over Spring Festival"),
    ("2026-03-02 00:00", 5, "2026-03-09", "midnight belongs to the new local day"),
    ("2026-03-01 23:59", 5, "2026-03-06", "a minute earlier it is still Sunday"),
    ("2025-12-30 12:00", 5, "2026-01-07", "over the year's end"),
    ("2026-10-03 12:00", 1, "2026-10-08", "from within a holiday"),
]


@pytest.mark.parametrize(("start", "count", "due", "why"), WORKED)
def test_working_days_follow_the_calendar(start: str, count: int, due: str, why: str) -> None:
    deadline = after_working_days(at(start), count)
    assert deadline.at == at(f"{due} 23:59:59"), why
    assert deadline.certain


def test_beyond_the_known_calendar_weekdays_count_and_the_deadline_is_uncertain() -> None:
    # Thu 31 Dec 2026 (1) | Fri 1 Jan 2027 is a holiday in any year | Mon 4 (2) 5 (3) 6 (4) 7 (5)
    deadline = after_working_days(at("2026-12-30 12:00"), 5)
    assert deadline.at == at("2027-01-07 23:59:59")
    assert not deadline.certain


def test_days_are_calendar_days_and_end_at_midnight() -> None:
    assert after_days(at("2026-01-31 10:00"), 30).at == at("2026-03-02 23:59:59")
    assert after_days(at("2026-01-31 00:00"), 30).at == at("2026-03-02 23:59:59")


def test_a_term_whose_last_day_is_a_holiday_ends_with_the_next_working_day() -> None:
    # Civil Code Art. 203(1). 30 days after Thu 3 Sep 2026 is Sat 3 Oct, National Day: Thu 8 Oct
    assert after_days(at("2026-09-03 10:00"), 30).at == at("2026-10-08 23:59:59")
    # after Thu 12 Mar 2026 it is Sat 11 Apr: Mon 13 Apr
    assert after_days(at("2026-03-12 10:00"), 30).at == at("2026-04-13 23:59:59")
    # after Fri 21 Aug 2026 it is Sun 20 Sep, a make-up day on which people work: that day
    assert after_days(at("2026-08-21 10:00"), 30).at == at("2026-09-20 23:59:59")


FIXED = [
    ("2027-12-02", "2028-01-03", "Sat 1 Jan 2028, then Sunday"),
    ("2029-09-01", "2029-10-04", "Mon 1 Oct 2029 to Wed 3"),
    ("2029-04-01", "2029-05-03", "Tue 1 May 2029 and Wed 2"),
]


@pytest.mark.parametrize(("start", "due", "why"), FIXED)
def test_days_that_are_holidays_in_any_year_hold_beyond_the_calendar(
    start: str, due: str, why: str
) -> None:
    deadline = after_days(at(f"{start} 10:00"), 30)
    assert deadline.at == at(f"{due} 23:59:59"), why
    assert not deadline.certain


def test_minutes_are_exact_over_midnight() -> None:
    assert after_minutes(at("2025-12-31 23:55"), 10).at == at("2026-01-01 00:05")
