"""Rules, events and runs for the tests of correlation."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from pipeline.correlation.extraction import Match
from pipeline.correlation.plan import CorrelationPlan, compile_plan
from pipeline.correlation.policy import CorrelationPolicy
from pipeline.correlation.state import CorrelationState
from pipeline.correlation.step import correlate, expire
from pipeline.event_time.clock import (
    Clock,
    ClockState,
    EventTimePolicy,
    Heard,
    advance,
    move_on,
)
from pipeline.event_time.dating import is_late, latest_present
from pipeline.event_time.sources import source_id
from pipeline.sigma.reading.documents import (
    Alias,
    CorrelationType,
    Expression,
    Head,
    Level,
    LogSource,
    Operator,
    SigmaCorrelation,
    SigmaRule,
    Threshold,
)
from schemas.context import Context
from schemas.detection import Detection
from schemas.event import Event
from schemas.moments import SECOND, Moment
from schemas.registry import Enterprise

START: Moment = 1_790_000_000 * SECOND
"""An ordinary moment of 2026; seconds of the tests' timelines count from it."""

CONTEXT = Context(
    enterprise=Enterprise(
        enterprise_id="e1",
        name="Example works",
        province="330000",
        sector="manufacturing",
        field="industrial",
    ),
    rule_set_id="rules-1",
)


class Rules(msgspec.Struct, frozen=True):
    """What compile_plan needs of a rule set."""

    rules: Mapping[str, SigmaRule]
    correlations: tuple[SigmaCorrelation, ...]


def rule(rule_id: str, level: Level = "low", product: str = "windows") -> SigmaRule:
    return SigmaRule(
        head=Head(rule_id=rule_id, title=f"Rule {rule_id}", level=level),
        logsource=LogSource(product=product),
        detection={},
        condition=(),
    )


def correlation(
    kind: CorrelationType,
    rules: Sequence[str],
    span_s: int,
    *,
    group_by: Sequence[str] = (),
    expression: Expression | None = None,
    field: str | Sequence[str] = (),
    percentile: int = 50,
    aliases: Mapping[str, Mapping[str, str]] | None = None,
    generate: bool = False,
    rule_id: str = "corr",
    level: Level | None = "high",
    **bounds: float,
) -> SigmaCorrelation:
    """A correlation; `bounds` are gt=, gte=, lt=, lte=, eq=, neq=."""
    thresholds = tuple(Threshold(_operator(name), bound) for name, bound in bounds.items())
    return SigmaCorrelation(
        head=Head(rule_id=rule_id, title=f"Correlation {rule_id}", level=level, file="c.yml"),
        type=kind,
        rules=tuple(rules),
        group_by=tuple(group_by),
        timespan_s=span_s,
        thresholds=thresholds,
        expression=expression,
        value_fields=(field,) if isinstance(field, str) else tuple(field),
        percentile=percentile,
        aliases=tuple(Alias(name, dict(sources)) for name, sources in (aliases or {}).items()),
        generate=generate,
    )


def _operator(name: str) -> Operator:
    operator: Operator = msgspec.convert(name, Operator)
    return operator


def plan_of(
    *correlations: SigmaCorrelation,
    rules: Iterable[str] = "abcd",
    policy: CorrelationPolicy | None = None,
) -> CorrelationPlan:
    named = {rule_id: rule(rule_id) for rule_id in rules}
    return compile_plan(Rules(named, correlations), policy or CorrelationPolicy())


def event(at_s: float, event_id: str = "", *, source: str = "", **fields: object) -> Event:
    """An event `at_s` seconds after START, dated by `source`'s clock."""
    return Event(
        event_id=event_id or f"at{at_s:g}",
        batch_id="",
        enterprise_id="e1",
        province="330000",
        sector="manufacturing",
        time=START + round(at_s * SECOND),
        received_at=START + round(at_s * SECOND),
        late=False,
        future=False,
        format="windows",
        product="windows",
        category="",
        service="",
        host=source,
        account="",
        source_ip="",
        destination_ip="",
        process="",
        drill="",
        fields=fields,
        raw=b"",
    )


