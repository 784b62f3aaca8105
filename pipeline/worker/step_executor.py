"""The executor: one thread in which the engine decides and the sink writes.

Values in, values out: encoded states go in, changed ones come out. Decoded states are kept
beside the bytes they were decoded from, and used only while the table still holds those very
bytes: what another worker wrote, or a failed step left behind, is never taken for current.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

import msgspec
import structlog

from pipeline.app.delivery import Delivery
from pipeline.app.runner import EngineFault, TimerSource, take_each, take_group
from pipeline.intake.admitted import STRANGER
from pipeline.intake.dead_letters import refuse_record
from pipeline.worker.ledger import StateKey
from pipeline.worker.metrics import Metrics
from schemas.batch import Record
from schemas.decision import Decision
from schemas.ids import content_id
from schemas.moments import Moment
from sinks.contract import Rows

State = TypeVar("State")
State_contra = TypeVar("State_contra", contravariant=True)

DECODED_STATES = 5_000
"""Kept decoded, the least recently used dropped first."""
STATE_BYTES = 7_500_000
"""A state may take so much: the changelog's records, key and all, have 8 MB (`fenghuo topics`)."""

log = structlog.get_logger("fenghuo.worker")


class Admitted(Protocol):
    """A record as the engine takes it, and whose state it may touch."""

    @property
    def record(self) -> Record: ...

    @property
    def state_key(self) -> str: ...


class Engine(Protocol[State_contra]):
    """What the worker asks of the engine; see `pipeline/path.py`."""

    def admit(self, record: Record, partitions: int, /) -> Admitted: ...

    def apply(self, state: State_contra, admitted: Any, /) -> list[Decision]:
        """`admitted` is what its own `admit` returned."""

    def advance(self, state: State_contra, state_key: str, now: Moment, /) -> list[Decision]: ...

    def shed(self, state: State_contra, state_key: str, /) -> int:
        """Let go of the half that tells least; of how much, 0 where there is nothing left."""


class Codec(Protocol[State]):
    """How states are made and kept; of what kind one is, its key may say."""

    def fresh(self, key: str) -> State: ...

    def encode(self, state: State) -> bytes: ...

    def decode(self, key: str, data: bytes) -> State: ...


class Outcome(msgspec.Struct, frozen=True):
    """What a group came to. `states` are the changed ones, b"" for one that is as if it had never
    been; `fault` ended it at `taken` records."""

    decisions: list[Decision]
    states: dict[StateKey, bytes]
    taken: int
    fault: EngineFault | None = None


class Advanced(msgspec.Struct, frozen=True):
    """What timers came to; each fault is of one state, which stays as it was."""

    decisions: list[Decision]
    states: dict[StateKey, bytes]
    faults: list[EngineFault]


class Unadmitted(msgspec.Struct, frozen=True):
    """A record on which the engine raised before it could say whose it is."""

    record: Record
    cause: Exception
    state_key: str = STRANGER


def key_of(admitted: Admitted) -> StateKey:
    """Whose state, in the partition that the record is in."""
    return StateKey(admitted.record.partition, admitted.state_key)


def place_of(record: Record) -> str:
    """`topic/partition/offset`."""
    return f"{record.topic}/{record.partition}/{record.offset}"


class RecordSource:
    """Admitted records as the driver sees them."""

    def state_key(self, input: Admitted, /) -> StateKey:
        """See `key_of`."""
        return key_of(input)

    def place(self, input: Admitted, /) -> str:
        """See `place_of`."""
        return place_of(input.record)


