"""Correlation rules, ready to run: what feeds what, what waits, what is held."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Literal, Protocol, TypeAlias

import msgspec

from pipeline.correlation.conditions import (
    RISING,
    Clause,
    TemporalCondition,
    ThresholdCondition,
    clauses_of,
    least_count,
)
from pipeline.correlation.faults import CorrelationFaults, check_correlations
from pipeline.correlation.policy import CorrelationPolicy
from pipeline.correlation.state import BACKLOG
from pipeline.correlation.windows import (
    AverageWindow,
    DistinctWindow,
    PercentileWindow,
    SlidingWindow,
    SumWindow,
)
from pipeline.correlation.wording import facts_of
from pipeline.sigma.reading.documents import LEVELS, Level, LogSource, SigmaCorrelation, SigmaRule
from schemas.ids import content_id
from schemas.language import Language
from schemas.moments import SECOND, Moment

Pace: TypeAlias = Literal["prompt", "absence", "anchored"]
"""prompt: at every match, the window that ends with it. absence: for every match of a present
rule, the window that begins with it, decided at its end. anchored: windows that begin with the
first match after the one before, decided at their end."""

NUMERIC_TYPES = frozenset({"value_sum", "value_avg", "value_percentile"})
_WINDOWS: dict[str, type[SlidingWindow]] = {
    "value_count": DistinctWindow,
    "value_sum": SumWindow,
    "value_avg": AverageWindow,
}


class Rules(Protocol):
    """What is needed of a rule set."""

    @property
    def rules(self) -> Mapping[str, SigmaRule]: ...

    @property
    def correlations(self) -> tuple[SigmaCorrelation, ...]: ...


class Source(msgspec.Struct, frozen=True):
    """One of a correlation's rules, and where its events have the values."""

    rule_id: str
    group_fields: tuple[str, ...]
    value_fields: tuple[str, ...]


class Correlation(msgspec.Struct, frozen=True, kw_only=True):
    """One correlation, ready to run; times in microseconds.

    `settled_kept` is how many settled matches decide anything to come, None for all in the
    window. `least_held` is how many matches any window needs that satisfies it, 0 where an
    empty one may. `openers` are the sources that open a window.
    """

    rule: SigmaCorrelation
    key: str
    span: Moment
    pace: Pace
    condition: TemporalCondition | ThresholdCondition
    sources: tuple[Source, ...]
    openers: frozenset[int]
    settled_kept: int | None
    least_held: int
    has_inner: bool
    level: Level
    logsource: LogSource
    facts: dict[Language, str]
    """Its condition in words."""

    @property
    def rule_id(self) -> str:
        return self.rule.head.rule_id

    @property
    def is_numeric(self) -> bool:
        return self.rule.type in NUMERIC_TYPES


Feed: TypeAlias = tuple[Correlation, int]
"""A correlation, and the position of the feeding rule in its `rules`."""


class CorrelationPlan(msgspec.Struct, frozen=True):
    """All correlations in the order in which they are evaluated: inner before outer."""

    plan_id: str
    policy: CorrelationPolicy
    correlations: tuple[Correlation, ...]
    feeds: dict[str, tuple[Feed, ...]]
    silent: frozenset[str]
    turns: tuple[str, ...]
    """Keys of groups in the order in which they are brought up to date: of each correlation its
    own, then its backlog's."""
    turn_of: dict[str, int]
    """Where each of these keys stands."""

    def is_silent(self, rule_id: str) -> bool:
        """Whether the rule only feeds correlations (specification, correlation, `generate`)."""
        return rule_id in self.silent


def compile_plan(rules: Rules, policy: CorrelationPolicy) -> CorrelationPlan:
    """The plan of a rule set; raises CorrelationFaults with all faults of all correlations."""
    faults = check_correlations(rules.rules, rules.correlations, policy)
    if faults:
        raise CorrelationFaults(faults)
    compiled: dict[str, Correlation] = {}
    for rule in rules.correlations:
        compiled[rule.head.rule_id] = _compile(rule, rules.rules, compiled)
    turns = tuple(key for each in compiled.values() for key in (each.key, each.key + BACKLOG))
    return CorrelationPlan(
        plan_id=content_id("correlation-plan", *(each.key for each in compiled.values())),
        policy=policy,
        correlations=tuple(compiled.values()),
        feeds=_feeds(compiled.values()),
        silent=_silent(rules.correlations),
        turns=turns,
        turn_of={key: turn for turn, key in enumerate(turns)},
    )


def _feeds(correlations: Iterable[Correlation]) -> dict[str, tuple[Feed, ...]]:
    feeds: dict[str, tuple[Feed, ...]] = {}
    for correlation in correlations:
        for position, source in enumerate(correlation.sources):
            feeds[source.rule_id] = (*feeds.get(source.rule_id, ()), (correlation, position))
    return feeds


