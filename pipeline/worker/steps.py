"""Steps: groups of records, each applied once, in the order that loses nothing.

1. Judge every record against the position of its partition (`sequence.py`).
2. Decide, and write the rows (`executor.py`).
3. Remember: states, and when the broker has them, positions (`ledger.py`).
4. Acknowledge: Kafka's committed offset is only a hint; the position is the truth.
5. Go back, where the consumer skipped records.

A record on which the engine raises stops the worker, so that a supervisor restarts it and
somebody notices; the attempt is counted beside the position, and at the last one the record
becomes a dead letter of reason `engine_fault`, so that the stream goes on.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

import structlog

from pipeline.app.delivery import DeliveryAbandoned
from pipeline.app.runner import EngineFault
from pipeline.intake.dead_letters import expire_offsets
from pipeline.worker.contiguity import TopicPartition
from pipeline.worker.delivered import Delivered, Publish
from pipeline.worker.ledger import Ledger, Position, StateRecord
from pipeline.worker.metrics import Metrics
from pipeline.worker.observation import observe_decisions, observe_step
from pipeline.worker.ownership import NO_GENERATION, Ownership
from pipeline.worker.partition_time import PartitionTime
from pipeline.worker.sequence import Sequencer
from pipeline.worker.step_executor import Engine, Outcome, StepExecutor
from pipeline.worker.timers import StateKey, Timers
from schemas.decision import Decision
from schemas.moments import Moment
from sinks.rows import rows_of

State = TypeVar("State")
T = TypeVar("T")

log = structlog.get_logger("fenghuo.worker")


class Steps(Generic[State]):
    """Takes what the consumer delivers; one step at a time."""

    def __init__(
        self,
        ledger: Ledger,
        executor: StepExecutor[State],
        sequencer: Sequencer,
        publish: Publish,
        *,
        ownership: Ownership,
        metrics: Metrics,
        thread: ThreadPoolExecutor,
        attempts: int = 3,
    ) -> None:
        self.executor = executor
        self._ledger = ledger
        self._sequencer = sequencer
        self._publish = publish
        self._metrics = metrics
        self._attempts = attempts
        self._thread = thread
        self._ownership = ownership
        self._opened = NO_GENERATION
        self._partition_time = PartitionTime()
        self._lock = asyncio.Lock()

    async def take(self, delivered: Sequence[Delivered], generation: int) -> None:
        """One step, 1 to 5, in this generation of the group.

        What was fetched in another one, or before the table was whole, is left out: `advance`
        sends the consumer back for it. Raises EngineFault (counted) and DeliveryAbandoned.
        """
        async with self._lock:
            started_s = time.monotonic()
            is_open = await self._open_ledger(generation)
            current = [each for each in delivered if is_open and each.generation == generation]
            if len(current) < len(delivered):
                self._sequencer.leave_out(each.record for each in delivered)
            fresh = await self._sequencer.fresh(current)
            await self._account_missing()
            try:
                await self._apply(fresh)
            except DeliveryAbandoned:
                self._sequencer.clear()  # what was expected next was not applied
                self._opened = NO_GENERATION
                raise
            for each in delivered:
                each.ack()
            await self._sequencer.go_back()
            observe_step(self._metrics, fresh, time.monotonic() - started_s)

    async def advance(self, timers: Timers, generation: int, moments: Mapping[int, Moment]) -> None:
        """The timers that are due to be looked at, at the time that it is in each partition.

        Only of states that are held, in partitions owned in this very generation: what lies
        about from before may be long out of date.
        """
        async with self._lock:
            if not await self._open_ledger(generation):
                return
            await self._sequencer.go_back_again(self._ownership.partitions)
            held = list(self._ledger.state_keys(self._ownership.partitions))
            self._metrics.put("states", len(held))
            keys = timers.next_share(generation, held)
            for now in sorted(set(moments.values())):
                due = [key for key in keys if moments.get(key[0]) == now]
                if due:
                    await self._advance(due, generation, now)

    async def resume_stalled(self, ends: Mapping[TopicPartition, int], generation: int) -> None:
        """Go on where the consumer stands still short of these ends of its logs."""
        async with self._lock:
            if await self._open_ledger(generation):
                owned = self._ownership.partitions
                await self._sequencer.resume_stalled(
                    {at: ends[at] for at in ends if at[1] in owned}
                )

    async def _advance(self, keys: Sequence[StateKey], generation: int, now: Moment) -> None:
        partition_of = {key: partition for partition, key in keys}
        records = {key: self._ledger.state(partition, key) for partition, key in keys}
        states = {key: record.state for key, record in records.items()}
        outcome = await self.in_thread(self.executor.advance, states, now)
        if outcome.fault is not None:
            self._metrics.add("timer_faults")
            log.error("the engine raised on timers", fault=str(outcome.fault))
        await self._tell(outcome.decisions)
        writes: list[Awaitable[object]] = []
        for key, state in outcome.states.items():
            partition = partition_of[key]
            if state:
                record = StateRecord(records[key].applied, state)
                writes += self._put_state(partition, key, generation, record)
            else:
                writes += self._ledger.drop((partition, "state", key))
        await asyncio.gather(*writes)

    async def end(self) -> None:
        """Returns when no step is in hand."""
        async with self._lock:
            pass

    async def swap(self, engine: Engine[State]) -> None:
        """Put another engine in force, between two steps."""
        async with self._lock:
            self.executor.engine = engine

    def moments(
        self, waiting: Mapping[TopicPartition, int | None], now: Moment
    ) -> dict[int, Moment]:
        """What time it is in each partition; see `clocks.py`."""
        return self._partition_time.read(waiting, now)

    def next_offset(self, place: TopicPartition) -> int | None:
        """The next offset to apply; None where the partition was not seen since assignment."""
        return self._sequencer.next_offset(place)

    async def in_thread(self, call: Callable[..., T], *arguments: Any) -> T:
        """Call it in the executor's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)

    async def _open_ledger(self, generation: int) -> bool:
        """Whether the books are of this generation; they are opened once it may begin."""
        if self._opened != generation and self._ownership.may_begin(generation):
            self._sequencer.clear()
            self._ledger.open()
            self._opened = generation
            await self.in_thread(self.executor.drop_decoded)
        return self._opened == generation

    async def _apply(self, fresh: Sequence[Delivered]) -> None:
        """2 and 3, until all are applied; past a record that the engine never gets over."""
        while fresh:
            states = self._states_of(fresh)
            pending = [each for each in fresh if not self._was_applied(each, states)]
            outcome = await self._decide(pending, states)
            await self._tell(outcome.decisions)
            faulted = None if outcome.fault is None else pending[outcome.taken]
            done = fresh if faulted is None else fresh[: fresh.index(faulted)]
            await self._remember(done, states, outcome)
            if faulted is None or outcome.fault is None:
                return
            await self._count_fault(faulted, outcome.fault)
            fresh = fresh[len(done) + 1 :]

    async def _decide(
        self, pending: Sequence[Delivered], states: dict[str, StateRecord]
    ) -> Outcome:
        records = [each.record for each in pending]
        encoded = {key: record.state for key, record in states.items()}
        return await self.in_thread(self.executor.take, records, encoded)

    def _states_of(self, fresh: Sequence[Delivered]) -> dict[str, StateRecord]:
        place = {self._key(each): each.record.partition for each in fresh}
        return {key: self._ledger.state(partition, key) for key, partition in place.items()}

    def _was_applied(self, each: Delivered, states: dict[str, StateRecord]) -> bool:
        """A step that was cut short between states and positions has applied it."""
        applied = states[self._key(each)].applied
        return each.record.offset <= applied.get(each.record.topic, -1)

    async def _remember(
        self, done: Sequence[Delivered], states: dict[str, StateRecord], outcome: Outcome
    ) -> None:
        last_of_state = {self._key(each): each for each in done}
        applied = {key: dict(record.applied) for key, record in states.items()}
        for each in done:
            applied[self._key(each)][each.record.topic] = each.record.offset
        writes: list[Awaitable[object]] = []
        for key, state in outcome.states.items():
            last = last_of_state[key]
            record = StateRecord(applied[key], state)
            writes += self._put_state(last.record.partition, key, last.generation, record)
        await asyncio.gather(*writes)
        await self._remember_positions(done)

    async def _remember_positions(self, done: Sequence[Delivered]) -> None:
        last_of_place = {(each.record.topic, each.record.partition): each for each in done}
        writes: list[Awaitable[object]] = []
        for place, each in last_of_place.items():
            writes += self._put_position(each, Position(each.record.offset + 1))
            self._partition_time.reach(place, each.record.timestamp)
        await asyncio.gather(*writes)

    async def _count_fault(self, faulted: Delivered, fault: EngineFault) -> None:
        """Count the attempt and raise; at the last one, dead-letter the record and go on."""
        self._metrics.add("engine_faults")
        record = faulted.record
        position = self._ledger.position(record.partition, record.topic)
        is_same = position is not None and position.next_offset == record.offset
        faults = (position.faults if is_same and position is not None else 0) + 1
        if faults < self._attempts:
            await asyncio.gather(*self._put_position(faulted, Position(record.offset, faults)))
            raise fault
        log.error("dead-lettered after engine faults", fault=str(fault), attempts=faults)
        await self._tell(await self.in_thread(self.executor.refuse, record, str(fault)))
        await self._remember_positions([faulted])

    async def _account_missing(self) -> None:
        for missing, met in self._sequencer.take_missing():
            if missing.expired:
                letter = expire_offsets(met, missing.first, missing.last)
                await self.in_thread(self.executor.write, rows_of([letter]), letter.dead_letter_id)
                await self._tell([letter])

    async def _tell(self, decisions: Sequence[Decision]) -> None:
        """To subscribers and metrics, once the rows are written."""
        await asyncio.gather(*self._publish(decisions))
        observe_decisions(self._metrics, decisions)

    def _key(self, each: Delivered) -> str:
        return self.executor.engine.state_key(each.record)

    def _put_state(
        self, partition: int, key: str, generation: int, record: StateRecord
    ) -> list[Awaitable[object]]:
        in_force = self._ledger.generation(partition, generation)
        return self._ledger.put((partition, "state", key), in_force, record)

    def _put_position(self, each: Delivered, position: Position) -> list[Awaitable[object]]:
        partition = each.record.partition
        in_force = self._ledger.generation(partition, each.generation)
        return self._ledger.put((partition, "position", each.record.topic), in_force, position)
