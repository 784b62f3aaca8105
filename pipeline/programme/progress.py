"""What was done of the programme by a day, against a straight line to the date: pure.

Rule 1. What is dated later than the day is not counted, nor what was withdrawn, nor a
        specialist whose qualification has run out.
Rule 2. Person-times are added up. Persons are not: who came to two sessions is one person, and
        nothing tells. Their sum is an upper bound, the greatest session a lower one.
Rule 3. The straight line goes from nothing on the first day to the amount on the last. What is
        projected is what the last day would bring if it went on as on average until now.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Literal, TypeAlias

import msgspec

from schemas.programme import (
    TARGETS,
    Record,
    Specialist,
    Spending,
    Standard,
    Target,
    Training,
    TypicalCase,
)

TargetState: TypeAlias = Literal["reached", "on_track", "behind", "missed", "unknown"]
GradedOn: TypeAlias = Mapping[str, date | None] | None
"""Enterprise and when its data was classified and graded; None: the registry does not say."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one place, or of all; `graded` is None where nothing is known of it."""

    graded: int | None = None
    sessions: int = 0
    person_times: int = 0
    persons_most: int = 0
    persons_least: int = 0
    persons_unstated: int = 0
    """Sessions that say only person-times."""
    specialists: int = 0
    specialists_expired: int = 0
    standards: int = 0
    cases: int = 0
    case_industries: int = 0
    it_spending: int = 0
    security_spending: int = 0
    spending_year: int = 0
    """The last year of which spending is known; 0: of none."""
    spending_enterprises: int = 0
    spending_at_target: int = 0
    """Of these: enterprises whose own share reaches the target."""

    @property
    def security_share(self) -> float | None:
        """Security's share of IT spending in that year, per cent; None: not known."""
        return 100 * self.security_spending / self.it_spending if self.it_spending else None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One target on one day. `expected` and `projected` are None for a share."""

    target: Target
    state: TargetState
    done: float | None
    expected: int | None
    projected: int | None

    @property
    def percent(self) -> float | None:
        """Of the amount."""
        return None if self.done is None else round(100 * self.done / self.target.amount, 1)


def figures(records: Iterable[Record], day: date, graded_on: GradedOn = None) -> Figures:
    """The counts of these records by the end of the day (rules 1 and 2)."""
    held = [record for record in records if not record.withdrawn and _day(record) <= day]
    trainings = [one for one in held if isinstance(one, Training)]
    specialists = [one for one in held if isinstance(one, Specialist)]
    valid = [one for one in specialists if one.valid_until is None or one.valid_until >= day]
    cases = [one for one in held if isinstance(one, TypicalCase)]
    persons = [one.persons or one.person_times for one in trainings]
    spendings = [one for one in held if isinstance(one, Spending)]
    last = max((one.year for one in spendings), default=0)
    of_last = [one for one in spendings if one.year == last]
    return Figures(
        graded=None if graded_on is None else _graded(graded_on, day),
        sessions=len(trainings),
        person_times=sum(one.person_times for one in trainings),
        persons_most=sum(persons),
        persons_least=max((one.persons or 1 for one in trainings), default=0),
        persons_unstated=sum(one.persons is None for one in trainings),
        specialists=len(valid),
        specialists_expired=len(specialists) - len(valid),
        standards=sum(isinstance(one, Standard) for one in held),
        cases=len(cases),
        case_industries=len({one.sector for one in cases}),
        it_spending=sum(one.it_spending for one in of_last),
        security_spending=sum(one.security_spending for one in of_last),
        spending_year=last,
        spending_enterprises=len(of_last),
        spending_at_target=sum(10 * one.security_spending >= one.it_spending for one in of_last),
    )


def by_group(
    records: Iterable[Record], group: Callable[[Record], str], day: date
) -> dict[str, Figures]:
    """The counts of each group, by its name in order."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(group(record), []).append(record)
    return {name: figures(groups[name], day) for name in sorted(groups)}


def progress(done: Figures, day: date, targets: Sequence[Target] = TARGETS) -> list[Progress]:
    """Every target on that day (rule 3)."""
    return [_progress(target, DONE[target.key](done), day) for target in targets]


DONE: Mapping[str, Callable[[Figures], float | None]] = {
    "enterprises_graded": lambda done: done.graded,
    "training_person_times": lambda done: done.person_times,
    "specialists": lambda done: done.specialists,
    "standards": lambda done: done.standards,
    "cases": lambda done: done.cases,
    "case_industries": lambda done: done.case_industries,
    "security_share": lambda done: done.security_share,
}
"""Target and what of the counts it is about."""


def _progress(target: Target, done: float | None, day: date) -> Progress:
    passed = _passed(target, day)
    expected = None if target.is_share else int(target.amount * passed)
    projected = None
    if done is not None and not target.is_share and passed:
        projected = int(Fraction(done) / passed)
    return Progress(
        target=target,
        state=_state(target, done, expected, day),
        done=done,
        expected=expected,
        projected=projected,
    )


def _passed(target: Target, day: date) -> Fraction:
    """The share of the time that has passed by the end of the day, 0 to 1."""
    whole = (target.by - target.since).days
    return min(max(Fraction((day - target.since).days, whole), Fraction(0)), Fraction(1))


def _state(target: Target, done: float | None, expected: int | None, day: date) -> TargetState:
    if done is None:
        return "unknown"
    if target.is_reached(done):
        return "reached"
    if day > target.by:
        return "missed"
    return "behind" if expected is None or done < expected else "on_track"


def _day(record: Record) -> date:
    """The day from which a record counts; spending, from the first day of its year."""
    match record:
        case Training():
            return record.held_on
        case Specialist():
            return record.qualified_on
        case Standard():
            return record.initiated_on
        case TypicalCase():
            return record.selected_on
        case Spending():
            return date(record.year, 1, 1)


def _graded(graded_on: Mapping[str, date | None], day: date) -> int:
    return sum(each is not None and each <= day for each in graded_on.values())
