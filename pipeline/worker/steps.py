"""Steps: groups of records, each applied once, in an order that loses nothing and is fair.

1. Receive: judge every record against the position of its partition (`sequence.py`), and let it
   wait for its turn (`fair_order.py`). Go back, where the consumer skipped records.
2. Decide, and write the rows (`step_executor.py`, with the runner).
3. Remember: states, and when the broker has them, positions (`progress.py`).
4. Acknowledge: Kafka's committed offset is only a hint; the position is the truth.

A record on which the engine raises stops the worker, so that a supervisor restarts it and
somebody notices; the attempt is counted beside the position, and at the last one the record
becomes a dead letter of reason `engine_fault`, so that the stream goes on.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias, TypeVar

import structlog

from pipeline.app.delivery import DeliveryAbandoned
from pipeline.app.runner import EngineFault, Task
from pipeline.intake.dead_letters import expire_offsets, recreate_topic, refuse_record
from pipeline.path import Engine
from pipeline.state import StateKey
from pipeline.worker.fair_order import Arrival, FairOrder
from pipeline.worker.ledger import (
    NO_GENERATION,
    Ledger,
    Ownership,
    TopicPartition,
    topic_of,
)
from pipeline.worker.metrics import Metrics, observe_decisions, observe_step
from pipeline.worker.progress import Progress
from pipeline.worker.repartition import StatesMisplaced, misplaced
from pipeline.worker.sequence import Delivered, ReadAgain, Sequencer
from pipeline.worker.step_executor import StepExecutor
from pipeline.worker.step_traces import StepTraces
from pipeline.worker.timers import BrokerClock, PartitionTime, Timers
from schemas.batch import DeadLetter
from schemas.decision import Decision
from schemas.moments import Moment

T = TypeVar("T")

log = structlog.get_logger("fenghuo.worker")


Publish: TypeAlias = Callable[[Sequence[Decision]], Sequence[Awaitable[object]]]
"""Send decisions to the topics that they go out on; the writes to wait for."""


class Steps:
    """Takes what the consumer delivers; one step at a time."""

    def __init__(
        self,
        ledger: Ledger,
        executor: StepExecutor,
        sequencer: Sequencer,
        publish: Publish,
        *,
        ownership: Ownership,
        metrics: Metrics,
        thread: ThreadPoolExecutor,
        attempts: int = 3,
        records: int = 50,
        order: FairOrder | None = None,
        traces: StepTraces | None = None,
        clock: BrokerClock | None = None,
    ) -> None:
        self.executor = executor
        self._ledger = ledger
        self._sequencer = sequencer
        self._publish = publish
        self._metrics = metrics
        self._attempts = attempts
        self._records = records
        self._order = FairOrder() if order is None else order
        self._traces = StepTraces() if traces is None else traces
        self._clock = BrokerClock() if clock is None else clock
        self._changed = asyncio.Event()
        self._thread = thread
        self._ownership = ownership
        self._opened = NO_GENERATION
        self._partition_time = PartitionTime()
        self._progress = Progress(ledger, self._order, sequencer)
        self._lock = asyncio.Lock()

    async def receive(self, delivered: Sequence[Delivered], generation: int) -> None:
        """Let them wait for their turn, in this generation of the group.

        What was fetched in another one, or before the table was whole, is left out: `advance`
        sends the consumer back for it.
        """
        async with self._lock:
            is_open = await self._open_ledger(generation)
            # After a rebalance Faust still hands over what it had buffered before it.
            current = [each for each in delivered if is_open and each.generation == generation]
            if len(current) < len(delivered):
                records = [each.record for each in delivered]
                self._sequencer.leave_out(
                    ((each.topic, each.partition), each.offset) for each in records
                )
            fresh = await self._sequencer.fresh(current)
            try:
                for missing, met in self._sequencer.take_missing():
                    await self._dead_letter(expire_offsets(met, missing.first, missing.last))
                await self._admit(fresh)
            except DeliveryAbandoned:
                self._let_go()  # what was expected next was not kept
                raise
            # Skipped ones too: a single one left would hold Kafka's committed offset back.
            for each in delivered:
                if each not in fresh:
                    each.ack()
            await self._sequencer.go_back()
        self._changed.set()

    async def take(self, generation: int) -> None:
        """One step, 2 to 4, of those whose turn it is.

        Raises EngineFault (counted) and DeliveryAbandoned.
        """
        async with self._lock:
            if not await self._open_ledger(generation):
                self._let_go()
                return
            started_s = time.monotonic()
            try:
                taken = await self._next()
                await self._apply(taken)
            except DeliveryAbandoned:
                self._let_go()
                raise
            for each in taken:
                each.delivered.ack()
            records = [each.delivered.record for each in taken]
            took_s = time.monotonic() - started_s
            observe_step(self._metrics, records, took_s, self._clock.now())
        self._changed.set()

    async def _next(self) -> list[Arrival]:
        """Those whose turn it is, read again where their values were let go of."""
        taken = self._order.take(self._records)
        absent = None if taken else self._order.next_absent()
        if absent is None:
            return taken
        records = await self._sequencer.read_again(absent.place, absent.offset)
        if records and records[0].offset > absent.offset:
            await self._dead_letter(expire_offsets(records[0], absent.offset, absent.offset))
            self._order.drop(absent)
        wanted = [each for each in records if self._order.awaits(absent.place, each.offset)]
        tasks = await self.in_thread(self.executor.admit, wanted)
        again = [ReadAgain(each, absent.generation) for each in wanted]
        self._order.fill(self._arrivals(again, tasks))
        return self._order.take(self._records)

    def _let_go(self) -> None:
        """What waits will not be applied now: it is read again, from the ledger's positions."""
        self._sequencer.clear()
        self._sequencer.leave_out(self._order.ends())
        self._order.clear()
        self._partition_time = PartitionTime()
        self._progress.clear()
        self._opened = NO_GENERATION
        self._changed.set()  # there is room

    async def until_there_is_room(self) -> None:
        """Returns when more may be read."""
        await self._until(lambda: not self._order.is_full)

    async def until_some_wait(self) -> None:
        """Returns when there are records to apply."""
        await self._until(lambda: len(self._order) > 0)

    @property
    def waiting(self) -> int:
        """How many records were received and are not applied yet."""
        return len(self._order)

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._changed.clear()
            await self._changed.wait()

    async def _admit(self, fresh: Sequence[Delivered]) -> None:
        tasks = await self.in_thread(self.executor.admit, [each.record for each in fresh])
        for each in fresh:
            place = (each.record.topic, each.record.partition)
            self._partition_time.reach(place, each.record.timestamp)
        self._order.add(self._arrivals(fresh, tasks))

    def _arrivals(self, delivered: Sequence[Delivered], tasks: Sequence[Task]) -> Iterator[Arrival]:
        for each, task in zip(delivered, tasks, strict=True):
            yield Arrival(each, task, self._sequencer.name_of(each.record.topic))

    async def advance(self, timers: Timers, generation: int, moments: Mapping[int, Moment]) -> None:
        """The timers that are due to be looked at, at the time up to which each partition was read.

        Only of states that are held, in partitions owned in this very generation: what lies
        about from before may be long out of date.
        """
        async with self._lock:
            if not await self._open_ledger(generation):
                return
            await self._sequencer.go_back_again(self._ownership.partitions)
            held = self._ledger.state_keys(self._ownership.partitions)
            self._metrics.put("states", len(held))
            due: defaultdict[Moment, list[StateKey]] = defaultdict(list)
            for key in timers.next_share(generation, held):
                if key.partition in moments:
                    due[self._moment(key, moments[key.partition])].append(key)
            for now in sorted(due):
                await self._advance(due[now], generation, now)

    def _moment(self, key: StateKey, now: Moment) -> Moment:
        """What time it is for a state: what waits for its turn has not happened to it yet."""
        first = self._order.first_of(key)
        return now if first is None else min(now, first.received_at)

    async def resume_stalled(self, ends: Mapping[TopicPartition, int], generation: int) -> None:
        """Go on where the consumer stands still short of these ends of its logs."""
        async with self._lock:
            if await self._open_ledger(generation):
                owned = self._ownership.partitions
                read = [at for at in ends if at[1] in owned and self._order.first(at) is None]
                await self._sequencer.resume_stalled({at: ends[at] for at in read})

    async def _advance(self, keys: Sequence[StateKey], generation: int, now: Moment) -> None:
        records = {key: self._progress.state(key) for key in keys}
        states = {key: record.state for key, record in records.items()}
        advanced = await self.in_thread(self.executor.advance, states, now)
        for fault in advanced.faults:
            self._metrics.add("timer_faults")
            log.error("the engine raised on timers", fault=str(fault))
        await self._send_on(advanced.decisions)
        await self._progress.remember_advanced(records, advanced.states, generation)

    async def end(self) -> None:
        """Returns when no step is in hand."""
        async with self._lock:
            pass

    async def swap(self, engine: Engine) -> None:
        """Put another engine in force, between two steps."""
        async with self._lock:
            self.executor.engine = engine
            if self._order.is_held:
                await self._admit([each.delivered for each in self._order.drain()])
            else:  # whose state they may touch now is only known of what is read again
                self._let_go()

    def moments(
        self, waiting: Mapping[TopicPartition, int | None], now: Moment
    ) -> dict[int, Moment]:
        """What time it is in each partition; see `PartitionTime`."""
        return self._partition_time.read(waiting, now)

    def next_unread(self, place: TopicPartition) -> int | None:
        """The next offset to receive; None where the partition was not seen since assignment."""
        return self._sequencer.next_offset(place)

    def next_offset(self, place: TopicPartition) -> int | None:
        """The next offset to apply; None where the partition was not seen since assignment."""
        return self._progress.next_offset(place)

    async def in_thread(self, call: Callable[..., T], *arguments: Any) -> T:
        """Call it in the executor's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)

    async def _open_ledger(self, generation: int) -> bool:
        """Whether the ledger is open in this generation; it is opened once that may begin."""
        if not self._ownership.may_begin(generation):
            return False
        if self._opened != generation:
            self._let_go()
            self._ledger.open()
            self._require_place()
            await self.in_thread(self.executor.drop_decoded)
            await self._account_recreated()
            self._opened = generation
        return True

    def _require_place(self) -> None:
        """Raises StatesMisplaced: rule 7 of the ledger."""
        held = self._ledger.state_keys(self._ownership.partitions)
        count = self.executor.partitions
        strays = misplaced(held, count) if count else []
        if strays:
            raise StatesMisplaced(
                f"{len(strays)} states, of {strays[0].name} among them, are not in the partitions"
                f" where their records come: end the move to {count} partitions,"
                f" `fenghuo states repartition --partitions {count}`"
            )

    async def _apply(self, taken: Sequence[Arrival]) -> None:
        """2 and 3, until all are applied; past a record that the engine never gets over."""
        remaining = [*taken]
        while remaining:
            states = {each.task.key: self._progress.state(each.task.key) for each in remaining}
            pending = [each for each in remaining if not self._progress.was_applied(each, states)]
            outcome = await self.in_thread(
                self.executor.take,
                [each.task for each in pending],
                {key: record.state for key, record in states.items()},
            )
            await self._send_on(outcome.decisions)
            told = time.time_ns()
            faulted = None if outcome.fault is None else pending[outcome.taken]
            done = remaining if faulted is None else remaining[: remaining.index(faulted)]
            await self._progress.remember(done, states, outcome.states)
            applied = pending[: outcome.taken]
            self._traces.applied(applied, outcome.decisions, outcome.times, told)
            if faulted is None or outcome.fault is None:
                return
            await self._count_fault(faulted, outcome.fault)
            remaining = remaining[len(done) + 1 :]

    async def _count_fault(self, faulted: Arrival, fault: EngineFault) -> None:
        """Count the attempt and raise; at the last one, dead-letter the record and go on."""
        self._metrics.add("engine_faults")
        record = faulted.delivered.record
        before, _ = self._progress.faults(faulted)
        faults = before + 1
        if faults < self._attempts:
            await self._progress.remember_faults(faulted, faults)
            raise fault
        log.error("dead-lettered after engine faults", fault=str(fault), attempts=faults)
        await self._write(refuse_record(record, str(fault)), fault.place)
        await self._progress.remember_positions([faulted])

    async def _account_recreated(self) -> None:
        """Logs that no topic is any more: said once, and their positions let go of."""
        for partition, old in self._ledger.logs(self._ownership.partitions):
            position = self._ledger.position(partition, old)
            if old == self._sequencer.name_of(topic_of(old)) or position is None:
                continue
            at = position.next_offset
            log.error("topic recreated", topic=topic_of(old), partition=partition, read_up_to=at)
            letter = recreate_topic(old, partition, at, time.time_ns() // 1_000)
            await self._dead_letter(letter)
            await asyncio.gather(*self._ledger.drop((partition, "position", old)))

    async def _dead_letter(self, letter: DeadLetter) -> None:
        await self._write([letter], letter.dead_letter_id)

    async def _write(self, decisions: Sequence[Decision], token: str) -> None:
        """What the shell decides itself: written, then told."""
        await self.in_thread(self.executor.write, decisions, token)
        await self._send_on(decisions)

    async def _send_on(self, decisions: Sequence[Decision]) -> None:
        """To subscribers and metrics, once the rows are written."""
        await asyncio.gather(*self._publish(decisions))
        observe_decisions(self._metrics, decisions)
