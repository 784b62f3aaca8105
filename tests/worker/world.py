"""A world for the steps, in one process: source log, changelog, store, and workers that die.

Time does not pass and nothing is random: a worker ends when its budget of outside actions
(writes to the store, sends to the changelog, acknowledgements) is spent, wherever that is.
"""

import asyncio
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from pipeline.app.delivery import Delivery, DeliveryAbandoned
from pipeline.path import Engine
from pipeline.worker.fair_order import FairOrder
from pipeline.worker.ledger import Ledger, Ownership, TopicPartition, log_name
from pipeline.worker.metrics import Metrics
from pipeline.worker.publications import Publication, publications_of
from pipeline.worker.sequence import Sequencer
from pipeline.worker.step_executor import StepExecutor
from pipeline.worker.steps import Steps
from pipeline.worker.timers import Timers
from schemas.batch import Record
from schemas.decision import Decision
from schemas.moments import Moment
from schemas.topics import is_in_place, topic_name
from sinks.contract import Answer, Rows, Sink, SinkUnavailable
from sinks.memory import MemorySink
from tests.worker.counting import CountingEngine


class Crash(BaseException):
    """The process is gone: no handler of faults sees this."""


class World:
    """What outlives workers. `late` are writes of a paused worker that have not landed yet.

    What workers publish on a topic that the log has is appended to it.
    """

    def __init__(
        self,
        log: Mapping[TopicPartition, Sequence[Record]],
        engine: Engine | None = None,
        partitions: int = 0,
    ) -> None:
        self.partitions = partitions
        self.topic_ids: dict[str, str] = {}
        self.retained_from = 0
        """What is read again before this offset has been deleted meanwhile."""
        self.log = {place: [*records] for place, records in log.items()}
        self.engine: Engine = engine or CountingEngine()
        self.store: Sink = MemorySink()
        self.late_told: list[Publication] = []
        self.changelog: list[tuple[int, bytes, bytes | None]] = []
        self.late: list[tuple[int, bytes, bytes | None]] = []

    def table(self) -> dict[bytes, bytes]:
        """What recovery finds: the changelog, compacted."""
        data: dict[bytes, bytes] = {}
        for _, key, value in self.changelog:
            if value is None:
                data.pop(key, None)
            else:
                data[key] = value
        return data

    def land_late(self) -> None:
        """The paused worker wakes up."""
        self.changelog += self.late
        for publication in self.late_told:
            self.append(publication)
        self.late, self.late_told = [], []

    def arrive(
        self, log: Mapping[TopicPartition, Sequence[Record]], ends: Mapping[TopicPartition, int]
    ) -> None:
        """Each place holds this log up to so many records, and whatever it held before."""
        for place, records in log.items():
            self.log[place] += records[len(self.log[place]) : ends[place]]

    def append(self, publication: Publication) -> None:
        """Another record at the end of its topic; the log's own time is its length."""
        topic = topic_name(publication.role)
        places = sorted(place for place in self.log if place[0] == topic)
        if not places:
            return
        key, count = publication.key, len(places)
        place = next(each for each in places if is_in_place(key, each[1], count))
        offset = len(self.log[place])
        self.log[place].append(
            Record(
                topic=topic,
                partition=place[1],
                offset=offset,
                timestamp=offset,
                key=publication.key,
                value=publication.value,
            )
        )

    def open_sink(self, budget: "Budget", outages: Iterator[bool]) -> Sink:
        """The store, as a worker with this budget comes at it."""
        return DyingSink(self, budget, outages)

    def rows(self) -> list[Answer]:
        """The accounts in the store."""
        return self.store.view("batches")


class DeliveredRecord:
    """A record on its way through the steps."""

    def __init__(self, record: Record, generation: int, budget: "Budget") -> None:
        self.record = record
        self.generation = generation
        self._budget = budget

    def ack(self) -> None:
        self._budget.spend()


class Budget:
    """How much a worker may still do outside."""

    def __init__(self, actions: int) -> None:
        self._left = actions

    def spend(self) -> None:
        """One action; raises Crash when there is none left."""
        if self._left <= 0:
            raise Crash
        self._left -= 1


class DyingSink(MemorySink):
    """The world's store, through a worker that may die before or in the middle of a write.

    `outages` says of each write whether the store is away.
    """

    def __init__(self, world: World, budget: Budget, outages: Iterator[bool]) -> None:
        super().__init__()
        self._outages = iter(outages)
        self._world = world
        self._budget = budget

    def write(self, rows: Rows, token: str) -> None:
        if next(self._outages, False):
            raise SinkUnavailable("away")
        for table, of_table in rows.items():
            half = len(of_table) // 2
            for part in (of_table[:half], of_table[half:]):
                self._budget.spend()
                self._world.store.write({table: part}, token)


