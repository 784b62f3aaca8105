"""The executor: one thread in which the engine decides and the sink writes.

Values in, values out: encoded states go in, changed ones come out. Decoded states are kept
beside the bytes they were decoded from, and used only while the table still holds those very
bytes: what another worker wrote, or a failed step left behind, is never taken for current.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

import msgspec
import structlog

from pipeline.app.delivery import Delivery
from pipeline.app.runner import EngineFault, Runner, Task, record_task, timer_task
from pipeline.path import Engine
from pipeline.state import (
    State,
    StateKey,
    decode_state,
    encode_state,
    fresh_state,
    is_fresh,
)
from pipeline.worker.metrics import Metrics
from pipeline.worker.step_traces import StepTimes
from schemas.batch import Record
from schemas.decision import Decision
from schemas.ids import content_id
from schemas.moments import Moment
from sinks.contract import Rows

Decoded: TypeAlias = OrderedDict[StateKey, tuple[bytes, State]]
"""States beside the bytes that they were decoded from, the least recently used first."""

DECODED_STATES = 5_000
"""Kept decoded, the least recently used dropped first."""
STATE_BYTES = 7_500_000
"""A state may take so much: the changelog's records, key and all, have 8 MB (`fenghuo topics`)."""

log = structlog.get_logger("fenghuo.worker")


class Outcome(msgspec.Struct, frozen=True):
    """What a group came to. `states` are the changed ones, b"" for one that is as if it had never
    been; `fault` ended it at `taken` records."""

    decisions: list[Decision]
    states: dict[StateKey, bytes]
    taken: int
    fault: EngineFault | None = None
    times: StepTimes = StepTimes()


class Advanced(msgspec.Struct, frozen=True):
    """What timers came to; each fault is of one state, which stays as it was."""

    decisions: list[Decision]
    states: dict[StateKey, bytes]
    faults: list[EngineFault]


class StepStates:
    """The runner's memory during one group: encoded states in, changed ones out."""

    def __init__(
        self,
        shed: Callable[[StateKey, State, bytes], bytes],
        decoded: Decoded,
        encoded: Mapping[StateKey, bytes],
    ) -> None:
        self._shed = shed
        self._decoded = decoded
        self._encoded = encoded
        self.changed: dict[StateKey, bytes] = {}

    def recall(self, key: StateKey) -> State:
        """The decoded state, from what is kept decoded if its bytes still hold."""
        encoded = self._encoded.get(key, b"")
        # Taken out while it is changed: if the step fails, nobody finds it half done.
        kept = self._decoded.pop(key, None)
        if kept is not None and kept[0] == encoded:
            return kept[1]
        return decode_state(key.name, encoded) if encoded else fresh_state(key.name)

    def remember(self, states: Mapping[StateKey, State]) -> None:
        """Encode them; those that a refused record left as they were are not changed."""
        for key, state in states.items():
            encoded = encode_state(state)
            if len(encoded) > STATE_BYTES:
                encoded = self._shed(key, state, encoded)
            if is_fresh(key.name, encoded):
                encoded = b""
            if encoded != self._encoded.get(key, b""):
                self.changed[key] = encoded
                self._decoded[key] = (encoded, state)
        while len(self._decoded) > DECODED_STATES:
            self._decoded.popitem(last=False)

    def forget(self, keys: Iterable[StateKey]) -> None:
        """Nothing to undo: `recall` took the decoded states out, and nothing was put back."""


class StepExecutor:
    """Engine and sink; every call in the same thread. The engine may be changed in between.

    `partitions` is how many the source topics have, 0 where nobody knows.
    """

    def __init__(
        self, engine: Engine, delivery: Delivery, metrics: Metrics, partitions: int = 0
    ) -> None:
        self.engine = engine
        self._delivery = delivery
        self._metrics = metrics
        self.partitions = partitions
        self._decoded: Decoded = OrderedDict()

    def drop_decoded(self) -> None:
        """After partitions were lost: keep nothing in memory of what others now own."""
        self._decoded.clear()

    def admit(self, records: Sequence[Record]) -> list[Task]:
        """Each record, and whose state it may touch: before its signature holds, nobody's."""
        return [record_task(self.engine, record, self.partitions) for record in records]

    def take(self, tasks: Sequence[Task], states: Mapping[StateKey, bytes]) -> Outcome:
        """Decide on the records and write the rows; up to the first one the engine raises on.

        Raises DeliveryAbandoned when told to stop while the sink is down.
        """
        memory, begun = StepStates(self._shed, self._decoded, states), time.time_ns()
        try:
            decisions = Runner(memory, self._delivery).take(tasks)
        except EngineFault as fault:
            # Decided again up to there: the states that the fault has met are half changed, and
            # were not put back.
            before = self.take(tasks[: fault.index], states)
            return Outcome(before.decisions, before.states, fault.index, fault, before.times)
        times = StepTimes(begun, max(begun, self._delivery.offered_ns), time.time_ns())
        return Outcome(decisions, memory.changed, len(tasks), times=times)

    def advance(self, states: Mapping[StateKey, bytes], now: Moment) -> Advanced:
        """Timers and idle time of these states; their rows written."""
        memory = StepStates(self._shed, self._decoded, states)
        timers = [timer_task(self.engine, key, now) for key in states]
        decisions, faults = Runner(memory, self._delivery).take_each(timers)
        return Advanced(decisions, memory.changed, faults)

    def write(self, decisions: Sequence[Decision], token: str) -> None:
        """Write decisions of the shell's own: dead letters."""
        self._delivery.write(decisions, content_id("shell", token))

    def write_rows(self, rows: Rows, *token: str) -> None:
        """The same of rows that are no decisions: the registry."""
        self._delivery.write_rows(rows, content_id("shell", *token))

    def _shed(self, key: StateKey, state: State, encoded: bytes) -> bytes:
        """The state, made so small that the changelog takes it; its rows are written already."""
        before, shed = len(encoded), 0
        while len(encoded) > STATE_BYTES:
            lost = self.engine.shed(state, key.name)
            shed += lost
            encoded = encode_state(state) if lost else b""
        self._metrics.add("states_shed")
        log.error("state shed", key=str(key), before=before, after=len(encoded), shed=shed)
        return encoded
