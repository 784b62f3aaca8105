"""The executor: one thread in which the engine decides and the sink writes.

Values in, values out: encoded states go in, changed ones come out. Decoded states are kept
beside the bytes they were decoded from, and used only while the table still holds those very
bytes: what another worker wrote, or a failed step left behind, is never taken for current.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

import msgspec

from pipeline.app.delivery import Delivery
from pipeline.app.runner import EngineFault, TimerSource, take_group
from pipeline.intake.dead_letters import refuse_record
from schemas.batch import Record
from schemas.decision import Decision
from schemas.ids import content_id
from schemas.moments import Moment
from sinks.contract import Rows

State = TypeVar("State")
State_contra = TypeVar("State_contra", contravariant=True)

DECODED_STATES = 5_000
"""Kept decoded, the least recently used dropped first."""


class Engine(Protocol[State_contra]):
    """What the worker asks of the engine; see `pipeline/path.py`."""

    def state_key(self, record: Record) -> str: ...

    def apply(self, state: State_contra, record: Record) -> list[Decision]: ...

    def advance(self, state: State_contra, state_key: str, now: Moment) -> list[Decision]: ...


class Codec(Protocol[State]):
    """How states are made and kept; of what kind one is, its key may say."""

    def fresh(self, key: str) -> State: ...

    def encode(self, state: State) -> bytes: ...

    def decode(self, key: str, data: bytes) -> State: ...


class Outcome(msgspec.Struct, frozen=True):
    """What a group came to. `states` are the changed ones, b"" for one that is as if it had never
    been; `fault` ended it at `taken` records."""

    decisions: list[Decision]
    states: dict[str, bytes]
    taken: int
    fault: EngineFault | None = None


class RecordSource(Generic[State]):
    """A Kafka record as the driver sees it."""

    def __init__(self, engine: Engine[State]) -> None:
        self.state_key = engine.state_key

    def place(self, record: Record) -> str:
        """`topic/partition/offset`."""
        return f"{record.topic}/{record.partition}/{record.offset}"


class StepStates(Generic[State]):
    """The driver's memory during one group: encoded states in, changed ones out."""

    def __init__(
        self,
        codec: Codec[State],
        decoded: "OrderedDict[str, tuple[bytes, State]]",
        encoded: Mapping[str, bytes],
    ) -> None:
        self._codec = codec
        self._decoded = decoded
        self._encoded = encoded
        self.changed: dict[str, bytes] = {}

    def recall(self, key: str) -> State:
        """The decoded state, from what is kept decoded if its bytes still hold."""
        encoded = self._encoded.get(key, b"")
        kept = self._decoded.pop(key, None)
        if kept is not None and kept[0] == encoded:
            return kept[1]
        return self._codec.decode(key, encoded) if encoded else self._codec.fresh(key)

    def remember(self, states: Mapping[str, State]) -> None:
        """Encode them; those that a refused record left as they were are not changed."""
        for key, state in states.items():
            encoded = self._codec.encode(state)
            if encoded == self._codec.encode(self._codec.fresh(key)):
                encoded = b""
            if encoded != self._encoded.get(key, b""):
                self.changed[key] = encoded
                self._decoded[key] = (encoded, state)
        while len(self._decoded) > DECODED_STATES:
            self._decoded.popitem(last=False)

    def forget(self, keys: Iterable[str]) -> None:
        """Nothing to undo: `recall` took the decoded states out, and nothing was put back."""


class StepExecutor(Generic[State]):
    """Engine and sink; every call in the same thread. The engine may be changed in between."""

    def __init__(self, engine: Engine[State], codec: Codec[State], delivery: Delivery) -> None:
        self.engine = engine
        self._codec = codec
        self._delivery = delivery
        self._decoded: OrderedDict[str, tuple[bytes, State]] = OrderedDict()

    def drop_decoded(self) -> None:
        """After partitions were lost: keep nothing in memory of what others now own."""
        self._decoded.clear()

    def take(self, records: Sequence[Record], states: Mapping[str, bytes]) -> Outcome:
        """Decide on the records and write the rows; up to the first one the engine raises on.

        Raises DeliveryAbandoned when told to stop while the sink is down.
        """
        memory = StepStates(self._codec, self._decoded, states)
        source = RecordSource(self.engine)
        try:
            decisions = take_group(records, source, self.engine.apply, memory, self._delivery)
        except EngineFault as fault:
            before = self.take(records[: fault.index], states)
            return Outcome(before.decisions, before.states, fault.index, fault)
        return Outcome(decisions, memory.changed, len(records))

    def refuse(self, record: Record, detail: str) -> list[Decision]:
        """Write the dead letter of a record on which the engine raises each time."""
        decisions: list[Decision] = list(refuse_record(record, detail))
        self._delivery.write(decisions, RecordSource(self.engine).place(record))
        return decisions

    def write(self, rows: Rows, *token: str) -> None:
        """Write rows of the shell's own."""
        self._delivery.write_rows(rows, content_id("shell", *token))

    def advance(self, states: Mapping[str, bytes], now: Moment) -> Outcome:
        """Timers and idle time of these states; their rows written."""

        def decide(state: State, key: str) -> list[Decision]:
            return self.engine.advance(state, key, now)

        memory = StepStates(self._codec, self._decoded, states)
        source = TimerSource(now)
        keys = list(states)
        try:
            decisions = take_group(keys, source, decide, memory, self._delivery)
        except EngineFault as fault:
            rest = {key: states[key] for key in keys if key != keys[fault.index]}
            others = self.advance(rest, now)
            return Outcome(others.decisions, others.states, others.taken, fault)
        return Outcome(decisions, memory.changed, len(keys))