class StepStates(Generic[State]):
    """The driver's memory during one group: encoded states in, changed ones out."""

    def __init__(
        self,
        codec: Codec[State],
        shed: Callable[[StateKey, State, bytes], bytes],
        decoded: "OrderedDict[StateKey, tuple[bytes, State]]",
        encoded: Mapping[StateKey, bytes],
    ) -> None:
        self._codec = codec
        self._shed = shed
        self._decoded = decoded
        self._encoded = encoded
        self.changed: dict[StateKey, bytes] = {}

    def recall(self, key: StateKey) -> State:
        """The decoded state, from what is kept decoded if its bytes still hold."""
        encoded = self._encoded.get(key, b"")
        kept = self._decoded.pop(key, None)
        if kept is not None and kept[0] == encoded:
            return kept[1]
        return self._codec.decode(key.name, encoded) if encoded else self._codec.fresh(key.name)

    def remember(self, states: Mapping[StateKey, State]) -> None:
        """Encode them; those that a refused record left as they were are not changed."""
        for key, state in states.items():
            encoded = self._codec.encode(state)
            if len(encoded) > STATE_BYTES:
                encoded = self._shed(key, state, encoded)
            if encoded == self._codec.encode(self._codec.fresh(key.name)):
                encoded = b""
            if encoded != self._encoded.get(key, b""):
                self.changed[key] = encoded
                self._decoded[key] = (encoded, state)
        while len(self._decoded) > DECODED_STATES:
            self._decoded.popitem(last=False)

    def forget(self, keys: Iterable[StateKey]) -> None:
        """Nothing to undo: `recall` took the decoded states out, and nothing was put back."""


class StepExecutor(Generic[State]):
    """Engine and sink; every call in the same thread. The engine may be changed in between.

    `partitions` is how many the source topics have, 0 where nobody knows.
    """

    def __init__(
        self,
        engine: Engine[State],
        codec: Codec[State],
        delivery: Delivery,
        metrics: Metrics,
        partitions: int = 0,
    ) -> None:
        self.engine = engine
        self._codec = codec
        self._delivery = delivery
        self._metrics = metrics
        self._partitions = partitions
        self._decoded: OrderedDict[StateKey, tuple[bytes, State]] = OrderedDict()

    def drop_decoded(self) -> None:
        """After partitions were lost: keep nothing in memory of what others now own."""
        self._decoded.clear()

    def admit(self, records: Sequence[Record]) -> list[Admitted]:
        """Each record, and whose state it may touch: before its signature holds, nobody's."""
        return [self._admit(record) for record in records]

    def take(self, admitted: Sequence[Admitted], states: Mapping[StateKey, bytes]) -> Outcome:
        """Decide on the records and write the rows; up to the first one the engine raises on.

        Raises DeliveryAbandoned when told to stop while the sink is down.
        """
        memory = self._memory(states)
        try:
            decisions = take_group(admitted, RecordSource(), self._apply, memory, self._delivery)
        except EngineFault as fault:
            before = self.take(admitted[: fault.index], states)
            return Outcome(before.decisions, before.states, fault.index, fault)
        return Outcome(decisions, memory.changed, len(admitted))

    def refuse(self, record: Record, detail: str) -> list[Decision]:
        """Write the dead letter of a record on which the engine raises each time."""
        decisions: list[Decision] = list(refuse_record(record, detail))
        self._delivery.write(decisions, place_of(record))
        return decisions

    def write(self, rows: Rows, *token: str) -> None:
        """Write rows of the shell's own."""
        self._delivery.write_rows(rows, content_id("shell", *token))

    def advance(self, states: Mapping[StateKey, bytes], now: Moment) -> Advanced:
        """Timers and idle time of these states; their rows written."""

        def decide(state: State, key: StateKey) -> list[Decision]:
            return self.engine.advance(state, key.name, now)

        memory, timers = self._memory(states), TimerSource[StateKey](now)
        decisions, faults = take_each(list(states), timers, decide, memory, self._delivery)
        return Advanced(decisions, memory.changed, faults)

    def _admit(self, record: Record) -> Admitted:
        try:
            return self.engine.admit(record, self._partitions)
        except Exception as cause:  # a fault of the engine's: it is raised in the record's turn
            return Unadmitted(record, cause)

    def _apply(self, state: State, admitted: Admitted) -> list[Decision]:
        if isinstance(admitted, Unadmitted):
            raise admitted.cause
        return self.engine.apply(state, admitted)

    def _memory(self, states: Mapping[StateKey, bytes]) -> StepStates[State]:
        return StepStates(self._codec, self._shed, self._decoded, states)

    def _shed(self, key: StateKey, state: State, encoded: bytes) -> bytes:
        """The state, made so small that the changelog takes it; its rows are written already."""
        before, shed = len(encoded), 0
        while len(encoded) > STATE_BYTES:
            lost = self.engine.shed(state, key.name)
            shed += lost
            encoded = self._codec.encode(state) if lost else b""
        self._metrics.add("states_shed")
        log.error("state shed", key=str(key), before=before, after=len(encoded), shed=shed)
        return encoded
