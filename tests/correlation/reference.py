"""Correlation by definition: every event in memory, every window looked at, nothing kept.

Written from docs/correlation.md and not from the engine: slow, and meant to be read.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import product
from math import fsum
from typing import NamedTuple

from pipeline.intake.entities import entities_of
from pipeline.sigma.reading.documents import And, Expression, Not, Or, RuleName, SigmaCorrelation
from schemas.detection import Entity
from schemas.event import Event
from schemas.moments import SECOND, Moment


class Seen(NamedTuple):
    """A match of one rule, or a detection of an inner correlation."""

    time: Moment
    event_id: str
    source: int
    texts: dict[str, str]
    number: float | None
    first_time: Moment
    last_time: Moment
    event_count: int
    event_ids: tuple[str, ...]
    entities: tuple[Entity, ...]


class Found(NamedTuple):
    rule_id: str
    group: tuple[str, ...]
    time: Moment
    first_time: Moment
    last_time: Moment
    event_count: int
    event_ids: frozenset[str]
    entities: frozenset[Entity]


class Detected(NamedTuple):
    """A detection as it ended, and as it was at its first moment, which is what chains count."""

    found: Found
    opening: Found


def by_definition(
    correlations: Sequence[SigmaCorrelation],
    matched: Iterable[tuple[Event, str]],
    watermark: Moment,
) -> set[Found]:
    """Every detection that holds once the watermark is at `watermark`."""
    pool = {rule_id: [e for e, ids in matched if rule_id in ids] for rule_id in "abcd"}
    inner: dict[str, list[Detected]] = {}
    for rule in correlations:
        seen = sorted(each for each in _seen(rule, pool, inner) if each is not None)
        groups = {tuple(each.texts[name] for name in rule.group_by) for each in seen}
        inner[rule.head.rule_id] = [
            detected
            for group in sorted(groups)
            for detected in _detections(rule, group, _members(rule, seen, group), watermark)
        ]
    fed = {rule_id for rule in correlations for rule_id in rule.rules}
    return {
        each.found
        for rule_id, detections in inner.items()
        if rule_id not in fed
        for each in detections
    }


def _members(rule: SigmaCorrelation, seen: list[Seen], group: tuple[str, ...]) -> list[Seen]:
    return [s for s in seen if tuple(s.texts[name] for name in rule.group_by) == group]


def _seen(
    rule: SigmaCorrelation, pool: dict[str, list[Event]], inner: dict[str, list[Detected]]
) -> Iterable[Seen | None]:
    names = (*rule.group_by, *rule.value_fields)
    for source, rule_id in enumerate(rule.rules):
        for event in pool.get(rule_id, []):
            yield _of_event(rule, names, source, event)
        for detected in inner.get(rule_id, []):
            yield _of_opening(names, source, detected.opening)


def _of_event(
    rule: SigmaCorrelation, names: Sequence[str], source: int, event: Event
) -> Seen | None:
    texts = {name: str(event.fields[name]) for name in names if name in event.fields}
    if len(texts) < len(set(names)):
        return None
    number = None
    if rule.type in ("value_sum", "value_avg", "value_percentile"):
        try:
            number = float(texts[rule.value_fields[0]])
        except ValueError:
            return None
    ids = (event.event_id,)
    time = event.time
    entities = entities_of(event)
    return Seen(time, event.event_id, source, texts, number, time, time, 1, ids, entities)


def _of_opening(names: Sequence[str], source: int, found: Found) -> Seen:
    inner_names = INNER_GROUPS[found.rule_id]
    texts = dict(zip(inner_names, found.group, strict=True))
    return Seen(
        found.time,
        identity(found),
        source,
        {name: texts[name] for name in names},
        None,
        found.first_time,
        found.last_time,
        found.event_count,
        tuple(sorted(found.event_ids)),
        tuple(sorted(found.entities)),
    )


INNER_GROUPS: dict[str, tuple[str, ...]] = {}
"""Group-by of each correlation, set by the test that chains them."""


def identity(found: Found) -> str:
    """Any id will do that no other detection has."""
    return f"{found.rule_id}{found.group}{found.time}"


def _detections(
    rule: SigmaCorrelation, group: tuple[str, ...], seen: list[Seen], watermark: Moment
) -> Iterable[Detected]:
    span = rule.timespan_s * SECOND
    run: list[tuple[Moment, list[Seen]]] = []
    for moment, window in _moments(rule, seen, watermark):
        if run and moment - run[-1][0] >= span:
            yield Detected(_found(rule, group, run), _found(rule, group, run[:1]))
            run = []
        run.append((moment, window))
    if run:
        yield Detected(_found(rule, group, run), _found(rule, group, run[:1]))


def _moments(
    rule: SigmaCorrelation, seen: list[Seen], watermark: Moment
) -> Iterable[tuple[Moment, list[Seen]]]:
    """Each moment at which the condition holds, with the window that it was held against."""
    span = rule.timespan_s * SECOND
    if not _waits(rule):
        for time in sorted({each.time for each in seen}):
            window = [each for each in seen if time - span < each.time <= time]
            if _holds(rule, window):
                yield time, window
        return
    reached = None
    for start in sorted({each.time for each in seen if _opens(rule, each.source)}):
        if rule.expression is None and reached is not None and start < reached:
            continue
        reached = start + span
        window = [each for each in seen if start <= each.time < start + span]
        if start + span <= watermark and _holds(rule, window):
            yield start + span, window


def _waits(rule: SigmaCorrelation) -> bool:
    if rule.expression is not None:
        return any(absent for _, absent in _alternatives(rule.expression))
    return any(each.operator not in ("gt", "gte") for each in rule.thresholds)


def _opens(rule: SigmaCorrelation, source: int) -> bool:
    if rule.expression is None:
        return True
    return any(rule.rules[source] in present for present, _ in _alternatives(rule.expression))


def _alternatives(expression: Expression) -> list[tuple[set[str], set[str]]]:
    """Each way to satisfy the condition: rules that must occur, and rules that must not. One that
    asks both of a rule is no way."""
    ways = _ways(expression, True)
    return [(present, absent) for present, absent in ways if not present & absent]


def _ways(expression: Expression, wanted: bool) -> list[tuple[set[str], set[str]]]:
    match expression:
        case RuleName(rule_id):
            return [({rule_id}, set())] if wanted else [(set(), {rule_id})]
        case Not(operand):
            return _ways(operand, not wanted)
        case And(operands) | Or(operands):
            parts = [_ways(each, wanted) for each in operands]
            if isinstance(expression, Or) is wanted:
                return [way for part in parts for way in part]
            return [
                (
                    {rule_id for present, _ in chosen for rule_id in present},
                    {rule_id for _, absent in chosen for rule_id in absent},
                )
                for chosen in product(*parts)
            ]


def _holds(rule: SigmaCorrelation, window: list[Seen]) -> bool:
    if rule.type in ("temporal", "temporal_ordered"):
        return _is_satisfied(rule, window)
    if not window:
        return False
    measure = _measure(rule, window)
    comparisons = {
        "gt": lambda bound: measure > bound,
        "gte": lambda bound: measure >= bound,
        "lt": lambda bound: measure < bound,
        "lte": lambda bound: measure <= bound,
        "eq": lambda bound: measure == bound,
        "neq": lambda bound: measure != bound,
    }
    return all(comparisons[each.operator](each.bound) for each in rule.thresholds)


def _measure(rule: SigmaCorrelation, window: list[Seen]) -> float:
    numbers = [each.number for each in window if each.number is not None]
    if rule.type == "event_count":
        return len(window)
    if rule.type == "value_count":
        return len({tuple(each.texts[name] for name in rule.value_fields) for each in window})
    if rule.type == "value_sum":
        return fsum(numbers)
    if rule.type == "value_avg":
        return float(sum(map(Fraction, numbers)) / len(numbers))
    numbers.sort()
    place = Fraction(rule.percentile * (len(numbers) - 1), 100)
    below, above = numbers[int(place)], numbers[min(int(place) + 1, len(numbers) - 1)]
    return float(Fraction(below) + (Fraction(above) - Fraction(below)) * (place - int(place)))


def _is_satisfied(rule: SigmaCorrelation, window: list[Seen]) -> bool:
    """Some choice of rules satisfies the condition, and has events in the required order."""
    wanted: Expression = rule.expression or And(tuple(RuleName(each) for each in rule.rules))
    present = {rule.rules[each.source] for each in window}
    choices = product(*([False, True] if each in present else [False] for each in rule.rules))
    for choice in choices:
        chosen = [each for each, taken in zip(rule.rules, choice, strict=True) if taken]
        if _is_true(wanted, set(chosen), present) and _are_in_order(rule, chosen, window):
            return True
    return False


def _is_true(
    expression: Expression, chosen: set[str], present: set[str], negated: bool = False
) -> bool:
    match expression:
        case RuleName(rule_id):
            return rule_id not in present if negated else rule_id in chosen
        case Not(operand):
            return _is_true(operand, chosen, present, not negated)
        case And(operands) | Or(operands):
            values = [_is_true(each, chosen, present, negated) for each in operands]
            return all(values) if isinstance(expression, And) is not negated else any(values)


def _are_in_order(rule: SigmaCorrelation, chosen: list[str], window: list[Seen]) -> bool:
    if rule.type == "temporal":
        return True
    times = [[each.time for each in window if rule.rules[each.source] == name] for name in chosen]
    return any(list(picked) == sorted(picked) for picked in product(*times))


def _found(
    rule: SigmaCorrelation, group: tuple[str, ...], run: list[tuple[Moment, list[Seen]]]
) -> Found:
    evidence = sorted({each[:3]: each for _, window in run for each in window}.values())
    ids = {event_id for each in evidence for event_id in each.event_ids}
    return Found(
        rule_id=rule.head.rule_id,
        group=group,
        time=run[0][0],
        first_time=min(each.first_time for each in evidence),
        last_time=max(each.last_time for each in evidence),
        event_count=sum(each.event_count for each in evidence),
        event_ids=frozenset(ids),
        entities=frozenset(entity for each in evidence for entity in each.entities),
    )