class Worker:
    """One worker of one generation, reading from `start`; `pauses` makes its last sends late."""

    def __init__(
        self,
        world: World,
        generation: int,
        actions: int,
        *,
        pauses: bool = False,
        outages: Sequence[bool] = (),
        partitions: frozenset[int] = frozenset({0, 1}),
        records: int = 50,
        held: int = 1_024,
    ) -> None:
        self._records, self._held = records, held
        self._world = world
        self._generation = generation
        self._pauses = pauses
        self._outages = iter(outages)
        self._partitions = partitions
        self._budget = Budget(actions)
        self._read: dict[TopicPartition, int] = {}
        self.metrics = Metrics()
        self._thread = ThreadPoolExecutor(1)
        self._steps = self._make_steps()

    def run(
        self,
        start: Mapping[TopicPartition, int],
        skips: Iterator[int],
        size: int,
        lags: Sequence[int] = (),
    ) -> bool:
        """Read until everything is applied (True) or the worker dies (False).

        `start` is where the group's committed offsets point, rightly or not; `skips` says how
        many records the consumer leaves out before each delivery, `lags` how many of those that
        were received may be left to later steps.
        """
        self._read = dict(start)
        try:
            asyncio.run(self._run(skips, size, iter(lags)))
        except Crash:
            return False
        finally:
            self._thread.shutdown()
        return True

    def take(
        self, *, fetched_in: int, now_in: int, ticks: int = 0, looks: int = 0, left: int = 0
    ) -> dict[TopicPartition, int]:
        """Steps over everything but the last `left`, fetched in one generation and met in another.

        Then nothing more comes: so many times the timers are looked at, and the ends of the
        logs. Returns where the consumer was sent back to.
        """
        records = [record for of_place in self._world.log.values() for record in of_place]
        delivered = [DeliveredRecord(each, fetched_in, self._budget) for each in records]

        async def take() -> None:
            await self._steps.receive(delivered, now_in)
            await self._apply(now_in, left)
            for now in range(ticks):
                await self._steps.advance(Timers(1), self._generation, self._moments(now))
            for _ in range(looks):
                await self._steps.resume_stalled(self._ends(), self._generation)

        asyncio.run(take())
        self._thread.shutdown()
        return self._read

    def counted(self, metric: str) -> float:
        """What a counter of the worker says, over all labels."""
        lines = self.metrics.text().decode().splitlines()
        return sum(
            float(line.rsplit(" ", 1)[1])
            for line in lines
            if line.startswith((f"{metric} ", f"{metric}{{"))
        )

    def tick(self, times: int) -> None:
        """Look at every state's timers, so many times."""
        self.tick_at(*range(times))

    def tick_at(self, *moments: Moment) -> None:
        """Look at every state's timers at these moments."""

        async def tick() -> None:
            timers = Timers(1)
            for now in moments:
                await self._steps.advance(timers, self._generation, self._moments(now))

        asyncio.run(tick())
        self._thread.shutdown()

    async def _apply(self, generation: int, left: int = 0) -> None:
        """Steps until at most so many of the records received are left."""
        while self._steps.waiting > left:
            await self._steps.take(generation)

    async def _run(self, skips: Iterator[int], size: int, lags: Iterator[int]) -> None:
        while True:
            batch = self._deliver(next(skips, 0), size)
            if not batch and self._is_done():
                return
            if not batch and self._steps.waiting:
                await self._apply(self._generation)
                continue
            if not batch:  # left out at the end: a later record shows the gap
                self._read = dict.fromkeys(self._world.log, 0)
                continue
            with suppress(DeliveryAbandoned):
                await self._steps.receive(batch, self._generation)
                await self._apply(self._generation, next(lags, 0))

    def _moments(self, now: int) -> dict[int, int]:
        return dict.fromkeys(self._partitions, now)

    def _ends(self) -> dict[TopicPartition, int]:
        return {place: of[-1].offset + 1 for place, of in self._world.log.items() if of}

    def _is_done(self) -> bool:
        return all(
            (self._steps.next_offset(place) or 0) > records[-1].offset
            for place, records in self._world.log.items()
            if records
        )

    def _deliver(self, skip: int, size: int) -> list[DeliveredRecord]:
        batch = []
        for place, records in self._world.log.items():
            start = self._read.get(place, 0) + skip
            taken = [each for each in records if each.offset >= start][:size]
            self._read[place] = taken[-1].offset + 1 if taken else start
            batch += [DeliveredRecord(each, self._generation, self._budget) for each in taken]
        return batch

    def _make_steps(self) -> Steps:
        metrics, ownership = self.metrics, Ownership()
        ownership.assign(self._generation, self._partitions)
        ownership.recover(self._generation)
        ledger = Ledger(self._world.table(), self._send)
        sink = self._world.open_sink(self._budget, self._outages)
        delivery = Delivery(sink, wait=lambda _: False)
        world = self._world
        executor = StepExecutor(world.engine, delivery, metrics, world.partitions)
        sequencer = Sequencer(ledger, self, metrics)
        return Steps(
            ledger,
            executor,
            sequencer,
            self._publish,
            ownership=ownership,
            metrics=metrics,
            thread=self._thread,
            records=self._records,
            order=FairOrder(self._held),
        )

    def _publish(self, decisions: Sequence[Decision]) -> list[Awaitable[object]]:
        return [self._tell(each) for each in publications_of(decisions)]

    async def _tell(self, publication: Publication) -> None:
        try:
            self._budget.spend()
        except Crash:
            if self._pauses:
                self._world.late_told.append(publication)
                await asyncio.sleep(0)
            raise
        self._world.append(publication)

    async def _send(self, partition: int, key: bytes, value: bytes | None) -> None:
        try:
            self._budget.spend()
        except Crash:
            if self._pauses:
                self._world.late.append((partition, key, value))
                await asyncio.sleep(0)  # its fellows of the same gather are late too
            raise
        self._world.changelog.append((partition, key, value))

    async def start_of(self, place: TopicPartition) -> int:
        return self._world.log[place][0].offset if self._world.log[place] else 0

    async def first_from(self, place: TopicPartition, offset: int) -> int | None:
        later = (each.offset for each in self._world.log[place] if each.offset >= offset)
        return next(later, None)

    async def records_from(self, place: TopicPartition, offset: int) -> list[Record]:
        first = max(offset, self._world.retained_from)
        return [each for each in self._world.log[place] if each.offset >= first][:3]

    def name_of(self, topic: str) -> str:
        return log_name(topic, self._world.topic_ids.get(topic, ""))

    async def seek(self, place: TopicPartition, offset: int) -> None:
        self._read[place] = offset
