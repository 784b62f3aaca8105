"""What one worker does with a backlog: events per CPU-second and per second, peak memory.

Signed batches of made enterprises, well filled, our own rules, an embedded store;
`python -m tests.benchmarks.worker`. The CPU is the worker's own, its store included.
"""

import os
import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

import msgspec

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_producer
from pipeline.kafka.topics import make_topics, plan_topics
from pipeline.simulate.registry import make_registry
from schemas.topics import is_sightings
from tests.brokers.choice import BrokerAddress, any_broker
from tests.brokers.kafka import free_port
from tests.chaos.progress import Place, Progress
from tests.chaos.subjects import ENTERPRISES, fenghuo_subject, simulated_records
from tests.chaos.traffic import Outgoing
from tests.chaos.workers import WorkerProcess

PARTITIONS = 4
RECORDS = 3_000
EVENTS = 15_000
"""Of one enterprise in a simulated period of two hours: batches of some hundred events."""
GROUP = "benchmark"


class WorkerFigures(msgspec.Struct, frozen=True):
    """What was measured, from the first sight of progress to the end."""

    broker: str
    records: int
    events: int
    seconds: float
    cpu_seconds: float
    peak_mb: float

    def line(self) -> str:
        """One line for people."""
        return (
            f"worker ({self.broker}): {self.events} events in {self.records} records, "
            f"{self.events / self.seconds:,.0f} events/s, "
            f"{self.events / self.cpu_seconds:,.0f} events per CPU-second, "
            f"peak {self.peak_mb:,.0f} MB"
        )


def measure_worker(records: int = RECORDS, seed: int = 1) -> WorkerFigures:
    """Fill the topics, start one worker, and measure until it has applied everything."""
    with tempfile.TemporaryDirectory() as folder, any_broker(Path(folder) / "broker") as broker:
        place = Path(folder)
        make_topics(KafkaAccess(broker.address), plan_topics("fenghuo", GROUP, PARTITIONS), 1)
        subject = fenghuo_subject(seed, place)
        traffic = simulated_records(seed, make_registry(seed, ENTERPRISES), EVENTS)
        events = publish(broker.address, islice(traffic, records))
        settings = {"FENGHUO_GROUP": GROUP, "FENGHUO_HEALTH_PORT": str(free_port())}
        environment = {**subject.environment, **broker.settings, **settings}
        worker = WorkerProcess(place / "worker", subject.command, environment)
        worker.start()
        try:
            measured = _watch(worker, broker)
        finally:
            worker.terminate()
        kind = "Kafka" if not broker.settings.get("FENGHUO_REBALANCE_TIMEOUT_S") else "Tansu"
        share = measured.records / records
        return WorkerFigures(
            broker=kind,
            records=measured.records,
            events=round(events * share),
            seconds=measured.seconds,
            cpu_seconds=measured.cpu_seconds,
            peak_mb=measured.peak_mb,
        )


def publish(bootstrap: str, records: Iterator[Outgoing]) -> int:
    """Send them all; the number of events in them."""
    producer = open_producer(KafkaAccess(bootstrap))
    events = 0
    for record in records:
        events += record.value.count(b"\n") + 1
        producer.send(record.topic, record.value, key=record.key, headers=[*record.headers])
    producer.flush()
    producer.close()
    return events


class _Measured(msgspec.Struct, frozen=True):
    records: int
    seconds: float
    cpu_seconds: float
    peak_mb: float


def _watch(worker: WorkerProcess, broker: BrokerAddress) -> _Measured:
    progress = Progress(broker.address, GROUP, PARTITIONS, "fenghuo")
    try:
        total = _batches(progress.ends())
        while not (before := _batches(progress.follow())):
            pass
        started_s, started_cpu_s = time.monotonic(), cpu_seconds(worker.pid)
        while _batches(progress.follow()) < total:
            pass
        return _Measured(
            records=total - before,
            seconds=time.monotonic() - started_s,
            cpu_seconds=cpu_seconds(worker.pid) - started_cpu_s,
            peak_mb=peak_mb(worker.pid),
        )
    finally:
        progress.close()


def _batches(offsets: Mapping[Place, int]) -> int:
    """Of the topics that are filled beforehand: what they tell of campaigns comes on top."""
    return sum(offset for (topic, _), offset in offsets.items() if not is_sightings(topic))


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mb(pid: int) -> float:
    """The most memory it has held."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found.group(1)) / 1024


if __name__ == "__main__":
    print(measure_worker().line())
