"""What workers do with a backlog, from Kafka on: `python -m tests.benchmarks.worker [CASE …]`.

Signed batches of made enterprises, our own rules, into a sink that keeps nothing and into an
embedded store each. Printed: the CPU of the workers (their stores included) as a multiple of
`orjson.loads` of the very same lines, beside its limit; events per CPU-second and per second; peak
memory. `--old DIR` puts a worker of that checkout into its own embedded store beside.
"""

import argparse
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
import orjson

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_producer
from pipeline.kafka.topics import make_topics, plan_topics
from pipeline.simulate.registry import make_registry
from schemas.batch import Batch, Record
from schemas.topics import is_sightings
from tests.benchmarks.engine import SEED, SMALL_ENTERPRISES, signed, simulated, simulated_200
from tests.benchmarks.limits import LIMITS, verdict
from tests.brokers.choice import BrokerAddress, any_broker
from tests.brokers.kafka import free_port
from tests.chaos.progress import Place, Progress
from tests.chaos.traffic import Outgoing
from tests.chaos.workers import WorkerProcess, python_module

PARTITIONS = 4
GROUP = "benchmark"


class Case(msgspec.Struct, frozen=True):
    """What is measured: the batches, the sink, and how many workers share them."""

    batches: Callable[[], tuple[object, list[Batch]]]
    module: Sequence[str]
    workers: int = 1


NULL = ("tests.benchmarks.null_worker",)
EMBEDDED = ("pipeline.cli.main", "worker", "--store")
CASES: Mapping[str, Case] = {
    "worker null simulated": Case(simulated, NULL),
    "worker null simulated-200": Case(simulated_200, NULL),
    "worker embedded simulated": Case(simulated, EMBEDDED),
    "worker embedded simulated-200": Case(simulated_200, EMBEDDED),
    "2 workers null simulated": Case(simulated, NULL, workers=2),
    "2 workers null simulated-200": Case(simulated_200, NULL, workers=2),
}


class Backlog(msgspec.Struct, frozen=True):
    """What lies in the topics, and what its lines take to be decoded."""

    batches: int
    events: int
    decoding_s: float


class Figures(msgspec.Struct, frozen=True):
    """What workers did of a backlog."""

    backlog: Backlog
    share: float
    """Of the batches: those before all workers were at work are not counted."""
    seconds: float
    cpu_seconds: float
    peak_mb: float

    def line(self, name: str) -> str:
        """One line for people."""
        ratio = self.cpu_seconds / (self.backlog.decoding_s * self.share)
        events = self.backlog.events * self.share
        told = verdict(name, ratio) if name in LIMITS else f"{ratio:5.2f}"
        return (
            f"{name:30} x decoding {told:24} {events / self.cpu_seconds:9,.0f} events/CPU-s"
            f" {events / self.seconds:9,.0f} events/s  {events:,.0f} events,"
            f" {self.backlog.events / self.backlog.batches:,.1f} a batch"
            f"  peak {self.peak_mb:,.0f} MB"
        )


def measure_workers(case: Case, checkout: Path | None = None) -> Figures:
    """Fill the topics, start the workers, and measure until they have applied everything."""
    _, batches = case.batches()
    with tempfile.TemporaryDirectory() as folder, any_broker(Path(folder) / "broker") as broker:
        place = Path(folder)
        make_topics(KafkaAccess(broker.address), plan_topics("fenghuo", GROUP, PARTITIONS), 1)
        records = signed(batches)
        publish(broker.address, map(_outgoing, records))
        workers = [
            _worker(place / f"worker-{number}", case, broker, checkout)
            for number in range(case.workers)
        ]
        try:
            for each in workers:
                each.start()
            return _watch(workers, broker, _backlog(records))
        finally:
            for each in workers:
                each.terminate()


def _worker(
    folder: Path, case: Case, broker: BrokerAddress, checkout: Path | None
) -> WorkerProcess:
    folder.mkdir()
    registry = folder / "registry.ndjson"
    enterprises = [each for each, _ in make_registry(SEED, SMALL_ENTERPRISES)]
    registry.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in enterprises))
    settings = {
        **broker.settings,
        "FENGHUO_GROUP": GROUP,
        "FENGHUO_HEALTH_PORT": str(free_port()),
        "FENGHUO_REGISTRY": str(registry),
        **({} if checkout is None else {"PYTHONPATH": str(checkout)}),
    }
    return WorkerProcess(
        folder, lambda store: python_module(*case.module, str(store)), settings, cwd=checkout
    )


def _outgoing(record: Record) -> Outgoing:
    headers = tuple((name, value) for name, value in record.headers if value is not None)
    return Outgoing(record.topic, record.key, record.value, headers)


def _backlog(records: Sequence[Record]) -> Backlog:
    lines = [line for each in records for line in each.value.split(b"\n")]
    began = time.process_time()
    for line in lines:
        orjson.loads(line)
    return Backlog(len(records), len(lines), time.process_time() - began)


def publish(bootstrap: str, records: Iterable[Outgoing]) -> int:
    """Send them all; the number of events in them."""
    producer = open_producer(KafkaAccess(bootstrap))
    events = 0
    for record in records:
        events += record.value.count(b"\n") + 1
        producer.send(record.topic, record.value, key=record.key, headers=[*record.headers])
    producer.flush()
    producer.close()
    return events


def _watch(workers: Sequence[WorkerProcess], broker: BrokerAddress, backlog: Backlog) -> Figures:
    progress = Progress(broker.address, GROUP, PARTITIONS, "fenghuo")
    try:
        while len({place[1] for place, offset in progress.glance().items() if offset}) < PARTITIONS:
            pass  # until every partition's worker has begun
        before = _batches(progress.glance())
        started_s, used_s = time.monotonic(), sum(cpu_seconds(each.pid) for each in workers)
        while (applied := _batches(progress.glance())) < backlog.batches:
            pass
        return Figures(
            backlog=backlog,
            share=(applied - before) / backlog.batches,
            seconds=time.monotonic() - started_s,
            cpu_seconds=sum(cpu_seconds(each.pid) for each in workers) - used_s,
            peak_mb=sum(peak_mb(each.pid) for each in workers),
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


def main(arguments: Sequence[str] | None = None) -> None:
    """The cases that were named, or all; the other checkout's before this one's."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--old", type=Path, help="a checkout of another commit")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    chosen = parser.parse_args(arguments)
    for name in chosen.cases or CASES:
        if chosen.old is not None and CASES[name].module == EMBEDDED:
            print("before: " + measure_workers(CASES[name], chosen.old).line(name), flush=True)
        print(measure_workers(CASES[name]).line(name), flush=True)


if __name__ == "__main__":
    main()
