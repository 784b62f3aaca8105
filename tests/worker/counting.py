"""A small engine whose rows depend on everything that came before: counts and sums.

The account of each record carries the running count of its enterprise, so a record lost,
doubled or taken out of order changes rows.
"""

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from pipeline.intake.dead_letters import refuse_unreadable
from pipeline.sigma.matching.plan_router import Effort
from schemas.batch import BatchAccount, Record
from schemas.decision import Decision
from schemas.moments import Moment
from sinks.contract import Rows, Sink

POISON = b"poison"


class Count(msgspec.Struct):
    """How many records, the sum of their numbers, and how often timers were looked at."""

    records: int = 0
    total: int = 0
    ticks: int = 0


class CountCodec:
    """MessagePack."""

    def fresh(self, key: str) -> Count:
        return Count()

    def encode(self, state: Count) -> bytes:
        return msgspec.msgpack.encode(state)

    def decode(self, key: str, data: bytes) -> Count:
        return msgspec.msgpack.decode(data, type=Count)


class Counted(NamedTuple):
    """A record, and whose count it changes."""

    record: Record
    state_key: str


class CountingEngine:
    """The value of a record is a number; `poison` makes the engine raise."""

    def admit(self, record: Record, partitions: int) -> "Counted":
        """By topic too: in which order two topics are read is not in their logs."""
        return Counted(record, f"{record.key.decode()}/{record.topic}")

    def apply(self, state: Count, counted: "Counted") -> list[Decision]:
        record = counted.record
        if record.unreadable is not None:
            return [refuse_unreadable(record, record.unreadable)]
        if record.value == POISON:
            raise ZeroDivisionError("poison")
        state.records += 1
        state.total += int(record.value)
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
                events=state.records,
                stored=state.records,
                reasons={"total": state.total},
            )
        ]

    def advance(self, state: Count, state_key: str, now: Moment) -> list[Decision]:
        state.ticks += 1
        return []

    def shed(self, state: Count, state_key: str) -> int:
        return 0


class CountingParts:
    """A worker of the counting engine, over the store that `make_sink` opens."""

    codec = CountCodec()

    def __init__(self, make_sink: Callable[[], Sink]) -> None:
        self.open_sink = make_sink

    def load_engine(self, in_force: object) -> CountingEngine:
        return CountingEngine()

    def name_rules(self, engine: object) -> str:
        return "counting"

    def effort(self, engine: object) -> Effort:
        return Effort()

    def introduce(self, engine: object) -> Rows:
        return {}
