"""What cannot be, and what stands twice: such rows are named and not counted. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

import msgspec

from pipeline.programme.reading import Numbered, Parsed, ProgrammeFault
from schemas.programme import (
    Record,
    Specialist,
    Spending,
    Standard,
    Training,
    TypicalCase,
)

EARLIEST = date(2010, 1, 1)
"""Nothing of the programme is older."""
HOURS_MAX = 1_000
PERSON_TIMES_MAX = 1_000_000
YUAN_MAX = 10_000_000_000_000
"""What no session and no enterprise comes to: a slip of the unit."""
ID_MAX = 128

Problem: TypeAlias = tuple[str, str, str]
"""Column, problem, remedy."""


def impossible(record: Record, today: date) -> Iterator[Problem]:
    """Every value of a record that cannot be."""
    if len(record.id) > ID_MAX:
        yield "id", f"has more than {ID_MAX} characters", "choose a shorter id"
    for column, day in _days(record):
        if day is not None and not EARLIEST <= day <= (
            date.max if column == "valid_until" else today
        ):
            yield column, f"{day} is before {EARLIEST} or after today", "correct the date"
    match record:
        case Training():
            yield from _of_training(record)
        case Specialist(qualified_on=qualified, valid_until=until) if until and until < qualified:
            yield "valid_until", f"{until} is before it was awarded", "correct one of the dates"
        case Standard(initiated_on=begun, published_on=ended) if ended and ended < begun:
            yield "published_on", f"{ended} is before it was initiated", "correct one of the dates"
        case Spending():
            yield from _of_spending(record, today)


def _days(record: Record) -> list[tuple[str, date | None]]:
    return [
        (name, getattr(record, name))
        for name in ("held_on", "qualified_on", "valid_until", "initiated_on", "published_on",
                     "selected_on")
        if hasattr(record, name)
    ]  # fmt: skip


def _of_training(record: Training) -> Iterator[Problem]:
    if not 0 < record.person_times <= PERSON_TIMES_MAX:
        remedy = f"write how many attended, at most {PERSON_TIMES_MAX:,}"
        yield "person_times", f"{record.person_times} person-times", remedy
    if record.persons is not None and not 0 < record.persons <= record.person_times:
        remedy = "a person is counted at least once in the person-times"
        yield "persons", f"{record.persons} persons of {record.person_times} person-times", remedy
    if record.hours is not None and not 0 < record.hours <= HOURS_MAX:
        yield "hours", f"{record.hours} hours", f"write the hours of one session, up to {HOURS_MAX}"


def _of_spending(record: Spending, today: date) -> Iterator[Problem]:
    if not EARLIEST.year <= record.year <= today.year:
        yield "year", f"{record.year}", "write a year that has begun"
    if not 0 < record.it_spending <= YUAN_MAX:
        yield "it_spending", f"{record.it_spending} yuan", "write it in yuan, as 1200000 or 120万元"
    if not 0 <= record.security_spending <= record.it_spending:
        problem = f"{record.security_spending} of {record.it_spending} yuan"
        yield "security_spending", problem, "security is a part of the spending on IT"


LIKENESS: Mapping[type, Callable[[Any], tuple[object, ...]]] = {
    Training: lambda it: (it.held_on, it.title, it.organiser, it.province, *it.enterprise_ids),
    Standard: lambda it: (it.title, it.standard_level),
    TypicalCase: lambda it: (it.title, it.province, it.sector),
}
"""What two records under different ids have in common where they are one thing; specialists and
spendings are told by their ids alone."""


def likeness(record: Record) -> tuple[object, ...] | None:
    """What another record of the same thing would share."""
    of = LIKENESS.get(type(record))
    return None if of is None else tuple(str(part).strip().casefold() for part in of(record))


class Change(msgspec.Struct):
    """What a file comes to beside what is known: records to write, and those known already."""

    added: list[Record]
    corrected: list[Record]
    unchanged: int
    faults: list[ProgrammeFault]


def compare(
    parsed: Parsed,
    known: Iterable[Record],
    today: date,
    file: str,
    registered: Collection[str] = (),
) -> Change:
    """The sound records of a file that say something new; all else is named.

    `registered` are the ids of the registry; none: it was not imported, and nobody is a stranger.
    """
    by_id = {record.id: record for record in known}
    likes = {likeness(record): record.id for record in by_id.values() if not record.withdrawn}
    change = Change([], [], 0, list(parsed.faults))
    rows: dict[str, int] = {}
    for numbered in parsed.records:
        faults = [
            *_faults(numbered, today, file, rows, _other(numbered.record, likes)),
            *_strangers(numbered, file, registered),
        ]
        change.faults += faults
        rows.setdefault(numbered.record.id, numbered.row)
        if not faults:
            _take(change, numbered.record, by_id)
            likes[likeness(numbered.record)] = numbered.record.id
    change.faults.sort(key=lambda fault: fault.row)
    return change


def _other(record: Record, likes: Mapping[tuple[object, ...] | None, str]) -> str:
    """The id under which the same thing is known already; "" for none."""
    like = likeness(record)
    other = likes.get(like, record.id) if like is not None else record.id
    return "" if other == record.id or record.withdrawn else other


def _faults(
    numbered: Numbered, today: date, file: str, rows: Mapping[str, int], other: str
) -> Iterator[ProgrammeFault]:
    record, row = numbered.record, numbered.row
    for column, problem, remedy in impossible(record, today):
        yield ProgrammeFault(file, row, column, "impossible", problem, remedy)
    if record.id in rows:
        problem = f"{record.id!r} stands in row {rows[record.id]} already"
        yield ProgrammeFault(file, row, "id", "duplicate", problem, "keep one of the two rows")
    elif other:
        problem = f"is the same as {other!r} under another id"
        remedy = "leave it out, or withdraw the other"
        yield ProgrammeFault(file, row, "id", "duplicate", problem, remedy)


def _strangers(
    numbered: Numbered, file: str, registered: Collection[str]
) -> Iterator[ProgrammeFault]:
    """Enterprises that are named and that the registry does not know: a slip of the id would
    otherwise leave one untrained for good."""
    record = numbered.record
    if not registered or record.withdrawn:
        return
    column = "enterprise_ids" if isinstance(record, Training) else "enterprise_id"
    named = getattr(record, column, ())
    for name in (named,) if isinstance(named, str) else named:
        if name and name not in registered:
            problem, remedy = f"{name!r} is not in the registry", "correct the id, or register it"
            yield ProgrammeFault(file, numbered.row, column, "impossible", problem, remedy)


def _take(change: Change, record: Record, by_id: Mapping[str, Record]) -> None:
    before = by_id.get(record.id)
    if before is None:
        change.added.append(record)
    elif before != record:
        change.corrected.append(record)
    else:
        change.unchanged += 1


def ordered(records: Sequence[Record]) -> list[Record]:
    """By id."""
    return sorted(records, key=lambda record: record.id)