def _silent(correlations: tuple[SigmaCorrelation, ...]) -> frozenset[str]:
    quiet = {rule_id for each in correlations if not each.generate for rule_id in each.rules}
    loud = {rule_id for each in correlations if each.generate for rule_id in each.rules}
    return frozenset(quiet - loud)


def _compile(
    rule: SigmaCorrelation,
    rules: Mapping[str, SigmaRule],
    inner: Mapping[str, Correlation],
) -> Correlation:
    condition = _condition(rule)
    pace, openers = _pace(rule, condition)
    feeding = [inner[rule_id] for rule_id in rule.rules if rule_id in inner]
    span = rule.timespan_s * SECOND
    return Correlation(
        rule=rule,
        key=_key(rule, feeding),
        span=span,
        pace=pace,
        condition=condition,
        sources=tuple(_source(rule, rule_id) for rule_id in rule.rules),
        openers=openers,
        settled_kept=_settled_kept(rule, pace),
        least_held=_least_held(rule, pace, condition),
        has_inner=bool(feeding),
        level=_level(rule, rules, feeding),
        logsource=_logsource(rule, rules, feeding),
        facts=facts_of(rule, rules, [each.rule for each in feeding]),
    )


def _condition(rule: SigmaCorrelation) -> TemporalCondition | ThresholdCondition:
    if rule.type in ("temporal", "temporal_ordered"):
        sources = {rule_id: position for position, rule_id in enumerate(rule.rules)}
        everything = (Clause(tuple(range(len(rule.rules)))),)
        clauses = clauses_of(rule.expression, sources) if rule.expression else everything
        return TemporalCondition(clauses, len(sources), rule.type == "temporal_ordered")
    if rule.type == "value_percentile":
        return ThresholdCondition(rule.thresholds, partial(PercentileWindow, rule.percentile))
    return ThresholdCondition(rule.thresholds, _WINDOWS.get(rule.type))


def _pace(
    rule: SigmaCorrelation, condition: TemporalCondition | ThresholdCondition
) -> tuple[Pace, frozenset[int]]:
    if isinstance(condition, ThresholdCondition):
        # More matches can only make it true: it is decided at once. "Fewer than" has to wait for
        # the end.
        is_rising = all(each.operator in RISING for each in condition.thresholds)
        return "prompt" if is_rising else "anchored", frozenset(range(len(rule.rules)))
    openers = frozenset(source for clause in condition.clauses for source in clause.present)
    waits = any(clause.absent for clause in condition.clauses)
    return "absence" if waits else "prompt", openers


def _settled_kept(rule: SigmaCorrelation, pace: Pace) -> int | None:
    """A count of n is decided by the last n matches, however many the window holds."""
    if rule.type != "event_count" or pace != "prompt":
        return None
    return max(least_count(rule.thresholds) - 1, 0)


def _least_held(
    rule: SigmaCorrelation, pace: Pace, condition: TemporalCondition | ThresholdCondition
) -> int:
    """A match is of one rule and has one value: n rules, n events, n values take n matches."""
    if pace != "prompt":
        return 0
    if isinstance(condition, TemporalCondition):
        return min((len(clause.present) for clause in condition.clauses), default=0)
    return 1 if rule.type in NUMERIC_TYPES else least_count(condition.thresholds)


def _source(rule: SigmaCorrelation, rule_id: str) -> Source:
    aliases = {alias.name: alias.sources for alias in rule.aliases}

    def fields(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(aliases[name][rule_id] if name in aliases else name for name in names)

    return Source(rule_id, fields(rule.group_by), fields(rule.value_fields))


def _key(rule: SigmaCorrelation, feeding: list[Correlation]) -> str:
    """Derived from all that decides how matches are held: another meaning, another key."""
    meaning = (
        rule.type,
        rule.rules,
        rule.group_by,
        rule.timespan_s,
        rule.thresholds,
        rule.expression,
        rule.value_fields,
        rule.percentile,
        rule.aliases,
    )
    content = msgspec.json.encode(meaning, order="deterministic")
    digest = content_id("correlation-key", content, *(each.key for each in feeding))
    return f"{rule.head.rule_id}/{digest[:12]}"


def _level(
    rule: SigmaCorrelation, rules: Mapping[str, SigmaRule], feeding: list[Correlation]
) -> Level:
    """Its own, or the highest of what it correlates."""
    if rule.head.level:
        return rule.head.level
    own = [
        rules[rule_id].head.level or "informational" for rule_id in rule.rules if rule_id in rules
    ]
    return max([*own, *(each.level for each in feeding)], key=LEVELS.index)


def _logsource(
    rule: SigmaCorrelation, rules: Mapping[str, SigmaRule], feeding: list[Correlation]
) -> LogSource:
    """What the log sources of all its rules have in common."""
    own = [rules[rule_id].logsource for rule_id in rule.rules if rule_id in rules]
    found = [*own, *(each.logsource for each in feeding)]

    def shared(key: str) -> str:
        values = {getattr(each, key) for each in found}
        return values.pop() if len(values) == 1 else ""

    return LogSource(shared("category"), shared("product"), shared("service"))
