"""The neighbour of `neighbour.py` on a clock of the worker's own CPU: a figure for busy machines.

The steps, the engine and an embedded store, without a broker: the clock goes on by the CPU that
this process uses, and jumps to the next arrival where nothing waits. Told is how long batches of
the nine wait until their step has ended; `python -m tests.benchmarks.neighbour_cpu`.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from heapq import merge
from pathlib import Path

import msgspec

from pipeline.app.delivery import Delivery
from pipeline.app.engines import OWN_RULES
from pipeline.app.publishing import Sender, sign_chunk
from pipeline.files.rule_files import load_rules
from pipeline.intake.batching import Chunk
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.simulate.registry import KEY_ID, Publisher, make_registry, signing_key
from pipeline.worker.fair_order import FairOrder
from pipeline.worker.ledger import Ledger, Ownership
from pipeline.worker.metrics import Metrics
from pipeline.worker.publications import publications_of
from pipeline.worker.sequence import Sequencer
from pipeline.worker.step_executor import StepExecutor
from pipeline.worker.steps import Steps
from schemas.batch import Record
from schemas.moments import SECOND
from schemas.quota import Over, Quota
from sinks.chdb import ChdbSink
from tests.benchmarks.neighbour import ENTERPRISES, SHARE, TIMES, Waits, line

LINES = 200
SECONDS = 12
QUOTA = Quota(events_per_second=500, burst_s=10)
READ = 50
"""Records of one delivery, as the worker's."""
START = time.time_ns() // 1_000


class Arriving(msgspec.Struct, order=True):
    """A batch of an enterprise, in seconds after the beginning."""

    at_s: float
    name: str
    number: int


def arrivals(name: str, per_second: float) -> Iterator[Arriving]:
    """At even distances, each enterprise shifted a little."""
    shift = (hash(name) % 97) / 97 / per_second
    for number in range(round(SECONDS * per_second)):
        yield Arriving(shift + number / per_second, name, number)


class Log:
    """The partition; values are made when they are read, so that they are not the worker's CPU."""

    def __init__(self, coming: list[Arriving], publishers: list[Publisher]) -> None:
        keys = {each.enterprise_id: signing_key(private) for each, private in publishers}
        self.records = [
            _record(offset, each, Sender(each.name, KEY_ID, keys[each.name]))
            for offset, each in enumerate(coming)
        ]

    def name_of(self, topic: str) -> str:
        return topic

    async def start_of(self, place: tuple[str, int]) -> int:
        return 0

    async def first_from(self, place: tuple[str, int], offset: int) -> int | None:
        return offset

    async def records_from(self, place: tuple[str, int], offset: int) -> list[Record]:
        return self.records[offset : offset + 100]

    async def seek(self, place: tuple[str, int], offset: int) -> None: ...


def _record(offset: int, each: Arriving, sender: Sender) -> Record:
    lines = tuple(line(each.name, each.number, place) for place in range(LINES))
    chunk = Chunk(
        batch_id=f"{each.name}-{each.number}", sequence=each.number, lines=lines, occurrences={}
    )
    headers = sign_chunk(sender, chunk, "windows")
    return Record(
        topic="fenghuo.events",
        partition=0,
        offset=offset,
        timestamp=START + round(each.at_s * SECOND),
        key=each.name.encode(),
        value=chunk.value,
        headers=tuple(headers.items()),
    )


class Came:
    """A delivered record that tells when it was applied."""

    generation = 1

    def __init__(self, record: Record, applied: dict[int, float], clock: "Clock") -> None:
        self.record = record
        self._applied = applied
        self._clock = clock

    def ack(self) -> None:
        self._applied.setdefault(self.record.offset, self._clock.now_s())


class Clock:
    """The CPU of this process, and the time in which nothing waited."""

    def __init__(self) -> None:
        self._shift_s = -time.process_time()

    def now_s(self) -> float:
        return time.process_time() + self._shift_s

    def jump(self, to_s: float) -> None:
        """Nothing is to do until then."""
        self._shift_s += max(0.0, to_s - self.now_s())


def measure(times: float, over: Over) -> Waits:
    """The waits of the nine, the tenth sending so many times as much."""
    publishers = make_registry(1, ENTERPRISES)
    names = [enterprise.enterprise_id for enterprise, _ in publishers]
    loud, quiet = arrivals(names[0], SHARE * times), (arrivals(each, SHARE) for each in names[1:])
    coming = list(merge(loud, *quiet))
    log = Log(coming, publishers)
    policy = Policy(quota=msgspec.structs.replace(QUOTA, over=over))
    registry = {enterprise.enterprise_id: enterprise for enterprise, _ in publishers}
    engine = Engine(load_rules([OWN_RULES], None), policy, registry)
    with tempfile.TemporaryDirectory() as folder:
        sink = ChdbSink(Path(folder) / "store")
        sink.migrate()
        applied = asyncio.run(_run(_steps(engine, log, sink), log, coming))
        sink.close()
    return Waits(
        tuple(
            applied[offset] - each.at_s
            for offset, each in enumerate(coming)
            if each.name != names[0] and offset in applied
        )
    )


async def _run(steps: Steps, log: Log, coming: Sequence[Arriving]) -> dict[int, float]:
    """Deliver what has come, take one step, and so on until the last of the nine is applied."""
    applied: dict[int, float] = {}
    clock, read = Clock(), 0
    while read < len(coming) or steps.waiting:
        came = [each for each in log.records[read : read + READ] if _has_come(each, clock)]
        read += len(came)
        if came:
            await steps.receive([Came(each, applied, clock) for each in came], 1)
        if steps.waiting:
            await steps.take(1)
        elif read < len(coming):
            clock.jump(coming[read].at_s)
        if clock.now_s() > SECONDS * 2:
            break
    return applied


def _has_come(record: Record, clock: Clock) -> bool:
    return (record.timestamp - START) / SECOND <= clock.now_s()


def _steps(engine: Engine, log: Log, sink: ChdbSink) -> Steps:
    metrics, ownership, thread = Metrics(), Ownership(), ThreadPoolExecutor(1)
    ownership.assign(1, {0})
    ownership.recover(1)

    async def send(partition: int, key: bytes, value: bytes | None) -> None: ...

    async def nothing() -> None: ...

    ledger = Ledger({}, send)
    return Steps(
        ledger,
        StepExecutor(engine, Delivery(sink, wait=lambda _: False), metrics, 1),
        Sequencer(ledger, log, metrics),
        lambda decisions: [nothing() for _ in publications_of(decisions)],
        ownership=ownership,
        metrics=metrics,
        thread=thread,
        order=FairOrder(),
    )


if __name__ == "__main__":
    print(measure(1, "slow").told("quiet"))
    print(measure(TIMES, "slow").told("beside a neighbour who is slowed"))
    print(measure(TIMES, "drop").told("beside a neighbour whose batches are dropped"))