class Run:
    """An enterprise's correlations, fed batch by batch; remembers every row."""

    def __init__(self, plan: CorrelationPlan, lateness_s: int = 0, **policy: int) -> None:
        self.plan = plan
        self.policy = EventTimePolicy(lateness_s=lateness_s, **policy)
        self.clock = ClockState()
        self.state = CorrelationState()
        self.rows: list[Detection] = []

    def feed(self, *matched: tuple[Event, str], received_s: float | None = None) -> list[Detection]:
        """One batch: events, each with the ids of the rules that it matches, as in "ab".

        Received `received_s` after START; None: as it happened.
        """
        received_at = START if received_s is None else START + round(received_s * SECOND)
        heard: dict[bytes, Heard] = {}
        matches = []
        for each, ids in matched:
            present_until = latest_present(self.policy, received_at)
            is_ahead = received_s is not None and each.time > present_until
            dated = msgspec.structs.replace(each, received_at=received_at, future=is_ahead)
            source, time = source_id(each.host), received_at if is_ahead else each.time
            known = heard.get(source, Heard(time, each.time))
            heard[source] = Heard(max(known.newest, time), max(known.own_newest, each.time))
            if is_late(self.policy, self.clock, source, time):
                dated = msgspec.structs.replace(dated, late=True)
            matches += [Match(dated, rule(rule_id), time, source) for rule_id in ids]
        clock, _ = advance(self.policy, self.clock, heard, received_at, received_s is None)
        return self._keep(correlate(self.plan, self.state, matches, clock, CONTEXT))

    def wait_to(self, at_s: float) -> list[Detection]:
        """The shell's clock reaches `at_s`, and nothing was received."""
        clock = move_on(self.policy, self.clock, START + round(at_s * SECOND))
        return self._keep(expire(self.plan, self.state, clock, CONTEXT))

    def pass_to(self, at_s: float) -> list[Detection]:
        """The watermark moves to `at_s`, with no event, and no source is waited for."""
        self.clock.watermark = max(self.clock.watermark, START + round(at_s * SECOND))
        clock = Clock(self.clock.watermark, START, self.clock.settled, self.clock.now)
        return self._keep(expire(self.plan, self.state, clock, CONTEXT))

    def end(self, at_s: float) -> list[Detection]:
        """The watermark moves to `at_s`, and all of it is settled."""
        found = self.pass_to(at_s)
        clock = Clock(self.clock.watermark, START, self.clock.watermark, 1 << 60)
        return found + self._keep(expire(self.plan, self.state, clock, CONTEXT))

    def _keep(self, found: list[Detection]) -> list[Detection]:
        self.rows += found
        return found

    def restore(self) -> None:
        """As after a restart: all that is left is the record."""
        encoded = msgspec.msgpack.encode(self.state)
        self.state = msgspec.msgpack.decode(encoded, type=CorrelationState)
        self.clock = msgspec.msgpack.decode(msgspec.msgpack.encode(self.clock), type=ClockState)

    def final(self) -> dict[str, Detection]:
        """The last revision of each detection; revisions must count 1, 2, 3, …"""
        last: dict[str, Detection] = {}
        for row in self.rows:
            before = last.get(row.detection_id)
            assert row.revision == (before.revision + 1 if before else 1)
            last[row.detection_id] = row
        return last

    def active(self) -> list[Detection]:
        """Detections that hold, by rule and time."""
        held = [each for each in self.final().values() if each.status == "active"]
        return sorted(held, key=lambda each: (each.rule_id, each.time, each.detection_id))


def timeline(plan: CorrelationPlan, text: str, **fields: Any) -> Run:
    """A run over a drawn timeline: each character is a second, `.` none, `a` a match of rule a.

    Characters in brackets share a second: `a.(ab)`. Lateness is none.
    """
    run = Run(plan)
    for at_s, ids in enumerate(_seconds(text)):
        for rule_id in ids:
            run.feed((event(at_s, f"{rule_id}{at_s}", **fields), rule_id))
    return run


def _seconds(text: str) -> list[str]:
    seconds: list[str] = []
    rest = iter(text.replace(" ", ""))
    for character in rest:
        if character == "(":
            seconds.append("".join(iter(lambda: next(rest), ")")))
        else:
            seconds.append(character.replace(".", ""))
    return seconds


def seconds_of(moment: Moment) -> float:
    """Seconds after START."""
    return (moment - START) / SECOND
