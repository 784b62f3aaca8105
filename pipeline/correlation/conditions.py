"""When a window satisfies a correlation: clauses of rules, or a measure against bounds.

A window is half open in whole microseconds: `[start, end)`. The specification's window of
length T that ends at t, (t-T, t], is [t-T+1, t+1) there.
"""

import operator
from bisect import bisect_left
from collections.abc import Callable
from math import ceil, floor

import msgspec

from pipeline.correlation.state import Group, time_of
from pipeline.correlation.windows import SlidingWindow
from pipeline.sigma.reading.documents import And, Expression, Not, Operator, Or, RuleName, Threshold
from schemas.moments import Moment

CLAUSE_LIMIT = 1024

COMPARE: dict[Operator, Callable[[float, float], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "eq": operator.eq,
    "neq": operator.ne,
}
RISING: frozenset[Operator] = frozenset({"gt", "gte"})
"""Decided as soon as they hold; a condition with any other waits for its window's end."""


class TooManyClauses(ValueError):
    """An extended condition whose disjunctive form is past `CLAUSE_LIMIT`."""


class Clause(msgspec.Struct, frozen=True):
    """Positions of rules that must all match, in list order, and of rules that must not."""

    present: tuple[int, ...]
    absent: tuple[int, ...] = ()


class TemporalCondition(msgspec.Struct, frozen=True):
    """One clause suffices. `is_ordered`: its present rules in order, equal times allowed."""

    clauses: tuple[Clause, ...]
    sources: int
    is_ordered: bool

    def holds(self, group: Group, start: Moment, end: Moment) -> bool:
        times = times_by_source(group, self.sources)
        return any(self._clause_holds(clause, times, start, end) for clause in self.clauses)

    def _clause_holds(
        self, clause: Clause, times: list[list[Moment]], start: Moment, end: Moment
    ) -> bool:
        for source in clause.absent:
            if _first(times[source], start, end) is not None:
                return False
        for source in clause.present:
            found = _first(times[source], start, end)
            if found is None:
                return False
            if self.is_ordered:
                start = found
        return True


class ThresholdCondition(msgspec.Struct, frozen=True):
    """A measure of the window against every bound; `new_window` is None for the plain count."""

    thresholds: tuple[Threshold, ...]
    new_window: Callable[[], SlidingWindow] | None = None

    def holds(self, group: Group, start: Moment, end: Moment) -> bool:
        held = group.held
        low = bisect_left(held, start, key=time_of)
        high = bisect_left(held, end, lo=low, key=time_of)
        measure: float = high - low
        if self.new_window is not None:
            window = group.cache.window or self.new_window()
            group.cache.window = window
            window.move(held, low, high)
            measure = window.measure()
        return all(COMPARE[each.operator](measure, each.bound) for each in self.thresholds)


def times_by_source(group: Group, sources: int) -> list[list[Moment]]:
    """Of each source, the times of its matches; rebuilt where it is not cached."""
    times = group.cache.times
    if times is None:
        times = [[] for _ in range(sources)]
        for held in group.held:
            times[held.source].append(held.time)
        group.cache.times = times
    return times


def _first(times: list[Moment], start: Moment, end: Moment) -> Moment | None:
    index = bisect_left(times, start)
    return times[index] if index < len(times) and times[index] < end else None


def least_count(thresholds: tuple[Threshold, ...]) -> int:
    """The smallest count that satisfies thresholds that are all rising."""
    return max(
        floor(each.bound) + 1 if each.operator == "gt" else ceil(each.bound) for each in thresholds
    )


def can_hold(thresholds: tuple[Threshold, ...]) -> bool:
    """Whether some count of at least one event satisfies all of them."""
    bounds = {each.bound for each in thresholds}
    candidates = {1} | {floor(bound) + step for bound in bounds for step in (-1, 0, 1)}
    return any(
        all(COMPARE[each.operator](count, each.bound) for each in thresholds)
        for count in candidates
        if count >= 1
    )


def clauses_of(expression: Expression, sources: dict[str, int]) -> tuple[Clause, ...]:
    """The expression's disjunctive form, clauses that contradict themselves left out.

    Raises TooManyClauses.
    """
    terms = _terms(expression, sources, False)
    return tuple(
        Clause(tuple(sorted(present)), tuple(sorted(absent)))
        for present, absent in dict.fromkeys(terms)
        if not present & absent
    )


_Term = tuple[frozenset[int], frozenset[int]]


def _terms(expression: Expression, sources: dict[str, int], negated: bool) -> list[_Term]:
    match expression:
        case RuleName(rule_id):
            found, nothing = frozenset({sources[rule_id]}), frozenset[int]()
            return [(nothing, found) if negated else (found, nothing)]
        case Not(operand):
            return _terms(operand, sources, not negated)
        case And(operands) | Or(operands):
            parts = [_terms(each, sources, negated) for each in operands]
            is_product = isinstance(expression, And) is not negated
            return _product(parts) if is_product else [term for part in parts for term in part]


def _product(parts: list[list[_Term]]) -> list[_Term]:
    terms: list[_Term] = [(frozenset(), frozenset())]
    for part in parts:
        terms = [(p | q, n | m) for p, n in terms for q, m in part]
        if len(terms) > CLAUSE_LIMIT:
            raise TooManyClauses(f"more than {CLAUSE_LIMIT} alternatives")
    return terms
