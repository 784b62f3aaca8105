"""A small engine whose rows depend on everything that came before: counts and sums.

The account of each record carries the running count of its enterprise, so a record lost,
doubled or taken out of order changes rows. What it counts is kept in a real state, in fields that
hold nothing else here: one state of all topics, as an enterprise's is, and a count of each, for in
which order two topics are read is not in their logs.
"""

from collections.abc import Callable

import msgspec

from pipeline.intake.admission import Refusal
from pipeline.intake.admitted import Admitted
from pipeline.intake.dead_letters import refuse_unreadable
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.parse import parse_rules
from pipeline.state import State, enterprise_state
from schemas.batch import BatchAccount, Record
from schemas.decision import Decision
from schemas.moments import Moment
from sinks.contract import Rows, Sink

EVENTS = "fenghuo.events"
POISON = b"poison"
RULE = "title: {title}\nlogsource: {{product: windows}}\ndetection: {{s: {{a: b}}, condition: s}}\n"


class Count(msgspec.Struct):
    """How many records of one topic, and the sum of their numbers."""

    records: int = 0
    total: int = 0


def count_of(state: State, topic: str = EVENTS) -> Count:
    """What a state says was counted of the topic."""
    counted = enterprise_state(state)
    if topic == EVENTS:
        return Count(counted.sightings.order, counted.taken.doubtful_until)
    return Count(counted.quota.events_paid_at, counted.quota.bytes_paid_at)


def keep_count(state: State, count: Count, topic: str = EVENTS) -> None:
    """Make the state say so."""
    counted = enterprise_state(state)
    if topic == EVENTS:
        counted.sightings.order, counted.taken.doubtful_until = count.records, count.total
    else:
        counted.quota.events_paid_at, counted.quota.bytes_paid_at = count.records, count.total


class CountingEngine(Engine):
    """The value of a record is a number; `poison` makes the engine raise.

    It has one rule, which tells its rule set from others.
    """

    def __init__(self, title: str = "none") -> None:
        rules = compile_rules(parse_rules([("rule.yml", RULE.format(title=title))]))
        super().__init__(rules, Policy(), {})

    def admit(self, record: Record, partitions: int = 0) -> Admitted:
        content = record.unreadable or Refusal("counted", "of no use but to be counted")
        return Admitted(record, content, record.key.decode())

    def apply(self, state: State, admitted: Admitted) -> list[Decision]:
        record = admitted.record
        if record.unreadable is not None:
            return [refuse_unreadable(record, record.unreadable)]
        if record.value == POISON:
            raise ZeroDivisionError("poison")
        count = count_of(state, record.topic)
        count.records += 1
        count.total += int(record.value)
        keep_count(state, count, record.topic)
        return [
            BatchAccount(
                enterprise_id=record.key.decode(),
                batch_id=record.value.decode(),
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                format="count",
                received_at=record.timestamp,
                outcome="accepted",
                events=count.records,
                stored=count.records,
                reasons={"total": count.total},
            )
        ]

    def advance(self, state: State, state_key: str, now: Moment) -> list[Decision]:
        enterprise_state(state).left_at += 1  # how often timers were looked at
        return []


class CountingParts:
    """A worker of the counting engine, over the store that `make_sink` opens."""

    def __init__(self, make_sink: Callable[[], Sink]) -> None:
        self.open_sink = make_sink

    def load_engine(self, in_force: Engine | None) -> Engine:
        return CountingEngine()

    def signature_rows(self) -> Rows:
        return {}
